#include "eventlog/history_files.h"

#include "eventlog/log.h"

#include <algorithm>

namespace genlock {

namespace fs = std::filesystem;

// The log with a batch over it, which goes back to be used again.
class HistoryFiles::Laid : public Reader {
 public:
  Laid(HistoryFiles& home, const Reader& log, Restored restored)
      : home_(home), over_(log, std::move(restored.history.put)), restored_(std::move(restored)) {}
  ~Laid() override {
    restored_.history.put = over_.take_batch();
    home_.give_back(std::move(restored_));
  }
  Laid(const Laid&) = delete;
  Laid& operator=(const Laid&) = delete;

  Result<std::optional<std::string>> get(Space space, std::string_view key) const override {
    return over_.get(space, key);
  }
  Result<void> scan(Space space, std::string_view first, std::string_view end,
                    const Visit& visit) const override {
    return over_.scan(space, first, end, visit);
  }
  Result<void> scan_down(Space space, std::string_view first, std::string_view end,
                         const Visit& visit) const override {
    return over_.scan_down(space, first, end, visit);
  }

 private:
  HistoryFiles& home_;
  Overlay over_;
  Restored restored_;  // all but its batch
};

// --- writing ------------------------------------------------------------------------------------

Result<void> HistoryFiles::keep(StreamId stream, const std::vector<DroppedEvent>& events) const {
  std::map<OriginId, std::vector<DroppedEvent>> by_origin;
  for (const DroppedEvent& event : events) by_origin[event.dot.origin].push_back(event);
  if (!by_origin.empty()) TRY(prepare_folder());
  for (auto& [origin, own] : by_origin) {
    std::ranges::sort(own, {}, &DroppedEvent::dot);
    HistoryFile file{stream, origin, {}};
    std::size_t bytes = 0;
    for (DroppedEvent& event : own) {
      bytes += event.bytes.size();
      file.events.push_back(std::move(event));
      if (bytes < file_bytes) continue;
      TRY(write(file));
      file.events.clear();
      bytes = 0;
    }
    if (!file.events.empty()) TRY(write(file));
  }
  return {};
}

// The folder is on the disk before anything relies on what is in it. Each time: one that is there
// may have been made by a process that was killed before it could sync it.
Result<void> HistoryFiles::prepare_folder() const {
  TRY(disk_.make_folder(folder_));
  fs::path made = fs::absolute(folder_).lexically_normal();
  for (int height = 0; height < 2 && made.has_relative_path(); ++height) {
    made = made.parent_path();
    TRY(disk_.sync_folder(made));
  }
  return {};
}

Result<void> HistoryFiles::write(const HistoryFile& file) const {
  TRY_ASSIGN(const EncodedHistory encoded, encode(file));
  TRY(disk_.check_room(folder_, encoded.bytes.size()));
  return write_durably(disk_, folder_ / encoded.name.to_string(), encoded.bytes);
}

// --- reading ------------------------------------------------------------------------------------

Result<std::vector<HistoryFileName>> HistoryFiles::list(StreamId stream) const {
  std::vector<HistoryFileName> names;
  const auto listed = disk_.list(folder_, [&](const std::string& file) {
    auto name = HistoryFileName::parse(file);
    if (name && name->stream == stream) names.push_back(*std::move(name));
    return names.size() <= max_files;
  });
  if (!listed.ok()) return Error(listed.error()).in("the folder of history files");
  if (names.size() > max_files)
    return Error{ErrorCode::too_large, "there are too many history files of stream " +
                                           stream.to_string() + " to be read at once"};
  std::ranges::sort(names, {}, &HistoryFileName::to_string);
  return names;
}

Result<HistoryFile> HistoryFiles::read(const HistoryFileName& name) const {
  TRY_ASSIGN(const std::string bytes,
             disk_.read_whole(folder_ / name.to_string(), HistoryFile::max_content_bytes));
  Result<HistoryFile> file = decode_history(bytes);
  if (!file.ok()) return std::move(file).error().in("history file " + name.to_string());
  const EventRange range{file->origin, file->events.front().dot.sequence,
                         file->events.back().dot.sequence};
  if (file->stream == name.stream && range == name.range) return file;
  return Error{ErrorCode::corruption,
               "history file " + name.to_string() + " holds something else than its name says"};
}

Result<std::vector<HistoryFile>> HistoryFiles::read(StreamId stream) const {
  TRY_ASSIGN(const std::vector<HistoryFileName> names, list(stream));
  std::vector<HistoryFile> files;
  std::size_t bytes = 0;
  for (const HistoryFileName& name : names) {
    TRY_ASSIGN(HistoryFile file, read(name));
    for (const DroppedEvent& event : file.events) bytes += event.bytes.size();
    if (bytes > max_bytes_)
      return Error{ErrorCode::too_large,
                   "more was compacted of this than can be read at once here: `genlock replay` "
                   "reads it from the data directory"};
    files.push_back(std::move(file));
  }
  return files;
}

Result<HistoryFiles::Restored> HistoryFiles::restore(const Reader& log, StreamId stream,
                                                     const VersionVector& floor) {
  TRY_ASSIGN(std::vector<HistoryFileName> names, list(stream));
  {
    const std::lock_guard lock(mutex_);
    if (idle_ && idle_->stream == stream && idle_->floor == floor && idle_->files == names) {
      Restored restored = *std::move(idle_);
      idle_.reset();
      return restored;
    }
  }
  TRY_ASSIGN(const std::vector<HistoryFile> files, read(stream));
  TRY_ASSIGN(WholeHistory history, whole_history(log, stream, files));
  return Restored{stream, floor, std::move(names), std::move(history)};
}

Result<std::unique_ptr<Reader>> HistoryFiles::whole(const Reader& log, StreamId stream) {
  TRY_ASSIGN(const VersionVector floor, Log().floor(log, stream));
  TRY_ASSIGN(Restored restored, restore(log, stream, floor));
  return std::unique_ptr<Reader>(new Laid(*this, log, std::move(restored)));
}

void HistoryFiles::give_back(Restored restored) {
  if (restored.history.bytes > idle_bytes) return;
  const std::lock_guard lock(mutex_);
  idle_ = std::move(restored);
}

}  // namespace genlock
