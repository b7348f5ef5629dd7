// History files without a disk: what compaction drops, encoded as files and read back from them.
#pragma once

#include "eventlog/history_file.h"
#include "eventlog/whole_history.h"

#include <map>

namespace genlock::test {

class KeptHistory : public WholeLog {
 public:
  Result<void> keep(StreamId stream, const std::vector<DroppedEvent>& events) {
    std::map<OriginId, HistoryFile> files;
    for (const DroppedEvent& event : events) {
      HistoryFile& file =
          files.try_emplace(event.dot.origin, HistoryFile{stream, event.dot.origin, {}})
              .first->second;
      file.events.push_back(event);
    }
    for (const auto& [origin, file] : files) {
      TRY_ASSIGN(EncodedHistory encoded, encode(file));
      files_.push_back(std::move(encoded.bytes));
    }
    return {};
  }
  KeepDropped keeper() {
    return [this](StreamId stream, const std::vector<DroppedEvent>& events) {
      return keep(stream, events);
    };
  }

  Result<std::unique_ptr<Reader>> whole(const Reader& log, StreamId stream) override {
    std::vector<HistoryFile> files;
    for (const std::string& bytes : files_) {
      TRY_ASSIGN(HistoryFile file, decode_history(bytes));
      files.push_back(std::move(file));
    }
    TRY_ASSIGN(WholeHistory history, whole_history(log, stream, files));
    return std::unique_ptr<Reader>(new Overlay(log, std::move(history.put)));
  }

  std::vector<std::string>& files() { return files_; }

 private:
  std::vector<std::string> files_;
};

}  // namespace genlock::test
