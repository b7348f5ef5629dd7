#include "projections/history.h"

#include "engine/event_codec.h"
#include "engine/fold.h"
#include "engine/ingest.h"
#include "engine/view.h"
#include "projections/json_text.h"
#include "projections/log_only.h"
#include "projections/node_names.h"

#include <algorithm>
#include <deque>

namespace genlock {
namespace {

enum FieldNumber : std::size_t {
  event_field,
  at_field,
  op_field,
  table_field,
  record_field,
  label_field,
  user_field,
  field_count
};
// Canonical order, which no client can name: behind the fields.
const std::vector<OrderTerm> canonical = {
    {field_count, true}, {field_count + 1, true}, {field_count + 2, true}, {field_count + 3, true}};

struct Item {
  std::vector<Value> fields;  // of FieldNumber, then hybrid time (as milliseconds and counter),
                              // origin, number in its event
  Person by;
  OriginId origin;
  std::string changes;  // JSON
};

std::string_view name_of(OperationKind kind) {
  switch (kind) {
    case OperationKind::create:
      return "create";
    case OperationKind::set:
      return "update";
    case OperationKind::remove:
      return "delete";
    case OperationKind::restore:
      return "restore";
    case OperationKind::resolve:
      return "resolve";
    case OperationKind::lock:
      return "lock";
    case OperationKind::unlock:
      return "unlock";
    case OperationKind::moment:
      return "moment";
  }
  return "";
}

// All that one event does to one record.
struct Deed {
  RecordKey record;
  std::vector<const Operation*> operations;

  // Restoring a row may set it, too.
  OperationKind kind() const {
    auto other = std::ranges::find_if(
        operations, [](const Operation* o) { return o->kind != OperationKind::set; });
    return other == operations.end() ? OperationKind::set : (*other)->kind;
  }
};

std::vector<Deed> deeds_of(const Event& event) {
  std::vector<Deed> deeds;
  for (const Operation& operation : event.operations) {
    RecordKey key{operation.table, operation.record};
    auto found = std::ranges::find(deeds, key, &Deed::record);
    if (found == deeds.end()) found = deeds.insert(deeds.end(), {key, {}});
    found->operations.push_back(&operation);
  }
  return deeds;
}

void append_change(std::string& out, const Column& column, const Value& from, const Value& to) {
  out += out.size() == 1 ? "{\"column\":" : ",{\"column\":";
  append_json_string(out, column.name);
  out += ",\"from\":";
  append_json(out, column.type, from);
  out += ",\"to\":";
  append_json(out, column.type, to);
  out += '}';
}

std::string changes_of(const Deed& deed, const std::optional<RecordView>& before) {
  std::string out = "[";
  const Table* table = find_table(deed.record.table);
  for (const Operation* operation : deed.operations) {
    for (const auto& [id, to] : operation->values) {
      const Column* column = table ? table->column(id) : nullptr;
      if (!column) continue;  // a newer version's, or the life of a row
      Value from = before ? before->value(id) : Value{};
      if (from != to) append_change(out, *column, from, to);
    }
  }
  return out + ']';
}

Value label_of(const std::optional<RecordView>& view) {
  const Column* column = view ? view->table->column("label") : nullptr;
  return column ? view->value(column->id) : Value{};
}

Value text_or_null(const std::string& text) { return text.empty() ? Value{} : Value{text}; }

// --- the walk -----------------------------------------------------------------------------------

class HistoryWalk {
 public:
  HistoryWalk(const ReadContext& context, StreamId stream, std::optional<RecordKey> record,
              const ListOptions& options)
      : context_(context),
        stream_(stream),
        record_(record),
        options_(options),
        order_(options.order.empty() ? canonical : options.order),
        log_only_(context.reader),
        folded_(log_only_) {}

  Result<ServedList> run() {
    if (!options_.cursor.empty()) {
      TRY_ASSIGN(cursor_, parse_cursor(order_, options_.cursor));
    }
    TRY_ASSIGN(CausalReader events,
               CausalReader::open(context_.log, context_.reader, stream_, nullptr));
    while (!done_) {
      TRY_ASSIGN(std::optional<RecordEvent> next, events.next());
      if (!next) break;
      TRY(take(*next));
    }
    return print();
  }

 private:
  bool is_canonical() const { return options_.order.empty(); }

  Result<void> take(const RecordEvent& next) {
    std::vector<Item> items;
    std::vector<RecordKey> records;
    State before(folded_, context_.log, stream_);
    for (const Deed& deed : deeds_of(next.event)) {
      if (record_ && deed.record != *record_) continue;
      TRY_ASSIGN(auto was, view(before, deed.record));
      items.push_back(item_of(next.event, deed, was, items.size()));
      records.push_back(deed.record);
    }
    Fold fold(folded_, context_.log, stream_);
    TRY(fold.apply(next.event, next.context));
    TRY(fold.finish());
    State after(folded_, context_.log, stream_);
    for (std::size_t i = 0; i < items.size(); ++i) {
      TRY_ASSIGN(auto is, view(after, records[i]));
      items[i].fields[label_field] = label_of(is);
      keep(std::move(items[i]));
    }
    return {};
  }

