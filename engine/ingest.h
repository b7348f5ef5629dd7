// Reading a stream in an order that extends causality.
#pragma once

#include "engine/engine.h"

#include <deque>
#include <optional>
#include <string_view>
#include <vector>

namespace genlock {

// The events of a stream that the log keeps, in canonical order (hybrid time, origin), which
// extends causality: a merge of the origins.
class CausalReader {
 public:
  // Only events inside `within`, where that is given. `reader` must outlive this.
  static Result<CausalReader> open(const EventLog& log, const Reader& reader, StreamId stream,
                                   const VersionVector* within);
  // nullopt at the end.
  Result<std::optional<RecordEvent>> next();

 private:
  struct Source {
    EventRange left;                 // not yet read; empty when last < first
    std::deque<Event> ahead;         // read, not yet given out
    Sequence last = Sequence::none;  // given out
    VersionVector context;           // expanded, of that one
  };
  CausalReader(const EventLog& log, const Reader& reader, StreamId stream)
      : log_(&log), reader_(&reader), stream_(stream) {}
  Result<void> fill(Source& source);

  const EventLog* log_;
  const Reader* reader_;
  StreamId stream_;
  std::vector<Source> sources_;
  bool has_branches_ = false;
};

}  // namespace genlock
