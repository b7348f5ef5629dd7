#include "engine/directory.h"

#include "engine/engine.h"
#include "engine/lineage.h"
#include "engine/merge.h"
#include "engine/state.h"
#include "engine/state_keys.h"
#include "engine/withdrawn.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <map>

namespace genlock {
namespace {

using nlohmann::ordered_json;

// --- rows ---------------------------------------------------------------------------------------

ColumnId column_id(TableId table, std::string_view name) {
  return find_table(table)->column(name)->id;
}

// A row as it shows, of a table without a parent and without references that may go: what a view
// (engine/view.h) would say of it, for a fraction of the work. As long as its record.
struct Row {
  const Table* table;
  const RecordState* record;

  bool visible() const { return !record->deleted(); }
};

// As view_without_conflicts() has it.
std::optional<Row> row_of(const RecordState* record) {
  const Table* table = record && record->life.created ? find_table(record->table) : nullptr;
  return table ? std::optional(Row{table, record}) : std::nullopt;
}

const Value& value_of(const Row& row, std::string_view name) {
  static const Value null;
  const ColumnId column = row.table->column(name)->id;
  const GroupState* group = row.record->group(row.table->group_of(column)->id);
  const ColumnValues* values = group ? shown(row.table, *group).value : nullptr;
  const Value* value = values ? find(*values, column) : nullptr;
  return value ? *value : null;
}
std::string_view text_of(const Row& row, std::string_view name) {
  const auto* text = std::get_if<std::string>(&value_of(row, name));
  return text ? std::string_view(*text) : std::string_view();
}
std::optional<UnixMs> time_of(const Row& row, std::string_view name) {
  const auto* ms = std::get_if<std::int64_t>(&value_of(row, name));
  return ms ? std::optional<UnixMs>(*ms) : std::nullopt;
}
Uuid uuid_of(const Row& row, std::string_view name) {
  const auto* id = std::get_if<Uuid>(&value_of(row, name));
  return id ? *id : Uuid{};
}

Operation operation_on(OperationKind kind, TableId table, const Uuid& id) {
  Operation made;
  made.kind = kind;
  made.table = table;
  made.record = RecordId{id};
  return made;
}

// Of the group that this column is of, which `values` gives whole.
Operation set_of(TableId table, const Uuid& id, std::string_view column, ColumnValues values) {
  Operation made = operation_on(OperationKind::set, table, id);
  made.group = find_table(table)->group_of(column_id(table, column))->id;
  made.values = std::move(values);
  return made;
}

// --- JSON columns -------------------------------------------------------------------------------

Error damaged(const Row& row, std::string_view column) {
  return {ErrorCode::corruption, "the directory's row " + row.record->id.to_string() +
                                     " has a damaged " + std::string(column)};
}

std::string to_json(const VersionVector& vector) {
  ordered_json json = ordered_json::object();
  for (const auto& entry : vector.entries()) json[entry.origin.to_string()] = number(entry.last);
  return json.dump();
}

bool take(std::string_view& in, char expected) {
  if (!in.starts_with(expected)) return false;
  in.remove_prefix(1);
  return true;
}

// An id in quotation marks.
template <class Id>
std::optional<Id> take_id(std::string_view& in) {
  constexpr std::size_t size = 36;
  if (in.size() < size + 2 || in[0] != '"' || in[size + 1] != '"') return std::nullopt;
  const auto id = Id::parse(in.substr(1, size));
  in.remove_prefix(size + 2);
  return id;
}

std::optional<Sequence> take_sequence(std::string_view& in) {
  std::uint64_t last = 0;
  const auto [end, error] = std::from_chars(in.data(), in.data() + in.size(), last);
  if (error != std::errc() || in.front() == '0') return std::nullopt;
  in.remove_prefix(static_cast<std::size_t>(end - in.data()));
  return Sequence{last};
}

// Exactly as to_json() writes it, or nothing: the directory is read often, and a parser costs ten
// times as much.
std::optional<VersionVector> vector_as_written(std::string_view in) {
  VersionVector vector;
  if (in == "{}") return vector;
  char before = '{';
  while (take(in, before)) {
    before = ',';
    const auto origin = take_id<OriginId>(in);
    const bool ascends = vector.empty() || (origin && vector.entries().back().origin < *origin);
    if (!origin || !ascends || !take(in, ':')) return std::nullopt;
    const auto last = take_sequence(in);
    if (!last) return std::nullopt;
    vector.raise(*origin, *last);
  }
  return in == "}" && before == ',' ? std::optional(std::move(vector)) : std::nullopt;
}

// The same of to_json_list().
template <class Id>
std::optional<std::vector<Id>> ids_as_written(std::string_view in) {
  std::vector<Id> ids;
  if (in == "[]") return ids;
  char before = '[';
  while (take(in, before)) {
    before = ',';
    const auto id = take_id<Id>(in);
    if (!id) return std::nullopt;
    ids.push_back(*id);
  }
  return in == "]" && before == ',' ? std::optional(std::move(ids)) : std::nullopt;
}

Result<VersionVector> vector_of(const Row& row, std::string_view column) {
  const std::string_view text = text_of(row, column);
  if (auto written = vector_as_written(text)) return *std::move(written);
  VersionVector vector;
  const ordered_json json = ordered_json::parse(text, nullptr, false);
  if (!json.is_object()) return damaged(row, column);
  for (const auto& [name, last] : json.items()) {
    const auto origin = OriginId::parse(name);
    if (!origin || !last.is_number_unsigned()) return damaged(row, column);
    vector.raise(*origin, Sequence{last.get<std::uint64_t>()});
  }
  return vector;
}

template <class Ids>
std::string to_json_list(const Ids& ids) {
  ordered_json json = ordered_json::array();
  for (const auto& id : ids) json.push_back(id.to_string());
  return json.dump();
}

template <class Id>
Result<std::vector<Id>> ids_of(const Row& row, std::string_view column) {
  const std::string_view text = text_of(row, column);
  std::vector<Id> ids;
  if (auto written = ids_as_written<Id>(text)) {
    ids = *std::move(written);
  } else {
    const ordered_json json = ordered_json::parse(text, nullptr, false);
    if (!json.is_array()) return damaged(row, column);
    for (const auto& item : json) {
      const auto id = item.is_string() ? Id::parse(item.template get<std::string>()) : std::nullopt;
      if (!id) return damaged(row, column);
      ids.push_back(*id);
    }
  }
  std::ranges::sort(ids);
  return ids;
}

// --- entries ------------------------------------------------------------------------------------

NodeEntry node_entry(const Row& row) {
  NodeEntry node;
  node.id = NodeId{row.record->id.uuid};
  node.name = text_of(row, "name");
  node.role = text_of(row, "role");
  if (const auto at = time_of(row, "retired_at"))
    node.retired = {*at, std::string(text_of(row, "retired_by")),
                    std::string(text_of(row, "retired_reason"))};
  return node;
}

// A node that was away says again that it opened an origin, beside others who have closed it.
std::optional<UnixMs> closed_at(const RecordState& record) {
  const ColumnId column = column_id(table::origins, "closed_at");
  const GroupState* group = record.group(find_table(table::origins)->group_of(column)->id);
  std::optional<UnixMs> closed;
  if (!group) return closed;
  for (const Write& write : group->siblings)
    if (const Value* value = genlock::find(write.value, column))
      if (const auto* ms = std::get_if<std::int64_t>(value))
        closed = std::max(closed, std::optional<UnixMs>(*ms));
  return closed;
}

Result<OriginEntry> origin_entry(const Row& row) {
  OriginEntry origin{.id = OriginId{row.record->id.uuid},
                     .opened_ms = row.record->created_ms,
                     .closed_ms = closed_at(*row.record),
                     .takes = {}};
  if (is_null(value_of(row, "takes"))) return origin;
  TRY_ASSIGN(const std::vector<StreamId> takes, ids_of<StreamId>(row, "takes"));
  origin.takes.emplace(takes.begin(), takes.end());
  return origin;
}

Result<SaidEntry> said_entry(const Row& row) {
  SaidEntry said{.origin = OriginId{uuid_of(row, "origin_id")},
                 .stream = StreamId{uuid_of(row, "stream_id")},
                 .what = {},
                 .at_ms = row.record->updated_ms};
  TRY_ASSIGN(said.what.stable, vector_of(row, "stable"));
  TRY_ASSIGN(said.what.held, vector_of(row, "held"));
  TRY_ASSIGN(said.what.with, ids_of<OriginId>(row, "with"));
  return said;
}

// Of an origin and a stream there is one row, whoever looks.
Uuid said_id(OriginId origin, StreamId stream) { return Uuid::make_v5(origin.uuid, stream.view()); }

}  // namespace

bool OriginEntry::may_write(StreamId stream) const {
  const bool everywhere = stream == directory_stream || stream == library_stream;
  return !closed_ms && (everywhere || !takes || takes->contains(stream));
}

const OriginEntry* NodeEntry::open_origin() const {
  const OriginEntry* latest = nullptr;
  for (const OriginEntry& origin : origins)
    if (!origin.closed_ms && (!latest || latest->opened_ms <= origin.opened_ms)) latest = &origin;
  return latest;
}

const NodeEntry* NodeDirectory::find(NodeId node) const {
  const auto found = std::ranges::find(nodes, node, &NodeEntry::id);
  return found == nodes.end() ? nullptr : &*found;
}

const NodeEntry* NodeDirectory::owner(OriginId origin) const {
  for (const NodeEntry& node : nodes)
    if (std::ranges::find(node.origins, origin, &OriginEntry::id) != node.origins.end())
      return &node;
  return nullptr;
}

Standing NodeDirectory::standing(StreamId stream, const StreamHead& head, bool is_forked) const {
  Standing standing{.members = {}, .said = {}, .held = head.vector(), .is_forked = is_forked};
  for (const NodeEntry& node : nodes)
    for (const OriginEntry& origin : node.origins)
      if (origin.may_write(stream)) standing.members.push_back(origin.id);
  std::ranges::sort(standing.members);
  auto at = std::ranges::lower_bound(said, stream, {}, &SaidEntry::stream);
  for (; at != said.end() && at->stream == stream; ++at)
    standing.said.emplace(at->origin, at->what);
  return standing;
}

namespace {

// What a row adds; `nodes` is in work.
Result<void> take_row(const Row& row, std::map<NodeId, NodeEntry>& nodes, NodeDirectory& into) {
  const TableId table = row.table->id;
  if (table == table::nodes) {
    NodeEntry node = node_entry(row);
    node.origins = std::move(nodes[node.id].origins);
    nodes[node.id] = std::move(node);
  } else if (table == table::origins) {
    TRY_ASSIGN(OriginEntry origin, origin_entry(row));
    const NodeId id{uuid_of(row, "node_id")};
    NodeEntry& node = nodes[id];
    node.id = id;
    node.origins.push_back(std::move(origin));
  } else if (table == table::acknowledgements) {
    TRY_ASSIGN(SaidEntry said, said_entry(row));
    into.said.push_back(std::move(said));
  }
  return {};
}

}  // namespace

Result<NodeDirectory> read_directory(const Reader& reader, const EventLog&) {
  std::map<NodeId, NodeEntry> nodes;
  NodeDirectory directory;
  Result<void> taken;
  TRY(reader.scan_prefix(Space::state, state_keys::begin('r', directory_stream),
                         [&](std::string_view, std::string_view bytes) {
                           const Result<RecordState> record = decode_record(bytes);
                           if (!record.ok()) {
                             taken = record.error();
                             return false;
                           }
                           const std::optional<Row> row = row_of(&*record);
                           if (row && row->visible()) taken = take_row(*row, nodes, directory);
                           return taken.ok();
                         }));
  TRY(taken);
  for (auto& [id, node] : nodes) directory.nodes.push_back(std::move(node));
  std::ranges::sort(directory.said, [](const SaidEntry& a, const SaidEntry& b) {
    return std::pair(a.stream, a.origin) < std::pair(b.stream, b.origin);
  });
  return directory;
}

Result<std::optional<Acknowledgement>> said_of(const Reader& reader, const EventLog& log,
                                               OriginId origin, StreamId stream) {
  const RecordKey key{table::acknowledgements, RecordId{said_id(origin, stream)}};
  const State state(reader, log, directory_stream);
  TRY_ASSIGN(const RecordState* record, state.find(key));
  const std::optional<Row> row = row_of(record);
  if (!row || !row->visible()) return std::optional<Acknowledgement>{};
  TRY_ASSIGN(SaidEntry said, said_entry(*row));
  return std::optional(std::move(said.what));
}

std::optional<VersionVector> promised_in(const Event& event, StreamId stream) {
  const RecordKey key{table::acknowledgements, RecordId{said_id(event.dot.origin, stream)}};
  for (const Operation* operation : operations_on(event, key)) {
    const Value* value = find(operation->values, column_id(table::acknowledgements, "stable"));
    const auto* text = value ? std::get_if<std::string>(value) : nullptr;
    if (text) return vector_as_written(*text);
  }
  return std::nullopt;
}

Result<bool> is_closed(const Reader& reader, const EventLog& log, OriginId origin) {
  const State state(reader, log, directory_stream);
  TRY_ASSIGN(const RecordState* record, state.find({table::origins, RecordId{origin.uuid}}));
  return record && closed_at(*record);
}

std::vector<Operation> retire(const NodeEntry& node, const Retirement& why) {
  std::vector<Operation> operations;
  for (const OriginEntry& origin : node.origins)
    if (!origin.closed_ms) operations.push_back(close_origin(origin.id, why.at_ms));
  if (operations.empty() && node.retired) return {};
  operations.push_back(set_of(table::nodes, node.id.uuid, "retired_at",
                              {{column_id(table::nodes, "retired_at"), std::int64_t{why.at_ms}},
                               {column_id(table::nodes, "retired_by"), why.by},
                               {column_id(table::nodes, "retired_reason"), why.reason}}));
  return operations;
}

std::vector<Operation> expect(const NodeEntry& node) {
  if (!node.retired) return {};
  return {set_of(table::nodes, node.id.uuid, "retired_at",
                 {{column_id(table::nodes, "retired_at"), {}},
                  {column_id(table::nodes, "retired_by"), {}},
                  {column_id(table::nodes, "retired_reason"), {}}})};
}

Operation close_origin(OriginId origin, UnixMs now) {
  return set_of(table::origins, origin.uuid, "closed_at",
                {{column_id(table::origins, "closed_at"), std::int64_t{now}}});
}

Operation take_part(OriginId origin, const std::set<StreamId>& productions) {
  return set_of(table::origins, origin.uuid, "takes",
                {{column_id(table::origins, "takes"), to_json_list(productions)}});
}

Operation acknowledge(OriginId origin, StreamId stream, const Acknowledgement& what,
                      bool is_first) {
  const Uuid id = said_id(origin, stream);
  ColumnValues values{{column_id(table::acknowledgements, "stable"), to_json(what.stable)},
                      {column_id(table::acknowledgements, "held"), to_json(what.held)},
                      {column_id(table::acknowledgements, "with"), to_json_list(what.with)}};
  if (!is_first) return set_of(table::acknowledgements, id, "stable", std::move(values));
  Operation made = operation_on(OperationKind::create, table::acknowledgements, id);
  made.values = std::move(values);
  set(made.values, column_id(table::acknowledgements, "origin_id"), origin.uuid);
  set(made.values, column_id(table::acknowledgements, "stream_id"), stream.uuid);
  return made;
}

namespace {

Operation creation_of(TableId table, const Uuid& id, ColumnValues values) {
  Operation made = operation_on(OperationKind::create, table, id);
  made.values = std::move(values);
  return made;
}

}  // namespace

Result<std::vector<Operation>> missing_entries(const Reader& reader, const EventLog& log,
                                               const Identity& self, UnixMs now) {
  const ColumnId name = column_id(table::nodes, "name"), role = column_id(table::nodes, "role");
  const State state(reader, log, directory_stream);
  std::vector<Operation> operations;
  TRY_ASSIGN(const RecordState* node_record, state.find({table::nodes, RecordId{self.node.uuid}}));
  const std::optional<Row> node = row_of(node_record);
  if (!node) {
    operations.push_back(
        creation_of(table::nodes, self.node.uuid,
                    {{name, self.name}, {role, std::string(to_string(self.role))}}));
  } else if (text_of(*node, "name") != self.name) {
    operations.push_back(set_of(table::nodes, self.node.uuid, "name", {{name, self.name}}));
  }
  TRY_ASSIGN(const RecordState* origin, state.find({table::origins, RecordId{self.origin.uuid}}));
  if (!row_of(origin))
    operations.push_back(creation_of(table::origins, self.origin.uuid,
                                     {{column_id(table::origins, "node_id"), self.node.uuid}}));
  TRY_ASSIGN(const std::vector<OriginId> left, left_origins(reader));
  const bool is_back = node && !row_of(origin) && time_of(*node, "retired_at");
  if (!node || (left.empty() && !is_back)) return operations;
  TRY_ASSIGN(const NodeDirectory directory, read_directory(reader, log));
  const NodeEntry* entered = directory.find(self.node);
  if (!entered) return operations;
  for (const OriginEntry& earlier : entered->origins)
    if (!earlier.closed_ms && std::ranges::find(left, earlier.id) != left.end())
      operations.push_back(close_origin(earlier.id, now));
  TRY_ASSIGN(const auto again, written_again(reader));
  for (const auto& [name_now, before] : again) {
    const NodeEntry* writer = directory.owner(before);
    if (writer && !directory.owner(name_now))
      operations.push_back(
          creation_of(table::origins, name_now.uuid,
                      {{column_id(table::origins, "node_id"), writer->id.uuid},
                       {column_id(table::origins, "closed_at"), std::int64_t{now}}}));
  }
  if (is_back)
    for (Operation& back : expect(*entered)) operations.push_back(std::move(back));
  return operations;
}

}  // namespace genlock
