#include "projections/conflict_codec.h"
#include "projections/conflict_json.h"
#include "projections/keys.h"
#include "projections/queries.h"
#include "projections/row_reader.h"

#include <algorithm>

namespace genlock {
namespace {

Value text_or_null(std::string_view text) {
  return text.empty() ? Value{} : Value{std::string(text)};
}
Value id_or_null(const Uuid& id) { return id.is_nil() ? Value{} : Value{id}; }

Value group_value(const Conflict& conflict) {
  if (conflict.group == life_group) return std::string("life");
  const Table* table = find_table(conflict.record.table);
  const Group* group = table ? table->group(conflict.group) : nullptr;
  return group ? Value{std::string(group->name)} : Value{};
}

Value shown_value(const Conflict& conflict) {
  bool known = conflict.shown < conflict.sides.size();
  return known ? Value{conflict.sides[conflict.shown].key} : Value{};
}

Value table_value(const Conflict& conflict) {
  const Table* table = find_table(conflict.record.table);
  return table ? Value{std::string(table->name)} : Value{};
}

Value version_value(const ConflictSide* side) {
  return side ? Value{static_cast<std::int64_t>(side->version)} : Value{};
}

Value time_value(const ConflictSide* side) {
  return side ? Value{std::int64_t{side->wall_ms}} : Value{};
}

// A field of the list: its name and type, and how to read it.
struct ConflictField {
  Field field;
  Value (*read)(const Conflict&);
};

const std::vector<ConflictField>& readers() {
  using enum ColumnType;
  static const std::vector<ConflictField> all{
      {{"id", uuid}, [](const Conflict& c) { return Value{c.id}; }},
      {{"table_name", text}, table_value},
      {{"record_id", uuid}, [](const Conflict& c) { return Value{c.record.id.uuid}; }},
      {{"label", text}, [](const Conflict& c) { return text_or_null(c.label); }},
      {{"production_id", uuid},
       [](const Conflict& c) { return id_or_null(production_of(c.stream)); }},
      {{"kind", text}, [](const Conflict& c) { return Value{std::string(to_string(c.kind))}; }},
      {{"group", text}, group_value},
      {{"shown", text}, shown_value},
      {{"resolution", text},
       [](const Conflict& c) { return Value{std::string(to_string(c.resolution))}; }},
      {{"resolved_at", time},
       [](const Conflict& c) {
         return c.pending() ? Value{} : Value{std::int64_t{c.resolved_ms}};
       }},
      {{"resolved_by", uuid},
       [](const Conflict& c) { return c.pending() ? Value{} : id_or_null(c.resolved_by.user_id); }},
      {{"created_at", time}, [](const Conflict& c) { return Value{std::int64_t{c.created_ms}}; }},
      {{"cloud_version", integer}, [](const Conflict& c) { return version_value(c.cloud_side()); }},
      {{"local_version", integer}, [](const Conflict& c) { return version_value(c.local_side()); }},
      {{"cloud_updated_at", time}, [](const Conflict& c) { return time_value(c.cloud_side()); }},
      {{"local_updated_at", time}, [](const Conflict& c) { return time_value(c.local_side()); }},
  };
  return all;
}

std::size_t field_index(std::string_view name) {
  auto found =
      std::ranges::find(readers(), name, [](const ConflictField& each) { return each.field.name; });
  return static_cast<std::size_t>(found - readers().begin());
}

bool names_one(const Filter& filter, std::string_view field) {
  return filter.op == Operator::eq && filter.field == field_index(field);
}

// Where a list of conflicts has to look: everywhere, or only among pending ones or those of a
// production.
struct Where {
  bool pending_only = false;
  std::optional<StreamId> stream;
};

Where where_of(const std::vector<Filter>& filters) {
  Where where;
  for (const Filter& filter : filters) {
    if (names_one(filter, "resolution")) {
      where.pending_only |= filter.values.front() == Value{std::string("pending")};
    } else if (names_one(filter, "production_id")) {
      if (const Uuid* id = std::get_if<Uuid>(&filter.values.front())) where.stream = StreamId{*id};
    }
  }
  return where;
}

struct Place {
  StreamId stream;
  RecordKey record;
  Uuid id;
};

// pending: p stream newest conflict -> table id. Others: t newest conflict -> stream table id.
Result<std::vector<Place>> places(const Reader& reader, const Where& where) {
  std::vector<Place> found;
  std::string prefix = keys::all_conflicts();
  if (where.stream) prefix = keys::conflicts_of_stream(*where.stream);
  if (where.pending_only)
    prefix = where.stream ? keys::pending_of(*where.stream) : keys::all_pending();
  TRY(reader.scan_prefix(Space::rows, prefix, [&](std::string_view key, std::string_view value) {
    Uuid id = keys::id_at_end(key);
    if (where.pending_only) {
      found.push_back({StreamId{Uuid::from_bytes(key.substr(1, 16))}, keys::record_of(value), id});
    } else if (where.stream) {
      found.push_back({*where.stream, keys::record_of(key.substr(17)), id});
    } else {
      found.push_back(
          {StreamId{Uuid::from_bytes(value.substr(0, 16))}, keys::record_of(value.substr(16)), id});
    }
    return true;
  }));
  return found;
}

Result<Conflict> read_conflict(const Reader& reader, const Place& place) {
  TRY_ASSIGN(auto bytes,
             reader.get(Space::rows, keys::conflict(place.stream, place.record, place.id)));
  if (!bytes)
    return Error{ErrorCode::corruption,
                 "an index names a conflict that is not there: rebuild the rows"};
  return decode_conflict(*bytes);
}

// Keys of places in a list, and back.
std::string to_bytes(const Place& place) {
  return std::string(place.stream.view()) + keys::record_suffix(place.record) +
         std::string(place.id.view());
}

Place place_of(std::string_view bytes) {
  return {StreamId{Uuid::from_bytes(bytes.substr(0, 16))}, keys::record_of(bytes.substr(16)),
          keys::id_at_end(bytes)};
}

}  // namespace

std::span<const Field> conflict_fields() {
  static const std::vector<Field> fields = [] {
    std::vector<Field> made;
    for (const ConflictField& each : readers()) made.push_back(each.field);
    return made;
  }();
  return fields;
}

std::optional<StreamId> stream_of_conflicts(const ListOptions& options) {
  return where_of(options.filters).stream;
}

Result<ServedList> list_conflicts(const ReadContext& context, const ListOptions& options) {
  std::vector<OrderTerm> order = options.order;
  if (order.empty()) order.push_back({field_index("created_at"), true});
  TRY_ASSIGN(PageChooser chooser, PageChooser::begin(order, options));
  TRY_ASSIGN(std::vector<Place> found, places(context.reader, where_of(options.filters)));
  for (const Place& place : found) {
    TRY_ASSIGN(Conflict conflict, read_conflict(context.reader, place));
    const auto value_of = [&](std::size_t field) { return readers()[field].read(conflict); };
    if (!passes_all(options.filters, value_of)) continue;
    Candidate candidate{.values = {}, .id = conflict.id, .item = to_bytes(place)};
    for (const OrderTerm& term : order) candidate.values.push_back(value_of(term.field));
    chooser.offer(std::move(candidate));
  }
  Page page = chooser.finish();
  NodeNames names(context.reader);
  for (std::string& item : page.items) {
    TRY_ASSIGN(Conflict conflict, read_conflict(context.reader, place_of(item)));
    TRY_ASSIGN(item, encode_conflict(conflict, names));
  }
  return to_list(std::move(page));
}

Result<std::optional<Conflict>> find_conflict(const Reader& reader, const Uuid& id) {
  TRY_ASSIGN(auto bytes, reader.get(Space::rows, keys::conflict_place(id)));
  if (!bytes) return std::optional<Conflict>{};
  TRY_ASSIGN(Conflict conflict,
             read_conflict(reader, {StreamId{Uuid::from_bytes(bytes->substr(0, 16))},
                                    keys::record_of(bytes->substr(16)), id}));
  return std::optional(std::move(conflict));
}

Result<std::optional<ServedConflict>> get_conflict(const ReadContext& context, const Uuid& id) {
  TRY_ASSIGN(auto conflict, find_conflict(context.reader, id));
  if (!conflict) return std::optional<ServedConflict>{};
  ServedConflict served;
  served.conflict = *std::move(conflict);
  NodeNames names(context.reader);
  TRY_ASSIGN(served.json, encode_conflict(served.conflict, names));
  served.etag = etag_of(served.conflict);
  return std::optional(std::move(served));
}

Result<void> append_conflicts_of(std::string& out, const ReadContext& context, StreamId stream) {
  ListOptions options;
  options.limit = no_limit;
  options.filters.push_back({.field = field_index("production_id"),
                             .op = Operator::eq,
                             .values = {Value{stream.uuid}},
                             .pattern = {}});
  TRY_ASSIGN(ServedList list, list_conflicts(context, options));
  out += list.json;
  return {};
}

Result<std::size_t> pending_conflict_count(const Reader& reader, std::optional<StreamId> stream) {
  std::size_t count = 0;
  std::string prefix = stream ? keys::pending_of(*stream) : keys::all_pending();
  TRY(reader.scan_prefix(Space::rows, prefix, [&](std::string_view, std::string_view) {
    ++count;
    return true;
  }));
  return count;
}

Result<std::vector<Uuid>> conflicts_of_lock(const Reader& reader, const EventId& lock) {
  std::vector<Uuid> held_off;
  TRY_ASSIGN(std::vector<Place> found,
             places(reader, {.pending_only = true, .stream = lock.stream}));
  for (const Place& place : found) {
    TRY_ASSIGN(Conflict conflict, read_conflict(reader, place));
    if (conflict.lock == lock.dot) held_off.push_back(conflict.id);
  }
  return held_off;
}

Result<std::vector<Uuid>> pending_conflicts(const Reader& reader) {
  std::vector<Uuid> ids;
  TRY_ASSIGN(std::vector<Place> found, places(reader, {.pending_only = true, .stream = {}}));
  for (const Place& place : found) ids.push_back(place.id);
  return ids;
}

Result<std::vector<Uuid>> conflicts_of_record(const Reader& reader, StreamId stream,
                                              const RecordKey& record) {
  std::vector<Uuid> ids;
  TRY(reader.scan_prefix(Space::rows, keys::conflicts_of(stream, record),
                         [&](std::string_view key, std::string_view) {
                           ids.push_back(keys::id_at_end(key));
                           return true;
                         }));
  return ids;
}

Result<std::vector<Uuid>> conflicts_of_stream(const Reader& reader, StreamId stream) {
  std::vector<Uuid> ids;
  TRY_ASSIGN(std::vector<Place> found, places(reader, {.pending_only = false, .stream = stream}));
  for (const Place& place : found) ids.push_back(place.id);
  return ids;
}

}  // namespace genlock