  static Item item_of(const Event& event, const Deed& deed, const std::optional<RecordView>& was,
                      std::size_t n) {
    const Table* table = find_table(deed.record.table);
    Item item{.fields = std::vector<Value>(field_count + canonical.size()),
              .by = event.by,
              .origin = event.dot.origin,
              .changes = changes_of(deed, was)};
    item.fields[event_field] = event.id().to_string();
    item.fields[at_field] = std::int64_t{event.wall_ms};
    item.fields[op_field] = std::string(name_of(deed.kind()));
    item.fields[table_field] = table ? Value{std::string(table->name)} : Value{};
    item.fields[record_field] = deed.record.id.uuid;
    item.fields[user_field] = text_or_null(event.by.user);
    // Two numbers: values are compared as doubles, which do not hold all of it.
    item.fields[field_count] = std::int64_t{milliseconds(event.time)};
    item.fields[field_count + 1] = static_cast<std::int64_t>(number(event.time) & 0xffff);
    item.fields[field_count + 2] = event.dot.origin.uuid;
    item.fields[field_count + 3] = static_cast<std::int64_t>(n);
    return item;
  }

  void keep(Item item) {
    if (cursor_ && is_canonical() && !is_older(item)) {
      done_ = true;  // all that follow are newer still
      return;
    }
    if (!std::ranges::all_of(options_.filters,
                             [&](const Filter& f) { return passes(f, item.fields[f.field]); }))
      return;
    items_.push_back(std::move(item));
    if (is_canonical() && items_.size() > options_.limit + 1) items_.pop_front();
  }

  // Than the last item of the page before.
  bool is_older(const Item& item) const {
    for (std::size_t i = 0; i < canonical.size(); ++i)
      if (int order = compare_values(item.fields[field_count + i], cursor_->values[i]))
        return order < 0;
    return false;
  }

  Result<ServedList> print() {
    std::vector<Candidate> candidates;
    for (const Item& item : items_) {
      Candidate& candidate = candidates.emplace_back();
      candidate.number = candidates.size() - 1;
      candidate.id = id_of(item);
      for (const OrderTerm& term : order_) candidate.values.push_back(item.fields[term.field]);
    }
    TRY_ASSIGN(Page page, choose_page(std::move(candidates), order_, options_));
    ServedList list{
        .json = "[", .count = page.numbers.size(), .next_cursor = std::move(page.next_cursor)};
    for (std::size_t number : page.numbers) {
      if (list.json.size() > 1) list.json += ',';
      TRY(append(list.json, items_[number]));
    }
    list.json += ']';
    return list;
  }

  static Uuid id_of(const Item& item) {
    return Uuid::make_v5(std::get<Uuid>(item.fields[record_field]),
                         std::get<std::string>(item.fields[event_field]));
  }

  Result<void> append(std::string& out, const Item& item) {
    std::span<const Field> fields = history_fields();
    for (std::size_t i = 0; i < user_field; ++i) {
      out += i == 0 ? "{\"" : ",\"";
      out.append(fields[i].name).append("\":");
      genlock::append_json(out, fields[i].type, item.fields[i]);
    }
    out += ",\"by\":";
    append_json(out, item.by);
    TRY_ASSIGN(NodeName node, names_.of(item.origin));
    out += ",\"node\":";
    append_json(out, node);
    out += ",\"changes\":" + item.changes + ",\"batch\":null}";
    return {};
  }

  const ReadContext& context_;
  StreamId stream_;
  std::optional<RecordKey> record_;
  const ListOptions& options_;
  std::vector<OrderTerm> order_;
  std::optional<Cursor> cursor_;
  LogOnly log_only_;
  Overlay folded_;  // the state so far
  NodeNames names_{context_.reader};
  std::deque<Item> items_;  // oldest first
  bool done_ = false;
};

}  // namespace

std::span<const Field> history_fields() {
  using enum ColumnType;
  static const std::vector<Field> all{{"event", text}, {"at", time},        {"op", text},
                                      {"table", text}, {"record_id", uuid}, {"label", text},
                                      {"user", text}};
  return all;
}

Result<ServedList> list_history(const ReadContext& context, StreamId stream,
                                std::optional<RecordKey> record, const ListOptions& options) {
  return HistoryWalk(context, stream, record, options).run();
}

}  // namespace genlock
