#include "projections/queries.h"

#include "projections/json_text.h"
#include "projections/keys.h"
#include "projections/row_reader.h"

#include <algorithm>

namespace genlock {
namespace {

// The person of the row's latest event, as it stands in _meta: the last one in the text, whatever
// is nested before.
std::string by_of(const StoredRow& row) {
  constexpr std::string_view begin_mark = ",\"by\":", end_mark = ",\"conflicts\":";
  std::string_view json = row.json();
  std::size_t meta = json.rfind(",\"_meta\":{\"etag\":");
  std::size_t begin = meta == json.npos ? json.npos : json.find(begin_mark, meta);
  std::size_t end = begin == json.npos ? json.npos : json.find(end_mark, begin);
  if (end == json.npos) return "null";
  begin += begin_mark.size();
  return std::string(json.substr(begin, end - begin));
}

void tell_deleted(ServedRow& served, const StoredRow& row) {
  served.deleted_ms = row.deleted_ms();
  served.deleted_by = by_of(row);
}

// Says why a hidden row is hidden: by the nearest ancestor that is deleted.
Result<void> tell_hidden(ServedRow& served, const Reader& reader, const FoundRow& found) {
  RecordKey at = found.key;
  RecordId parent = found.parent;
  for (const Table* table = find_table(at.table); table && table->parent != TableId::none;) {
    at = {table->parent, parent};
    TRY_ASSIGN(auto ancestor, find_row(reader, found.stream, at));
    if (!ancestor) break;
    TRY_ASSIGN(StoredRow row, StoredRow::parse(ancestor->bytes));
    if (row.is_deleted()) {
      served.hidden_by = at;
      tell_deleted(served, row);
      break;
    }
    table = find_table(at.table);
    parent = ancestor->parent;
  }
  return {};
}

// The row that is not nested and that this one stands in.
Result<RecordKey> document_of(const Reader& reader, StreamId stream, RecordKey key,
                              RecordId parent) {
  for (const Table* table = find_table(key.table); table->nested; table = find_table(key.table)) {
    key = {table->parent, parent};
    TRY_ASSIGN(auto owner, find_row(reader, stream, key));
    if (!owner) break;
    parent = owner->parent;
  }
  return key;
}

std::string merged_meta(const Table& table, std::span<const ColumnId> merged) {
  if (merged.empty()) return {};
  std::string out = ",\"merged_fields\":[";
  for (std::size_t i = 0; i < merged.size(); ++i) {
    if (i > 0) out += ',';
    const Column* column = table.column(merged[i]);
    append_json_string(out, column ? column->name : "");
  }
  return out + ']';
}

}  // namespace

Result<std::optional<StreamId>> find_stream(const Reader& reader, TableId table, RecordId id) {
  std::optional<StreamId> stream;
  std::string prefix = keys::places({table, id});
  TRY(reader.scan_prefix(Space::rows, prefix, [&](std::string_view key, std::string_view) {
    stream = StreamId{keys::id_at_end(key)};
    return false;
  }));
  return stream;
}

Result<std::optional<ServedRow>> get_row(const ReadContext& context, TableId table, RecordId id,
                                         std::span<const ColumnId> merged) {
  TRY_ASSIGN(auto stream, find_stream(context.reader, table, id));
  if (!stream) return std::optional<ServedRow>{};
  return get_row(context, *stream, RecordKey{table, id}, merged);
}

Result<std::optional<ServedRow>> get_row(const ReadContext& context, StreamId stream,
                                         const RecordKey& key, std::span<const ColumnId> merged) {
  using Nothing = std::optional<ServedRow>;
  TRY_ASSIGN(auto found, find_row(context.reader, stream, key));
  if (!found) return Nothing{};
  TRY_ASSIGN(StoredRow row, StoredRow::parse(found->bytes));
  TRY_ASSIGN(RecordKey document, document_of(context.reader, stream, key, found->parent));
  SyncedLookup synced(context.reader);
  TRY(synced.load(*find_table(document.table), stream, document.id));

  ServedRow served;
  served.etag = row.etag();
  served.stream = stream;
  served.key = key;
  served.parent = found->parent;
  served.is_deleted = row.is_deleted();
  if (row.is_deleted())
    tell_deleted(served, row);
  else if (row.is_hidden())
    TRY(tell_hidden(served, context.reader, *found));
  TRY(RowServer(context).append(served.json, row, stream, document.id, synced,
                                merged_meta(*find_table(key.table), merged)));
  return Nothing(std::move(served));
}

Result<std::optional<ServedRow>> get_whole_production(const ReadContext& context, RecordId id) {
  TRY_ASSIGN(auto served, get_row(context, table::productions, id));
  if (!served) return served;
  std::string& json = served->json;
  json.pop_back();
  ListOptions everything;
  everything.limit = no_limit;
  for (const Table* table : child_tables(table::productions)) {
    if (table->id == table::attachments) continue;  // large, and no screen shows them
    TRY_ASSIGN(ServedList list, list_rows(context, *table, served->stream, everything));
    json += ",\"" + std::string(table->collection) + "\":" + list.json;
  }
  json += ",\"conflicts\":";
  TRY(append_conflicts_of(json, context, served->stream));
  json += '}';
  return served;
}

}  // namespace genlock
