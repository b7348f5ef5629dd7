// The show that the rules of merging are told with: a cloud node and two LAN nodes that write apart
// and come together. Writes are raw operations.
#pragma once

#include "catch.h"
#include "support/replica.h"

#include <algorithm>

namespace genlock::test {

inline const StreamId show{uuid_named(0x01, 1)};
inline const RecordKey production{table::productions, RecordId{show.uuid}};
inline const RecordKey cam{table::sources, RecordId{uuid_named(0x10, 1)}};
inline const RecordKey cam_output{table::source_outputs, RecordId{uuid_named(0x11, 1)}};
inline const RecordKey patch{table::connections, RecordId{uuid_named(0x12, 1)}};
inline const RecordKey router{table::equipment_specs, RecordId{uuid_named(0x20, 1)}};
inline const RecordKey card_a{table::equipment_cards, RecordId{uuid_named(0x21, 1)}};
inline const RecordKey card_b{table::equipment_cards, RecordId{uuid_named(0x21, 2)}};

inline ColumnId column(const RecordKey& key, std::string_view name) {
  return find_table(key.table)->column(name)->id;
}
inline GroupId group(const RecordKey& key, std::string_view name) {
  return find_table(key.table)->group_of(column(key, name))->id;
}

inline Operation create(const RecordKey& key, RecordId parent = {}) {
  Operation operation;
  operation.kind = OperationKind::create;
  operation.table = key.table;
  operation.record = key.id;
  operation.parent = parent;
  return operation;
}

// A set of the group of `name`; the other columns of the group are null.
inline Operation write(const RecordKey& key, std::string_view name, Value value) {
  const Table& table = *find_table(key.table);
  const Group& rules = *table.group_of(column(key, name));
  Operation operation;
  operation.table = key.table;
  operation.record = key.id;
  operation.group = rules.id;
  for (ColumnId id : rules.columns) operation.values.push_back({id, {}});
  set(operation.values, column(key, name), std::move(value));
  return operation;
}

inline Operation naming(Operation operation, std::vector<Dot> replaces) {
  operation.replaces = std::move(replaces);
  return operation;
}

inline Operation resolve(Operation operation, std::vector<Dot> sides) {
  operation.kind = OperationKind::resolve;
  operation.resolution = Resolution::manual;
  return naming(std::move(operation), std::move(sides));
}

inline Operation of_kind(OperationKind kind, const RecordKey& key) {
  Operation operation;
  operation.kind = kind;
  operation.table = key.table;
  operation.record = key.id;
  return operation;
}
inline Operation remove(const RecordKey& key) { return of_kind(OperationKind::remove, key); }
inline Operation restore(const RecordKey& key) { return of_kind(OperationKind::restore, key); }
inline Operation lock(NodeId node) {
  Operation operation = of_kind(OperationKind::lock, production);
  operation.node = node;
  return operation;
}

// A show on a cloud node and two LAN nodes, the same everywhere, the link cut.
struct Crew {
  Replica office{0, Role::cloud}, venue{1, Role::lan}, spare{2, Role::lan};
  TestRandom random{1};

  Crew() {
    office.write(show, {create(production)});
    office.write(show, {create(cam, production.id), create(cam_output, cam.id)});
    office.write(show, {create(patch, production.id)});
    office.write(library_stream,
                 {create(router), create(card_a, router.id), create(card_b, router.id)});
    heal();
    later();
  }
  void later() {  // venue writes after office, spare after venue, unless a test says otherwise
    office.clock.set(2'000'000);
    venue.clock.set(3'000'000);
    spare.clock.set(4'000'000);
  }
  void heal() {
    std::vector<Replica*> all{&office, &venue, &spare};
    for (int round = 0; round < 2; ++round)
      for (Replica* from : all)
        for (Replica* to : all)
          if (from != to)
            for (StreamId stream : {show, library_stream}) ship(*from, *to, stream, random);
    for (Replica* other : {&venue, &spare})
      for (Space space : {Space::state, Space::rows})
        REQUIRE(office.dump(space) == other->dump(space));
  }
  RecordWithConflicts shown(const RecordKey& key) {
    return office.shown(
        find_table(key.table)->id >= table::sources || key.table == table::productions
            ? show
            : library_stream,
        key);
  }
  Value value(const RecordKey& key, std::string_view name) {
    return shown(key).view.value(column(key, name));
  }
  std::vector<Conflict> conflicts(const RecordKey& key) { return shown(key).conflicts; }
  std::vector<Conflict> pending(const RecordKey& key) {
    std::vector<Conflict> all = conflicts(key);
    std::erase_if(all, [](const Conflict& c) { return !c.pending(); });
    return all;
  }
};

}  // namespace genlock::test
