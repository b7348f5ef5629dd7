// Events for tests that do not care what is in them, and a writer of small histories.
#pragma once

#include "engine/event.h"
#include "engine/event_codec.h"
#include "support/literals.h"

#include <string>

namespace genlock {

// One column of one record set to `text`. Later sequences have later times.
inline Event make_edit(StreamId stream, OriginId origin, std::uint64_t sequence,
                       std::string text = "CAM 1") {
  Event event;
  event.stream = stream;
  event.dot = {origin, Sequence{sequence}};
  event.wall_ms = 1'700'000'000'000 + static_cast<UnixMs>(sequence) * 1000;
  event.time = hybrid_time(event.wall_ms);
  event.by.user = "operator";
  Operation& set = event.operations.emplace_back();
  set.table = TableId{6};
  set.record = record_of(1);
  set.group = GroupId{3};
  set.values = {{ColumnId{3}, std::move(text)}};
  return event;
}

// The same, written by somebody who had just learnt of `seen_last` of `seen`.
inline Event make_edit_after(StreamId stream, OriginId origin, std::uint64_t sequence,
                             OriginId seen, std::uint64_t seen_last) {
  Event event = make_edit(stream, origin, sequence);
  event.context_delta.push_back({seen, Sequence{seen_last}, ShortHash{1, 2, 3, 4, 5, 6, 7, 8}});
  return event;
}

}  // namespace genlock
