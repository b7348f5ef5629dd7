// A history file: events of one origin in one stream that compaction took out of a log, as they
// were. It is written once and never changed. docs/formats/history-files.md has an example.
//
//   file    = one zstd frame that says the size of its content, and nothing after it
//   content = "GLHIST01", stream 16, origin 16, event+, sum 16 (XXH3-128 of all before it)
//   event   = sequence 8, position 8, stored at 8, size 4, bytes
//   name    = STREAM.ORIGIN.FIRST-LAST.SUM.history.zst    SUM: the first 16 hex digits
//
// Numbers are big endian, sequences ascend; those that a file skips are in others or in the log.
// The sum finds damage. That it is the true history is for the log's chain of hashes to say
// (eventlog/whole_history.h).
#pragma once

#include "engine/dropped_events.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace genlock {

struct HistoryFile {
  static constexpr std::size_t max_content_bytes = 32 << 20;

  StreamId stream;
  OriginId origin;
  std::vector<DroppedEvent> events;  // ascending, at least one
  bool operator==(const HistoryFile&) const = default;
};

// What the name of a file says.
struct HistoryFileName {
  StreamId stream;
  EventRange range;  // from its first to its last event
  std::string sum;
  std::string to_string() const;
  static std::optional<HistoryFileName> parse(std::string_view name);
  bool operator==(const HistoryFileName&) const = default;
};

struct EncodedHistory {
  HistoryFileName name;
  std::string bytes;
};

// ERRORS: unsupported (an event that has another name here than in its bytes), too_large.
Result<EncodedHistory> encode(const HistoryFile& file);
// Memory: the content, at most twice. Each event's bytes say the stream, origin and sequence that
// the file says. ERRORS: corruption, too_large, unsupported (a newer version's).
Result<HistoryFile> decode_history(std::string_view bytes);

}  // namespace genlock
