// Commands as a client would send them, and two nodes to send them to. Rows are written with the
// names of their columns.
#pragma once

#include "catch.h"
#include "engine/decide.h"
#include "engine/event_codec.h"
#include "support/replica.h"

#include <initializer_list>
#include <string>
#include <utility>

namespace genlock::test {

inline const StreamId show{uuid_named(0x01, 1)};
inline const RecordKey production{table::productions, RecordId{show.uuid}};

inline RecordId id_of(std::uint8_t n) { return {uuid_named(0x10, n)}; }
inline RecordKey source(std::uint8_t n) { return {table::sources, id_of(n)}; }

// --- rows ----------------------------------------------------------------------------------------

struct Field {
  std::string_view column;
  Value value;
};
using Fields = std::initializer_list<Field>;

inline ColumnId column_of(TableId table, std::string_view name) {
  const Column* column = find_table(table)->column(name);
  CHECK(column, name);
  return column->id;
}

inline ColumnValues values_of(TableId table, Fields fields) {
  ColumnValues values;
  for (const Field& field : fields) set(values, column_of(table, field.column), field.value);
  return values;
}

inline RowInput row_of(TableId table, Fields fields, std::string pointer = "") {
  RowInput row;
  row.pointer = std::move(pointer);
  row.values = values_of(table, fields);
  return row;
}

// Adds a child to a nested list of `row`.
inline RowInput& add_child(RowInput& row, TableId table, Fields fields) {
  auto& list = row.children[table];
  std::string name(find_table(table)->nested_name);
  list.push_back(
      row_of(table, fields, row.pointer + "/" + name + "/" + std::to_string(list.size())));
  return list.back();
}

// --- commands ------------------------------------------------------------------------------------

inline Command post(const RecordKey& key, Fields fields, StreamId stream = show) {
  Command command;
  command.kind = CommandKind::create;
  command.stream = stream;
  command.table = key.table;
  command.record = key.id;
  command.row = row_of(key.table, fields);
  command.restore_gone = true;
  return command;
}

inline Command put(const RecordKey& key, Fields fields, StreamId stream = show) {
  Command command = post(key, fields, stream);
  command.kind = CommandKind::update;
  return command;
}

inline Command command_of(CommandKind kind, const RecordKey& key, StreamId stream = show) {
  Command command = post(key, {}, stream);
  command.kind = kind;
  return command;
}

inline Command by(Command command, std::string user) {
  command.by.user = std::move(user);
  return command;
}

// --- sending -------------------------------------------------------------------------------------

inline std::uint64_t event_count(const Replica& node, StreamId stream = show) {
  return node.head(stream).vector().event_count();
}

inline Outcome done(Replica& node, const Command& command) {
  Result<Outcome> outcome = node.execute(command);
  INFO((outcome ? "" : outcome.error().message));
  REQUIRE(outcome.ok());
  return *outcome;
}

// Success that writes nothing.
inline Outcome unchanged(Replica& node, const Command& command) {
  std::uint64_t before = event_count(node, command.stream);
  Outcome outcome = done(node, command);
  REQUIRE(!outcome.event);
  REQUIRE(event_count(node, command.stream) == before);
  return outcome;
}

// The error, after a look that nothing was written.
inline Error refused(Replica& node, const Command& command, ErrorCode code) {
  std::uint64_t before = event_count(node, command.stream);
  Result<Outcome> outcome = node.execute(command);
  REQUIRE(!outcome.ok());
  INFO(outcome.error().message);
  REQUIRE(to_string(outcome.error().code) == std::string(to_string(code)));
  REQUIRE(event_count(node, command.stream) == before);
  REQUIRE(!outcome.error().message.empty());
  return outcome.error();
}

// "pointer code" of each field at fault.
inline std::vector<std::string> faults(const Error& error) {
  std::vector<std::string> texts;
  for (const FieldError& field : error.fields) texts.push_back(field.pointer + " " + field.code);
  return texts;
}
using Faults = std::vector<std::string>;

// --- looking -------------------------------------------------------------------------------------

inline Value shown(const Replica& node, const RecordKey& key, std::string_view column,
                   StreamId stream = show) {
  return node.shown(stream, key).view.value(column_of(key.table, column));
}

inline RecordView view_of(const Replica& node, const RecordKey& key, StreamId stream = show) {
  return node.shown(stream, key).view;
}

// The ETag that a reader of the row has now, as far as a Base-Version goes.
inline ETag seen(const Replica& node, const RecordKey& key, StreamId stream = show) {
  return {view_of(node, key, stream).heads, 0};
}

inline ETag etag(const Replica& node, const RecordKey& key, StreamId stream = show) {
  return *node.projection.etag(node.store, stream, key).value();
}

inline Event last_event(const Replica& node, const Outcome& outcome) {
  return decode(node.log.read(node.store, *outcome.event).value().bytes).value();
}

inline std::vector<Conflict> conflicts(const Replica& node, const RecordKey& key,
                                       StreamId stream = show) {
  return node.shown(stream, key).conflicts;
}

inline Conflict only_pending(const Replica& node, const RecordKey& key, StreamId stream = show) {
  std::vector<Conflict> pending;
  for (const Conflict& conflict : conflicts(node, key, stream))
    if (conflict.pending()) pending.push_back(conflict);
  REQUIRE(pending.size() == 1);
  return pending.front();
}

// Children of a row that are not deleted.
inline std::vector<RecordView> children(const Replica& node, RecordId parent, TableId table,
                                        StreamId stream = show) {
  std::vector<RecordView> rows;
  std::vector<RecordKey> keys = node.state(stream).children(parent, table).value();
  for (const RecordKey& key : keys) {
    RecordView row = view_of(node, key, stream);
    if (!row.is_deleted) rows.push_back(row);
  }
  return rows;
}

// --- two nodes -----------------------------------------------------------------------------------

// A cloud and a LAN node with one production, "Gala", and one source in it, "CAM 1".
struct Crew {
  Replica cloud{0, Role::cloud};
  Replica lan{1, Role::lan};
  TestRandom random{7};

  Crew() {
    done(cloud, post(production, {{"client", "ACME"}, {"show_name", "Gala"}}));
    done(cloud, post(source(1),
                     {{"type", "camera"}, {"name", "CAM 1"}, {"h_res", 1920}, {"v_res", 1080}}));
    sync();
  }

  void sync(StreamId stream = show) {
    ship(cloud, lan, stream, random);
    ship(lan, cloud, stream, random);
  }

  // Concurrent edits of source 1's video format: h_res `on_cloud` and, later, `on_lan`.
  void disagree(std::int64_t on_cloud = 3840, std::int64_t on_lan = 2560) {
    done(cloud, by(put(source(1), {{"h_res", on_cloud}}), "Ana"));
    lan.clock.set(cloud.clock.peek() + 1000);
    done(lan, by(put(source(1), {{"h_res", on_lan}}), "Ben"));
    sync();
  }
};

}  // namespace genlock::test
