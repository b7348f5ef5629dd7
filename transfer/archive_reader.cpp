#include "engine/branches.h"
#include "engine/event_codec.h"
#include "engine/limits.h"
#include "transfer/api_client.h"
#include "transfer/archive.h"
#include "transfer/archive_line.h"
#include "transfer/checksum.h"

#include <algorithm>
#include <map>

namespace genlock::transfer {
namespace {

constexpr std::size_t read_bytes = 64 << 10;
constexpr std::size_t chunk_bytes = 256 << 10, chunk_events = 1'000;
constexpr std::size_t max_device_bytes = 64 << 20;  // of all devices together
constexpr std::string_view beginning = "{\"archive\":{", events_begin = "},\"events\":[",
                           writers_begin = "],\"writers\":[", devices_begin = "],\"equipment\":[",
                           end_begin = "],\"end\":", sum_key = ",\"sha256\":\"";

// Line by line.
class Lines {
 public:
  explicit Lines(const ReadArchiveBytes& read) : read_(read) {}

  // Without its end. ERRORS: corruption: the file ends within it, or it is too long.
  Result<std::string> next() {
    ++number_;
    std::size_t searched = at_;
    for (;;) {
      const std::size_t end = buffer_.find('\n', searched);
      if (end != std::string::npos) {
        std::string line = buffer_.substr(at_, end - at_);
        at_ = end + 1;
        return line;
      }
      buffer_.erase(0, at_);
      at_ = 0;
      searched = buffer_.size();
      if (buffer_.size() > max_archive_line_bytes) return damaged("it is too long");
      TRY_ASSIGN(const std::string more, read_(read_bytes));
      if (more.empty()) return damaged("the file ends there, before its end");
      buffer_ += more;
    }
  }
  // Nothing stands behind the last line.
  Result<bool> at_end() {
    if (at_ < buffer_.size()) return false;
    TRY_ASSIGN(const std::string more, read_(1));
    return more.empty();
  }
  Error damaged(std::string_view why) const {
    return {ErrorCode::corruption,
            "line " + std::to_string(number_) + " of the archive: " + std::string(why)};
  }

 private:
  const ReadArchiveBytes& read_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::uint64_t number_ = 0;
};

class ArchiveReader {
 public:
  ArchiveReader(const ReadArchiveBytes& read, const TakeChunk& take) : lines_(read), take_(take) {}

  Result<ArchiveFacts> run() {
    TRY(read_head());
    TRY(read_list(writers_begin, [&](std::string_view line) { return read_event(line); }));
    TRY(flush());
    if (facts_.events == 0) return lines_.damaged("the archive has no events");
    TRY(read_list(devices_begin, [&](std::string_view line) { return read_writer(line); }));
    TRY(read_list(end_begin, [&](std::string_view line) { return read_device(line); }));
    TRY(read_end());
    return std::move(facts_);
  }

 private:
  Result<void> read_head() {
    auto first = lines_.next();
    if (!first.ok() && first.error().code != ErrorCode::corruption) return std::move(first).error();
    if (!first.ok() || !is_archive(*first))
      return Error{ErrorCode::bad_request, "this is no archive of a show"};
    const auto json = parse_json(*first + "]}");
    if (!json.ok()) return lines_.damaged("its head can't be read: " + json.error().message);
    if (integer_of(at(*json, "archive"), "format") != archive_format)
      return Error{ErrorCode::unsupported,
                   "the archive was made by a newer version of genlock: update this one"};
    const auto production = StreamId::parse(text_of(at(*json, "archive"), "production"));
    if (!production || !first->ends_with(events_begin))
      return lines_.damaged("its head does not say of which show it is");
    facts_.production = *production;
    facts_.show = text_of(at(*json, "archive"), "show");
    chunk_.stream = *production;
    note(*first);
    return {};
  }

  void note(std::string_view line) {
    checksum_.add(line);
    checksum_.add("\n");
  }

  // The lines of a list, up to the one that begins the next.
  template <class Take>
  Result<void> read_list(std::string_view next, Take take) {
    bool expects_more = true;  // the line before ended with a comma, or there was none
    bool is_first = true;
    for (;;) {
      TRY_ASSIGN(std::string line, lines_.next());
      if (line.starts_with("]")) {
        if (!line.starts_with(next) || (expects_more && !is_first))
          return lines_.damaged("a list ends there that goes on");
        last_ = std::move(line);
        if (next != end_begin) note(last_);
        if (next != end_begin && last_ != next) return lines_.damaged("it says more than it may");
        return {};
      }
      if (!expects_more) return lines_.damaged("a comma is missing before it");
      note(line);
      expects_more = line.ends_with(',');
      is_first = false;
      TRY(take(std::string_view(line).substr(0, line.size() - (expects_more ? 1 : 0))));
    }
  }

  // --- events -----------------------------------------------------------------------------------

