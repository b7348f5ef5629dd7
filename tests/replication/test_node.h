// A node for tests of replication: a store in memory, the real log, engine and log writer, and the
// session's parts.
#pragma once

#include "catch.h"
#include "eventlog/log.h"
#include "eventlog/log_writer.h"
#include "eventlog/memory_store.h"
#include "replication/hashing.h"
#include "replication/parked_wait.h"
#include "replication/peers.h"
#include "replication/session.h"
#include "replication/stream_index.h"
#include "replication/subscriptions.h"
#include "replication/wire.h"
#include "support/literals.h"
#include "support/replica.h"

#include <functional>
#include <vector>

namespace genlock::replication::test {

// Rows as text (tests/support), with a digest that is worked out when asked for.
class DigestProjection : public genlock::test::ShownProjection {
 public:
  Result<Digest> digest(const Reader& reader, StreamId stream) const override {
    Digest sum = extra;
    TRY(reader.scan_prefix(Space::rows, stream.view(),
                           [&](std::string_view key, std::string_view value) {
                             sum.add(hash_128(key, value));
                             return true;
                           }));
    return sum;
  }
  Digest extra;  // makes this node's rows look different
};

inline StreamId show(std::uint8_t n) { return StreamId{genlock::test::uuid_named(0x01, n)}; }

inline Operation create_of(TableId table, RecordId record) {
  Operation operation;
  operation.kind = OperationKind::create;
  operation.table = table;
  operation.record = record;
  return operation;
}

class TestNode : public SyncObserver {
 public:
  explicit TestNode(std::uint8_t n, Role role = Role::lan)
      : clock(1'000'000),
        random(n),
        engine({NodeId{genlock::test::uuid_named(0xAA, n)},
                OriginId{genlock::test::uuid_named(0xBB, n)}, role, "node " + std::to_string(n)},
               log, projection, clock, random),
        writer(store),
        index(log, projection),
        ports{engine, store, writer, clock, random, index, subscriptions, peers, *this, "test"} {}

  // One edit of a source of this production; the first one makes the production and the source.
  EventId edit(StreamId stream, std::string name = "CAM 1", std::uint8_t row = 1) {
    RecordId root{stream.uuid}, source{genlock::test::uuid_named(0x10, row)};
    if (head(stream).origins.empty()) {
      Operation create = create_of(table::productions, root);
      create.values = {{ColumnId{3}, std::string("client")}, {ColumnId{4}, std::string("show")}};
      write(stream, {create});
    }
    bool is_new = !State(store, log, stream).record({table::sources, source}).value();
    Operation operation = create_of(table::sources, source);
    operation.parent = is_new ? root : RecordId{};
    operation.kind = is_new ? OperationKind::create : OperationKind::set;
    operation.group = is_new ? GroupId::none : GroupId{4};
    if (is_new) operation.values.push_back({ColumnId{3}, std::string("camera")});
    operation.values.push_back({ColumnId{4}, std::move(name)});
    return write(stream, {operation});
  }
  EventId write(StreamId stream, std::vector<Operation> operations) {
    return writer
        .run_for<EventId>(
            [&](Overlay& overlay) { return engine.write(stream, operations, Person{}, overlay); })
        .value();
  }
  StreamHead head(StreamId stream) const { return log.head(store, stream).value(); }
  VersionVector vector(StreamId stream) const { return head(stream).vector(); }
  std::string rows() const {
    std::string all;
    store
        .scan(Space::rows, "", "",
              [&](std::string_view key, std::string_view value) {
                all.append(key).append(value);
                return true;
              })
        .value();
    return all;
  }
  bool noted(SyncNote::Kind kind) const {
    for (const SyncNote& note : notes)
      if (note.kind == kind) return true;
    return false;
  }
  // All data of another node, as a copy of its directory or an old backup has it. REQUIRES: this
  // one was made with the same number and has nothing yet. `salt`: another one for each copy, as
  // chance is.
  void take_data_of(const TestNode& other, std::uint64_t salt = 77) {
    Batch batch;
    for (Space space : {Space::meta, Space::events, Space::state, Space::rows, Space::local})
      other.store
          .scan(space, "", "",
                [&](std::string_view key, std::string_view value) {
                  batch.at(space)[std::string(key)] = std::string(value);
                  return true;
                })
          .value();
    store.commit(batch, true).value();
    clock.set(other.clock.peek());
    random = genlock::test::TestRandom(other.random.peek() + salt);
    forget();
    index.invalidate();
  }
  OriginId origin() const { return engine.identity().origin; }
  std::vector<Notice> told() const { return notices(store).value(); }
  bool told_of(NoticeKind kind) const {
    for (const Notice& notice : told())
      if (notice.kind == kind) return true;
    return false;
  }
  // As after a restart: what was only in memory is gone.
  void forget() {
    peers.~Peers();
    new (&peers) Peers;
    peers.load(store).value();
  }

  void on_note(const SyncNote& note) override { notes.push_back(note); }
  Result<void> on_shared(const PeerIdentity&, StreamId stream, const VersionVector&,
                         const VersionVector& now, Overlay&) override {
    shared[stream] = now;
    return {};
  }
  void on_clock(const PeerIdentity&, bool, std::int64_t offset, std::int64_t) override {
    offset_ms = offset;
  }

  MemoryStore store;
  Log log;
  DigestProjection projection;
  genlock::test::TestClock clock;
  genlock::test::TestRandom random;
  Engine engine;
  LogWriter writer;
  StreamIndex index;
  Subscriptions subscriptions;
  Peers peers;
  SessionPorts ports;
  std::vector<SyncNote> notes;
  std::map<StreamId, VersionVector> shared;
  std::int64_t offset_ms = 0;
};

// What travels, and what may happen to it on the way.
struct Wire {
  std::uint64_t requests = 0;
  std::uint64_t bytes = 0;
  // Changes a frame, or returns false: it is lost. Called for requests and replies.
  std::function<bool(std::string& frame, bool is_reply)> meddle;
  // Changes a message before it is encoded, as a faulty peer would.
  std::function<void(Message& message, bool is_reply)> fake;
};

// One request through bytes and back.
inline Result<Message> carry(Message request, TestNode& to, Wire& wire) {
  ++wire.requests;
  if (wire.fake) wire.fake(request, false);
  std::string frame = encode(request);
  wire.bytes += frame.size();
  if (wire.meddle && !wire.meddle(frame, false)) return Error{ErrorCode::unavailable, "lost"};
  SyncSession responder = SyncSession::responder(to.ports);
  responder.receive(decode(frame));
  Message reply = responder.next().value();
  if (wire.fake) wire.fake(reply, true);
  frame = encode(reply);
  wire.bytes += frame.size();
  if (wire.meddle && !wire.meddle(frame, true)) return Error{ErrorCode::unavailable, "lost"};
  return decode(frame);
}

inline SessionReport sync(TestNode& from, TestNode& to, Wire& wire, Plan plan = Plan::full) {
  SyncSession session = SyncSession::initiator(from.ports, plan, to.engine.identity().node);
  while (auto request = session.next()) session.receive(carry(*request, to, wire));
  return session.report();
}
inline SessionReport sync(TestNode& from, TestNode& to) {
  Wire wire;
  return sync(from, to, wire);
}

}  // namespace genlock::replication::test
