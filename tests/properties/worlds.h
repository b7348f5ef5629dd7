// Small worlds for laws: three replicas that write and sync as drawn. Actions are raw operations,
// so writes that no well-behaved client makes are among them.
#pragma once

#include "support/replica.h"

#include <rapidcheck.h>

#include <iostream>

namespace genlock::test {

inline const StreamId show{uuid_named(0x01, 1)};

struct World {
  struct Member {
    RecordKey key;
    std::vector<RecordId> parents;  // where it may be created; concurrent creates may differ
  };
  StreamId stream;
  std::vector<Member> members;  // parents before children
};

inline World production_world() {
  const RecordId root{show.uuid}, cam_0{uuid_named(0x10, 0)}, cam_1{uuid_named(0x10, 1)};
  World world{show, {{{table::productions, root}, {{}}}}};
  for (RecordId cam : {cam_0, cam_1}) world.members.push_back({{table::sources, cam}, {root}});
  for (std::uint8_t n = 0; n < 2; ++n)
    world.members.push_back(
        {{table::source_outputs, RecordId{uuid_named(0x11, n)}}, {cam_0, cam_1}});
  world.members.push_back({{table::connections, RecordId{uuid_named(0x12, 0)}}, {root}});
  return world;
}

inline World library_world() {
  const RecordId frame_0{uuid_named(0x20, 0)}, frame_1{uuid_named(0x20, 1)};
  World world{library_stream, {}};
  for (RecordId frame : {frame_0, frame_1})
    world.members.push_back({{table::equipment_specs, frame}, {{}}});
  for (std::uint8_t n = 0; n < 3; ++n)
    world.members.push_back(
        {{table::equipment_cards, RecordId{uuid_named(0x21, n)}}, {frame_0, frame_1}});
  world.members.push_back({{table::equipment_card_io, RecordId{uuid_named(0x22, 0)}},
                           {RecordId{uuid_named(0x21, 0)}, RecordId{uuid_named(0x21, 1)}}});
  return world;
}

struct Action {
  std::uint8_t replica = 0, kind = 0, record = 0, group = 0, value = 0, extra = 0;
  bool batched = false;  // with the next of its replica
  std::uint8_t number() const { return static_cast<std::uint8_t>(value | extra << 2); }
};

inline void showValue(const Action& a, std::ostream& out) {
  out << "{" << int(a.replica) << "," << int(a.kind) << "," << int(a.record) << "," << int(a.group)
      << "," << int(a.value) << "," << int(a.extra) << "," << a.batched << "}";
}

// Notes and JSON of which siblings change different parts, and sometimes the same.
inline Value some_note(std::uint8_t n) {
  if (n % 16 == 15) return {};
  std::string text = n & 1 ? "camera left" : "camera on the right";
  text += n & 2 ? ", tripod low" : ", no tripod";
  if (n & 4) text = "check " + text;
  if (n & 8) text += n & 16 ? " twice" : " now";
  return text;
}

inline Value some_json(std::uint8_t n) {
  if (n % 16 == 15) return {};
  std::string text = "{\"a\":" + std::to_string(n & 3);
  text += n & 4 ? ",\"b\":[1]" : ",\"b\":{\"c\":" + std::to_string(n >> 3 & 3) + "}";
  return text + (n & 32 ? ",\"d\":0}" : "}");
}

inline Value some_value(const Column& column, std::uint8_t n) {
  if (column.grain == Grain::words) return some_note(n);
  if (column.grain == Grain::keys) return some_json(n);
  if (column.set_null_target == table::sources) return uuid_named(0x10, n % 2);
  if (column.set_null_target == table::source_outputs) return uuid_named(0x11, n % 2);
  switch (column.type) {
    case ColumnType::integer:
      return std::int64_t{1 + n % 3};
    case ColumnType::real:
      return 50.0 + n % 3;
    case ColumnType::boolean:
      return n % 2 == 0;
    case ColumnType::time:
      return std::int64_t{n} * 1000;
    case ColumnType::uuid:
      return uuid_named(0x30, n % 3);
    default:
      return std::string(1, static_cast<char>('a' + n % 3));
  }
}

inline ColumnValues some_values(const Table& table, const Group& group, std::uint8_t n) {
  ColumnValues values;
  for (ColumnId column : group.columns)
    values.push_back({column, some_value(*table.column(column), n)});
  return values;
}

class Trio {
 public:
  explicit Trio(World world) : world_(std::move(world)), random_(7) {
    replicas_.emplace_back(std::uint8_t{0}, Role::cloud, 1'000'000);
    replicas_.emplace_back(std::uint8_t{1}, Role::lan, 900'000);    // a slow clock
    replicas_.emplace_back(std::uint8_t{2}, Role::lan, 5'000'000);  // a fast one
  }

  void perform(const Action& a) {
    Replica& replica = replicas_[a.replica % 3];
    const auto& [key, parents] = world_.members[a.record % world_.members.size()];
    const Table& table = *find_table(key.table);
    State state = replica.state(world_.stream);
    std::optional<RecordState> record = state.record(key).value();
    std::uint8_t kind = a.kind % 16;
    if (kind >= 12) return sync(a);
    Operation operation;
    operation.table = key.table;
    operation.record = key.id;
    if (!record) {
      RecordId parent = parents[a.extra % parents.size()];
      if (!parent.uuid.is_nil() && !state.record({table.parent, parent}).value()) return;
      operation.kind = OperationKind::create;
      operation.parent = parent;
      operation.values = {};
      for (const Group& group : table.groups)
        for (ColumnValue& v : some_values(table, group, a.number()))
          set(operation.values, v.column, v.value);
    } else if (kind < 6) {
      const Group& group = table.groups[a.group % table.groups.size()];
      operation.kind = kind == 5 ? OperationKind::resolve : OperationKind::set;
      operation.group = group.id;
      operation.values = some_values(table, group, a.number());
      if (kind >= 3) name_some(operation, *record, a.extra);
      if (kind == 5) operation.resolution = Resolution::manual;
    } else if (kind == 6 || kind == 7) {
      operation.kind = OperationKind::remove;
    } else if (kind == 8) {
      operation.kind = OperationKind::restore;
    } else if (kind == 9) {
      operation.kind = OperationKind::resolve;
      operation.group = life_group;
      operation.values = {{ColumnId::none, a.value % 2 == 0}};
      operation.resolution = Resolution::manual;
      operation.replaces = std::vector<Dot>{};
      for (const StandingDelete& d : record->life.deletes) operation.replaces->push_back(d.dot);
    } else {
      operation.table = table::productions;
      operation.record = RecordId{world_.stream.uuid};
      operation.kind = kind == 10 ? OperationKind::lock : OperationKind::unlock;
      operation.node = NodeId{uuid_named(0xAA, a.replica % 3)};
      if (world_.stream == library_stream) return;
      if (!state.record({operation.table, operation.record}).value()) return;
    }
    replica.clock.set_suspect(a.extra % 16 == 15);
    std::vector<Operation>& batch = batches_[a.replica % 3];
    note_draft(a.replica % 3);
    batch.push_back(std::move(operation));
    if (a.batched && batch.size() < 4) return;
    flush(a.replica % 3);
  }

  // What a replica still holds back is written.
  void flush(std::size_t n) {
    if (batches_[n].empty()) return;
    const EventId id = replicas_[n].write(world_.stream, std::exchange(batches_[n], {}));
    drafts_[id.dot] = std::exchange(draft_of_[n], std::nullopt);
  }

  // Nothing is held back, and all have everything.
  void meet() {
    for (std::size_t n = 0; n < replicas_.size(); ++n) flush(n);
    ship_all();
  }

  void ship_all() {
    for (int round = 0; round < 2; ++round)
      for (Replica& from : replicas_)
        for (Replica& to : replicas_)
          if (&from != &to) ship(from, to, world_.stream, random_);
  }

  // The greatest cut that every event outside of it has seen, and was built on.
  VersionVector legal_cut() const {
    VersionVector cut = replicas_[0].head(world_.stream).vector(), before;
    for (const Replica& replica : replicas_) cut.meet(replica.head(world_.stream).vector());
    for (const auto& draft : draft_of_)
      if (draft) cut.meet(*draft);
    while (before != cut) {
      before = cut;
      for (const Replica& replica : replicas_) lower(cut, replica);
    }
    return cut;
  }

  StreamId stream() const { return world_.stream; }
  std::deque<Replica>& replicas() { return replicas_; }
  TestRandom& random() { return random_; }

 private:
  // What an operation names was there when it was drafted; it may be written later.
  void note_draft(std::size_t n) {
    if (!draft_of_[n]) draft_of_[n] = replicas_[n].head(world_.stream).vector();
  }

  void lower(VersionVector& cut, const Replica& replica) const {
    const VersionVector all = replica.head(world_.stream).vector();
    for (const EventRange& range : VersionVector(cut).missing_from(all)) {
      replica.log
          .read_range(replica.store, world_.stream, range,
                      [&](const EventId& id, const StoredEvent&) {
                        VersionVector seen = replica.log.context_of(replica.store, id).value();
                        if (auto draft = drafts_.find(id.dot); draft != drafts_.end())
                          seen.meet(*draft->second);
                        cut.meet(seen);
                        return true;
                      })
          .value();
    }
  }

  static void name_some(Operation& operation, const RecordState& record, std::uint8_t choice) {
    operation.replaces = std::vector<Dot>{};
    const GroupState* group = record.group(operation.group);
    if (!group) return;
    for (std::size_t i = 0; i < group->siblings.size(); ++i)
      if (choice >> i & 1) operation.replaces->push_back(group->siblings[i].dot);
    operation.base = group->siblings.back().value;
  }

  void sync(const Action& a) {
    Replica& from = replicas_[a.replica % 3];
    Replica& to = replicas_[(a.replica + 1 + a.record % 2) % 3];
    ship(from, to, world_.stream, random_, a.extra % 2 ? SIZE_MAX : std::size_t{a.value} % 5 + 1);
  }

  World world_;
  std::array<std::vector<Operation>, 3> batches_;  // of each replica, to be written as one event
  std::array<std::optional<VersionVector>, 3> draft_of_;  // what it had when they were drafted
  std::map<Dot, std::optional<VersionVector>> drafts_;
  std::deque<Replica> replicas_;
  TestRandom random_;
};

inline void same_space(const Replica& a, const Replica& b, Space space) {
  auto left = a.dump(space), right = b.dump(space);
  for (const auto& [key, value] : left) {
    auto at = right.find(key);
    if (at == right.end()) RC_FAIL("a key is missing");
    if (at->second != value)
      RC_FAIL((space == Space::rows ? value + "\n---\n" + at->second : "state bytes differ"));
  }
  RC_ASSERT(left.size() == right.size());
}

// State and rows from nothing.
inline void fold_again(Replica& replica, StreamId stream) {
  Overlay drop(replica.store);
  for (Space space : {Space::state, Space::rows})
    for (const auto& [key, value] : replica.dump(space)) drop.erase(space, key);
  replica.store.commit(drop.take_batch(), true).value();
  Overlay fresh(replica.store);
  replica.engine.refold(stream, fresh).value();
  replica.store.commit(fresh.take_batch(), true).value();
}

}  // namespace genlock::test

template <>
struct rc::Arbitrary<genlock::test::Action> {
  static rc::Gen<genlock::test::Action> arbitrary() {
    using genlock::test::Action;
    auto byte = [](int bound) {
      return rc::gen::inRange<std::uint8_t>(0, static_cast<std::uint8_t>(bound));
    };
    return rc::gen::build<Action>(
        rc::gen::set(&Action::replica, byte(3)), rc::gen::set(&Action::kind, byte(16)),
        rc::gen::set(&Action::record, byte(8)), rc::gen::set(&Action::group, byte(12)),
        rc::gen::set(&Action::value, byte(4)), rc::gen::set(&Action::extra, byte(32)),
        rc::gen::set(&Action::batched, rc::gen::map(byte(4), [](int n) { return n == 0; })));
  }
};