  Result<void> read_event(std::string_view line) {
    auto event = read_archive_line(line);
    if (!event.ok()) {
      const std::string& why = event.error().message;
      if (why.starts_with("event ")) return std::move(event).error();
      return lines_.damaged(why);
    }
    const EventId& id = event->id;
    const auto not_sound = [&](std::string_view why) {
      return Error{ErrorCode::corruption, "event " + id.to_string() + ": " + std::string(why)};
    };
    if (id.stream != facts_.production) return not_sound("it is of another show");
    const Sequence before = facts_.vector.last_seen(id.dot.origin);
    if (id.dot.sequence != next(before))
      return not_sound("the event before it is missing: the archive has " +
                       std::to_string(number(before)) + " of its origin there");
    ChainHash& chain = chains_[id.dot.origin];
    const ChainHash start = event->follows.value_or(chain);
    if (chain_hash(start, event->bytes) != event->chain)
      return not_sound("its hash is not that of its bytes after the event before it");
    if (chains_.size() > limits::max_context_entries)
      return not_sound("there are too many origins");
    add_path(id.dot.origin, start);
    chain = event->chain;
    facts_.vector.advance(id.dot);
    ++facts_.events;
    bytes_ += event->bytes.size();
    chunk_.events.push_back(std::move(event->bytes));
    if (bytes_ >= chunk_bytes || chunk_.events.size() >= chunk_events) return flush();
    return {};
  }

  void add_path(OriginId origin, const ChainHash& start) {
    auto [known, is_new] = path_numbers_.try_emplace(origin, chunk_.paths.size());
    if (is_new) chunk_.paths.emplace_back(origin, start);
    chunk_.path_of.push_back(static_cast<std::uint16_t>(known->second));
  }

  Result<void> flush() {
    if (chunk_.events.empty()) return {};
    for (const auto& [origin, start] : chunk_.paths)
      chunk_.chains.push_back({{origin, facts_.vector.last_seen(origin)}, chains_.at(origin)});
    TRY(take_(chunk_));
    chunk_ = {.stream = facts_.production, .events = {}, .chains = {}};
    path_numbers_.clear();
    bytes_ = 0;
    return {};
  }

  // --- what stands beside them ------------------------------------------------------------------

  Result<void> read_writer(std::string_view line) {
    const auto json = parse_json(line);
    const auto origin = json.ok() ? OriginId::parse(text_of(*json, "origin")) : std::nullopt;
    if (!origin || facts_.vector.last_seen(*origin) == Sequence::none)
      return lines_.damaged("it names no writer of these events");
    return {};
  }

  Result<void> read_device(std::string_view line) {
    auto json = parse_json(line);
    device_bytes_ += line.size();
    if (!json.ok() || !RecordId::parse(text_of(*json, "id")))
      return lines_.damaged("it is no device");
    if (facts_.devices.size() >= max_archive_devices || device_bytes_ > max_device_bytes)
      return lines_.damaged("there are too many devices");
    facts_.devices.push_back(*std::move(json));
    return {};
  }

  Result<void> read_end() {
    const auto json = parse_json("{" + last_.substr(2));
    if (!json.ok()) return lines_.damaged("its end can't be read: " + json.error().message);
    const std::size_t sum_at = last_.rfind(sum_key);
    if (sum_at == std::string::npos || last_.size() != sum_at + sum_key.size() + 64 + 3)
      return lines_.damaged("it does not end with a checksum");
    checksum_.add(std::string_view(last_).substr(0, sum_at));
    const Json& end = member(*json, "end");
    if (text_of(end, "sha256") != checksum_.hex())
      return lines_.damaged(
          "the checksum is not that of the file: something beside the events was "
          "damaged or edited");
    if (integer_of(end, "events") != static_cast<std::int64_t>(facts_.events))
      return lines_.damaged("it counts other events than there are");
    VersionVector vector;
    for (const auto& [name, last] : member(end, "vector").members) {
      const auto origin = OriginId::parse(name);
      if (origin && last.integer > 0)
        vector.raise(*origin, Sequence{static_cast<std::uint64_t>(last.integer)});
    }
    if (vector != facts_.vector) return lines_.damaged("it names other events than there are");
    facts_.digest = text_of(end, "digest");
    facts_.fold = static_cast<std::uint32_t>(integer_of(end, "fold"));
    TRY_ASSIGN(const bool is_end, lines_.at_end());
    if (!is_end) return lines_.damaged("something stands behind the end of the archive");
    return {};
  }

  Lines lines_;
  const TakeChunk& take_;
  Checksum checksum_;
  ArchiveFacts facts_;
  std::string last_;  // the line that ended a list
  Chunk chunk_{.stream = {}, .events = {}, .chains = {}};
  std::map<OriginId, std::size_t> path_numbers_;  // of chunk_
  std::map<OriginId, ChainHash> chains_;
  std::size_t bytes_ = 0, device_bytes_ = 0;
};

}  // namespace

bool is_archive(std::string_view bytes) { return bytes.starts_with(beginning); }

Result<ArchiveFacts> read_archive(const ReadArchiveBytes& read, const TakeChunk& take) {
  return ArchiveReader(read, take).run();
}

}  // namespace genlock::transfer
