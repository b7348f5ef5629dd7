#include "engine/past_events.h"

#include "engine/state_keys.h"

#include <algorithm>

namespace genlock {

namespace {

using Iterator = std::vector<PastEvent>::const_iterator;

Iterator end_of_origin(Iterator first, Iterator end) {
  return std::find_if(first, end,
                      [&](const PastEvent& e) { return e.dot.origin != first->dot.origin; });
}

// Events of one origin: how far each is behind the one before it, and whether it touches.
void write_run(ByteWriter& out, Iterator first, Iterator end) {
  std::uint64_t before = number(first->dot.sequence);
  for (; first != end; ++first) {
    std::uint64_t sequence = number(first->dot.sequence);
    out.varint((sequence - before) << 1 | (first->touches ? 1 : 0));
    before = sequence;
  }
}

void read_run(ByteReader& in, Dot first, std::size_t count, std::vector<PastEvent>& events) {
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t step = in.varint();
    first.sequence = Sequence{number(first.sequence) + (step >> 1)};
    events.push_back({first, (step & 1) != 0});
  }
}

}  // namespace

void note_past(RecordState& record, const PastEvent& event, StreamId stream, Overlay& overlay) {
  auto& recent = record.recent;
  auto end = std::upper_bound(recent.begin(), recent.end(), event.dot,
                              [](const Dot& dot, const PastEvent& e) { return dot < e.dot; });
  end = recent.insert(end, event) + 1;
  auto first = std::find_if(recent.begin(), end,
                            [&](const PastEvent& e) { return e.dot.origin == event.dot.origin; });
  if (end - first < static_cast<std::ptrdiff_t>(past_run_length)) return;
  ByteWriter run;
  write_run(run, first, end);
  overlay.put(Space::state, state_keys::past_run(stream, record.key(), first->dot), run.take());
  recent.erase(first, end);
}

Result<std::vector<PastEvent>> past_of(const RecordState& record, StreamId stream,
                                       const Reader& reader) {
  std::vector<PastEvent> events;
  TRY(reader.scan_prefix(Space::state, state_keys::past_runs(stream, record.key()),
                         [&](std::string_view key, std::string_view bytes) {
                           ByteReader in(bytes);
                           read_run(in, state_keys::dot_at_end(key), past_run_length, events);
                           return true;
                         }));
  if (events.empty()) return record.recent;
  std::size_t in_runs = events.size();
  events.insert(events.end(), record.recent.begin(), record.recent.end());
  std::inplace_merge(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(in_runs),
                     events.end(),
                     [](const PastEvent& a, const PastEvent& b) { return a.dot < b.dot; });
  return events;
}

void write_recent(ByteWriter& out, DotWriter& dots, const std::vector<PastEvent>& recent) {
  out.varint(recent.size());
  for (auto first = recent.begin(); first != recent.end();) {
    auto end = end_of_origin(first, recent.end());
    out.varint(static_cast<std::uint64_t>(end - first));
    dots.dot(first->dot);
    write_run(out, first, end);
    first = end;
  }
}

std::vector<PastEvent> read_recent(ByteReader& in, DotReader& dots) {
  std::vector<PastEvent> recent;
  std::size_t total = in.count();
  recent.reserve(total);
  while (in.ok() && recent.size() < total) {
    std::size_t count = std::min(in.count(), total - recent.size());
    if (count == 0) break;
    Dot first = dots.dot();
    read_run(in, first, count, recent);
  }
  return recent;
}

}  // namespace genlock
