// The laws of the fold (I4, I6): the same events give the same bytes, in any causal order and any
// batching, folded as they come or from nothing. Actions are raw operations, so writes that no
// well-behaved client makes are among them.
#include "catch.h"
#include "support/replica.h"

#include <rapidcheck/catch.h>

#include <iostream>

namespace genlock::test {
namespace {

const StreamId show{uuid_named(0x01, 1)};

struct World {
  StreamId stream;
  std::vector<RecordKey> records;  // parents before children
  std::vector<RecordId> parents;
};

World production_world() {
  World world{show, {}, {}};
  auto add = [&](TableId table, Uuid id, Uuid parent) {
    world.records.push_back({table, RecordId{id}});
    world.parents.push_back(RecordId{parent});
  };
  add(table::productions, show.uuid, {});
  for (std::uint8_t n = 0; n < 2; ++n) add(table::sources, uuid_named(0x10, n), show.uuid);
  for (std::uint8_t n = 0; n < 2; ++n)
    add(table::source_outputs, uuid_named(0x11, n), uuid_named(0x10, 0));
  add(table::connections, uuid_named(0x12, 0), show.uuid);
  return world;
}

World library_world() {
  World world{library_stream, {}, {}};
  auto add = [&](TableId table, Uuid id, Uuid parent) {
    world.records.push_back({table, RecordId{id}});
    world.parents.push_back(RecordId{parent});
  };
  add(table::equipment_specs, uuid_named(0x20, 0), {});
  for (std::uint8_t n = 0; n < 3; ++n)
    add(table::equipment_cards, uuid_named(0x21, n), uuid_named(0x20, 0));
  add(table::equipment_card_io, uuid_named(0x22, 0), uuid_named(0x21, 0));
  return world;
}

struct Action {
  std::uint8_t replica = 0, kind = 0, record = 0, group = 0, value = 0, extra = 0;
};

void showValue(const Action& a, std::ostream& out) {
  out << "{" << int(a.replica) << "," << int(a.kind) << "," << int(a.record) << "," << int(a.group)
      << "," << int(a.value) << "," << int(a.extra) << "}";
}

Value some_value(const Column& column, std::uint8_t n) {
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

ColumnValues some_values(const Table& table, const Group& group, std::uint8_t n) {
  ColumnValues values;
  for (ColumnId column : group.columns)
    values.push_back({column, some_value(*table.column(column), n)});
  return values;
}

class Run {
 public:
  explicit Run(World world) : world_(std::move(world)), random_(7) {
    replicas_.emplace_back(std::uint8_t{0}, Role::cloud, 1'000'000);
    replicas_.emplace_back(std::uint8_t{1}, Role::lan, 900'000);    // a slow clock
    replicas_.emplace_back(std::uint8_t{2}, Role::lan, 5'000'000);  // a fast one
  }

  void perform(const Action& a) {
    Replica& replica = replicas_[a.replica % 3];
    std::size_t index = a.record % world_.records.size();
    const RecordKey key = world_.records[index];
    const Table& table = *find_table(key.table);
    State state = replica.state(world_.stream);
    std::optional<RecordState> record = state.record(key).value();
    std::uint8_t kind = a.kind % 16;
    if (kind >= 12) return sync(a);
    Operation operation;
    operation.table = key.table;
    operation.record = key.id;
    if (!record) {
      if (!world_.parents[index].uuid.is_nil() &&
          !state.record({table.parent, world_.parents[index]}).value())
        return;
      operation.kind = OperationKind::create;
      operation.parent = world_.parents[index];
      operation.values = {};
      for (const Group& group : table.groups)
        for (ColumnValue& v : some_values(table, group, a.value))
          set(operation.values, v.column, v.value);
    } else if (kind < 6) {
      const Group& group = table.groups[a.group % table.groups.size()];
      operation.kind = kind == 5 ? OperationKind::resolve : OperationKind::set;
      operation.group = group.id;
      operation.values = some_values(table, group, a.value);
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
    replica.write(world_.stream, {operation});
  }

  void check() {
    for (int round = 0; round < 2; ++round)
      for (Replica& from : replicas_)
        for (Replica& to : replicas_)
          if (&from != &to) ship(from, to, world_.stream, random_);
    for (Replica& other : replicas_) same(replicas_[0], other);
    Replica late(std::uint8_t{9}, Role::lan);
    ship(replicas_[0], late, world_.stream, random_);
    same(replicas_[0], late);
    Replica& again = late;
    Overlay drop(again.store);
    for (Space space : {Space::state, Space::rows})
      for (const auto& [key, value] : again.dump(space)) drop.erase(space, key);
    again.store.commit(drop.take_batch(), true).value();
    Overlay fresh(again.store);
    again.engine.refold(world_.stream, fresh).value();
    again.store.commit(fresh.take_batch(), true).value();
    same(replicas_[0], again);
  }

 private:
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

  static void same(const Replica& a, const Replica& b) {
    for (Space space : {Space::rows, Space::state}) {
      auto left = a.dump(space), right = b.dump(space);
      for (const auto& [key, value] : left) {
        auto at = right.find(key);
        if (at == right.end()) RC_FAIL("a key is missing");
        if (at->second != value)
          RC_FAIL((space == Space::rows ? value + "\n---\n" + at->second : "state bytes differ"));
      }
      RC_ASSERT(left.size() == right.size());
    }
  }

  World world_;
  std::deque<Replica> replicas_;
  TestRandom random_;
};

}  // namespace
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
        rc::gen::set(&Action::value, byte(4)), rc::gen::set(&Action::extra, byte(32)));
  }
};

namespace genlock::test {

TEST_CASE("any causal delivery gives the same rows and conflicts", "[laws]") {
  rc::prop("a production", [](const std::vector<Action>& actions) {
    Run run(production_world());
    for (const Action& action : actions) run.perform(action);
    run.check();
  });
  rc::prop("the equipment library", [](const std::vector<Action>& actions) {
    Run run(library_world());
    for (const Action& action : actions) run.perform(action);
    run.check();
  });
}

}  // namespace genlock::test
