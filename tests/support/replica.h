// One node in memory: a store, the log over it, and the engine with a projection. Replicas exchange
// events without a network, in any causal order and batching one likes.
#pragma once

#include "engine/engine.h"
#include "engine/ingest.h"
#include "eventlog/log.h"
#include "eventlog/memory_store.h"
#include "support/shown_projection.h"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace genlock::test {

class TestClock : public Clock {
 public:
  explicit TestClock(UnixMs start) : now_(start) {}
  UnixMs now() override { return now_ += step_ms; }
  bool suspect() const override { return suspect_; }
  void set(UnixMs now) { now_ = now; }
  UnixMs peek() const { return now_; }
  void set_suspect(bool suspect) { suspect_ = suspect; }
  UnixMs step_ms = 1;

 private:
  UnixMs now_;
  bool suspect_ = false;
};

class TestRandom : public Random {
 public:
  explicit TestRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next_u64() override {  // splitmix64
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t x = state_;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
    return x ^ x >> 31;
  }
  std::uint64_t below(std::uint64_t bound) { return next_u64() % bound; }
  std::uint64_t peek() const { return state_; }

 private:
  std::uint64_t state_;
};

inline Uuid uuid_named(std::uint8_t kind, std::uint8_t n) {
  Uuid id;
  id.bytes[0] = kind;
  id.bytes[15] = n;
  return id;
}

template <class ProjectionType = ShownProjection>
class BasicReplica {
 public:
  BasicReplica(std::uint8_t n, Role role, UnixMs start = 1'000'000)
      : clock(start),
        random(n),
        engine({NodeId{uuid_named(0xAA, n)}, OriginId{uuid_named(0xBB, n)}, role,
                "node " + std::to_string(n)},
               log, projection, clock, random) {}

  // A local write of raw operations, without decide.
  EventId write(StreamId stream, std::vector<Operation> operations) {
    Overlay overlay(store);
    EventId id = engine.write(stream, std::move(operations), Person{}, overlay).value();
    store.commit(overlay.take_batch(), true).value();
    return id;
  }
  Result<Outcome> execute(const Command& command) {
    Overlay overlay(store);
    Result<Outcome> outcome = engine.execute(command, overlay);
    if (outcome) store.commit(overlay.take_batch(), true).value();
    return outcome;
  }
  Result<IngestReport> ingest(const Chunk& chunk) {
    Overlay overlay(store);
    Result<IngestReport> report = engine.ingest(chunk, overlay);
    if (report) store.commit(overlay.take_batch(), true).value();
    return report;
  }
  StreamHead head(StreamId stream) const { return log.head(store, stream).value(); }
  State state(StreamId stream) const { return State(store, log, stream); }
  RecordWithConflicts shown(StreamId stream, const RecordKey& key) const {
    return view_with_conflicts(state(stream), key).value().value();
  }
  // Everything of a space as text, to compare replicas with.
  std::map<std::string, std::string> dump(Space space) const {
    std::map<std::string, std::string> all;
    store
        .scan(space, "", "",
              [&](std::string_view key, std::string_view value) {
                all.emplace(key, value);
                return true;
              })
        .value();
    return all;
  }

  MemoryStore store;
  Log log;
  ProjectionType projection;
  TestClock clock;
  TestRandom random;
  Engine engine;
};
using Replica = BasicReplica<>;

// Ships up to `limit` events that `to` lacks, in a causal order drawn from `random`, in chunks of
// drawn sizes.
template <class P>
void ship(const BasicReplica<P>& from, BasicReplica<P>& to, StreamId stream, TestRandom& random,
          std::size_t limit = SIZE_MAX) {
  struct Next {
    EventId id;
    std::string bytes;
    VersionVector context;
  };
  std::vector<std::deque<Next>> sources;
  VersionVector have = to.head(stream).vector();
  for (const EventRange& range : have.missing_from(from.head(stream).vector())) {
    auto& source = sources.emplace_back();
    from.log
        .read_range(
            from.store, stream, range,
            [&](const EventId& id, const StoredEvent& stored) {
              source.push_back({id, stored.bytes, from.log.context_of(from.store, id).value()});
              return true;
            })
        .value();
  }
  Chunk chunk{stream, {}, {}};
  std::size_t chunk_limit = 1 + random.below(8);
  auto flush = [&] {
    if (chunk.events.empty()) return;
    Result<IngestReport> report = to.ingest(chunk);
    CHECK(report.ok(), report.ok() ? "" : report.error().message);
    chunk.events.clear();
    chunk_limit = 1 + random.below(8);
  };
  while (limit > 0) {
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < sources.size(); ++i)
      if (!sources[i].empty() && have.includes(sources[i].front().context)) ready.push_back(i);
    if (ready.empty()) break;
    auto& source = sources[ready[random.below(ready.size())]];
    have.advance(source.front().id.dot);
    chunk.events.push_back(std::move(source.front().bytes));
    source.pop_front();
    --limit;
    if (chunk.events.size() >= chunk_limit) flush();
  }
  flush();
}

}  // namespace genlock::test
