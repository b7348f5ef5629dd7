#include "projections/change_message.h"

#include "engine/event_codec.h"
#include "projections/change_note.h"
#include "projections/conflict_json.h"
#include "projections/json_text.h"
#include "projections/row_reader.h"

#include <algorithm>
#include <map>

namespace genlock {
namespace {

using Columns = std::vector<std::string_view>;

// What an event did to one served row.
struct Deed {
  RecordKey row;
  Columns columns;  // each once, in the order they were written

  void add(std::string_view column) {
    if (std::ranges::find(columns, column) == columns.end()) columns.push_back(column);
  }
};

// Rows in the order the event names them.
class Deeds {
 public:
  explicit Deeds(std::size_t expected) { all_.reserve(expected); }

  Deed& of(const RecordKey& row) {
    auto [known, is_new] = places_.try_emplace(row, all_.size());
    if (is_new) all_.push_back({row, {}});
    return all_[known->second];
  }
  const std::vector<Deed>& all() const { return all_; }

 private:
  std::vector<Deed> all_;
  std::map<RecordKey, std::size_t> places_;
};

// Where a record is shown: in a row, and there in a nested list ("" for the row itself).
struct ShownIn {
  RecordKey row;
  std::string_view nested;
};

// nullopt: nowhere.
Result<std::optional<ShownIn>> place_of(const Reader& reader, StreamId stream, RecordKey key) {
  using Nowhere = std::optional<ShownIn>;
  ShownIn shown{key, {}};
  const Table* table = find_table(key.table);
  for (; table && table->nested; table = find_table(shown.row.table)) {
    TRY_ASSIGN(auto found, find_row(reader, stream, shown.row));
    if (!found) return Nowhere{};
    shown = {{table->parent, found->parent}, table->nested_name};
  }
  if (!table || table->collection.empty()) return Nowhere{};
  return Nowhere(shown);
}

Result<Deeds> deeds_of(const Reader& reader, const Event& event) {
  Deeds deeds(event.operations.size());
  for (const Operation& operation : event.operations) {
    TRY_ASSIGN(auto shown, place_of(reader, event.stream, {operation.table, operation.record}));
    if (!shown) continue;
    Deed& deed = deeds.of(shown->row);
    if (!shown->nested.empty()) {
      deed.add(shown->nested);
      continue;
    }
    const Table* table = find_table(operation.table);
    for (const ColumnValue& item : operation.values)
      if (const Column* column = table->column(item.column)) deed.add(column->name);
  }
  return deeds;
}

class Writer {
 public:
  Writer(const ReadContext& context, std::string& out) : context_(context), out_(out) {}

  Result<void> add_row(StreamId stream, const Deed& deed) {
    const Table* table = find_table(deed.row.table);
    if (!table || table->collection.empty()) return {};
    TRY_ASSIGN(auto row, get_row(context_, stream, deed.row));
    bool is_there = row && row->visible();
    add(table->name, deed.row.id.uuid, is_there, deed.columns, row ? &row->json : nullptr);
    return {};
  }

  Result<void> add_conflict(const Uuid& id) {
    TRY_ASSIGN(auto conflict, get_conflict(context_, id));
    add("sync_conflicts", id, conflict.has_value(), {}, conflict ? &conflict->json : nullptr);
    return {};
  }

 private:
  void add(std::string_view table, const Uuid& id, bool is_there, const Columns& columns,
           const std::string* row) {
    out_ += count_++ == 0 ? "{\"table\":" : ",{\"table\":";
    append_json_string(out_, table);
    out_ += ",\"id\":";
    append_json(out_, id);
    out_ += is_there ? ",\"op\":\"upsert\",\"columns\":[" : ",\"op\":\"delete\",\"columns\":[";
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) out_ += ',';
      append_json_string(out_, columns[i]);
    }
    out_ += "],\"row\":";
    const bool fits = row && row_bytes_ + row->size() <= max_message_row_bytes;
    if (fits) row_bytes_ += row->size();
    out_.append(fits ? std::string_view(*row) : "null") += '}';
  }

  const ReadContext& context_;
  std::string& out_;
  std::size_t count_ = 0, row_bytes_ = 0;
};

Result<std::string> head_of(const Reader& reader, const Event& event) {
  NodeNames names(reader);
  TRY_ASSIGN(NodeName node, names.of(event.dot.origin));
  std::string out = "{\"event\":" + json_string_of(event.id().to_string()) + ",\"at\":";
  append_json(out, ColumnType::time, Value{std::int64_t{event.wall_ms}});
  out += ",\"production_id\":";
  append_json(out, production_of(event.stream));
  out += ",\"by\":";
  append_json(out, event.by);
  out += ",\"node\":";
  append_json(out, node);
  return out;
}

}  // namespace

Result<std::string> change_message(const ReadContext& context, const EventId& id,
                                   const StoredEvent& stored) {
  TRY_ASSIGN(Event event, decode_stored(stored));
  TRY_ASSIGN(std::string out, head_of(context.reader, event));
  TRY_ASSIGN(Deeds deeds, deeds_of(context.reader, event));
  TRY_ASSIGN(ChangeNote note, read_change_note(context.reader, stored.position));
  for (const RecordKey& row : note.rows) deeds.of(row);
  out += ",\"changes\":[";
  Writer writer(context, out);
  for (const Deed& deed : deeds.all()) TRY(writer.add_row(id.stream, deed));
  for (const Uuid& conflict : note.conflicts) TRY(writer.add_conflict(conflict));
  return out + "]}";
}

}  // namespace genlock
