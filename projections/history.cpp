#include "projections/history.h"

#include "engine/event_codec.h"
#include "engine/fold.h"
#include "engine/ingest.h"
#include "engine/view.h"
#include "projections/json_text.h"
#include "projections/log_only.h"
#include "projections/node_names.h"
#include "projections/page.h"

#include <algorithm>
#include <functional>
#include <utility>

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
  batch_field,
  comment_field,
  field_count
};
// Canonical order, which no client can name: behind the fields.
const std::vector<OrderTerm> canonical = {
    {field_count, true}, {field_count + 1, true}, {field_count + 2, true}, {field_count + 3, true}};

// As clients say it.
std::string_view name_of(OperationKind kind) {
  return kind == OperationKind::set ? "update" : to_string(kind);
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

  // What its author said to it; "" where nothing.
  const std::string& comment() const {
    static const std::string none;
    auto said =
        std::ranges::find_if(operations, [](const Operation* o) { return !o->comment.empty(); });
    return said == operations.end() ? none : (*said)->comment;
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

using Item = HistoryItem;

Item item_of(const Event& event, const Deed& deed, const std::optional<RecordView>& was,
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
  item.fields[batch_field] = text_or_null(event.label);
  item.fields[comment_field] = text_or_null(deed.comment());
  // Two numbers: values are compared as doubles, which do not hold all of it.
  item.fields[field_count] = std::int64_t{milliseconds(event.time)};
  item.fields[field_count + 1] = static_cast<std::int64_t>(number(event.time) & 0xffff);
  item.fields[field_count + 2] = event.dot.origin.uuid;
  item.fields[field_count + 3] = static_cast<std::int64_t>(n);
  return item;
}

// Stands for all that was compacted, right below what is still known.
Item compacted_item(const Event& latest, const std::optional<RecordKey>& record) {
  Deed nothing{record.value_or(RecordKey{}), {}};
  Event event = latest;
  event.by = {};
  event.label.clear();
  Item item = item_of(event, nothing, std::nullopt, 0);
  item.fields[op_field] = std::string("compacted");
  item.fields[comment_field] = std::string("Earlier history was compacted");
  if (!record) item.fields[record_field] = event.stream.uuid;
  return item;
}

bool is_of(const Item& item, const RecordKey& key) {
  const Table* table = find_table(key.table);
  return item.fields[record_field] == Value{key.id.uuid} && table &&
         item.fields[table_field] == Value{std::string(table->name)};
}

// --- the walk -----------------------------------------------------------------------------------

// Folds a stream from nothing and shows each item, the oldest first; of one record alone, where
// that is given.
class HistoryWalk {
 public:
  using Visit = std::function<Result<bool>(Item item)>;  // false: enough

  HistoryWalk(const ReadContext& context, StreamId stream, std::optional<RecordKey> record)
      : context_(context),
        stream_(stream),
        record_(record),
        log_only_(context.reader),
        folded_(log_only_) {}

  Result<void> run(const Visit& visit) {
    TRY_ASSIGN(CausalReader events,
               CausalReader::open(context_.log, context_.reader, stream_, nullptr));
    TRY_ASSIGN(floor_, context_.log.floor(context_.reader, stream_));
    std::optional<Event> compacted;  // the latest
    for (bool wants_more = true; wants_more;) {
      TRY_ASSIGN(std::optional<RecordEvent> next, events.next());
      const bool is_behind = next && floor_.contains(next->event.dot);
      if (compacted && !is_behind) {
        TRY_ASSIGN(wants_more, visit(compacted_item(*std::exchange(compacted, {}), record_)));
      }
      if (!next || !wants_more) break;
      if (is_behind) compacted = next->event;
      TRY_ASSIGN(wants_more, take(*next, visit));
    }
    return {};
  }

 private:
  Result<bool> take(const RecordEvent& next, const Visit& visit) {
    std::vector<Item> items;
    std::vector<RecordKey> records;
    State before(folded_, context_.log, stream_);
    std::size_t n = 0;
    for (const Deed& deed : deeds_of(next.event)) {
      std::size_t number_in_event = n++;
      if (floor_.contains(next.event.dot)) continue;
      if (record_ && deed.record != *record_) continue;
      TRY_ASSIGN(auto was, view(before, deed.record));
      items.push_back(item_of(next.event, deed, was, number_in_event));
      records.push_back(deed.record);
    }
    Fold fold(folded_, context_.log, stream_, nullptr, &floor_);
    TRY(fold.apply(next.event, next.context));
    TRY(fold.finish());
    State after(folded_, context_.log, stream_);
    for (std::size_t i = 0; i < items.size(); ++i) {
      TRY_ASSIGN(auto is, view(after, records[i]));
      items[i].fields[label_field] = label_of(is);
      TRY_ASSIGN(const bool wants_more, visit(std::move(items[i])));
      if (!wants_more) return false;
    }
    return true;
  }

  const ReadContext& context_;
  StreamId stream_;
  std::optional<RecordKey> record_;
  LogOnly log_only_;
  Overlay folded_;  // the state so far
  VersionVector floor_;
};

// --- the page -----------------------------------------------------------------------------------

class HistoryPage {
 public:
  static Result<HistoryPage> begin(const ReadContext& context, std::optional<RecordKey> record,
                                   const ListOptions& options) {
    HistoryPage page(context, record, options);
    TRY_ASSIGN(page.chooser_, PageChooser::begin(page.order(), options));
    if (options.order.empty() && !options.cursor.empty()) {
      TRY_ASSIGN(page.cursor_, parse_cursor(canonical, options.cursor));
    }
    return page;
  }

  // False: no later item belongs to the page.
  Result<bool> take(const Item& item) {
    if (record_ && !is_of(item, *record_)) return true;
    if (cursor_ && !is_older(item)) return false;
    if (!passes_all(options_.filters, [&](std::size_t field) { return item.fields[field]; }))
      return true;
    Candidate candidate{.values = {}, .id = id_of(item), .item = {}};
    for (const OrderTerm& term : order()) candidate.values.push_back(item.fields[term.field]);
    TRY(print(candidate.item, item));
    chooser_->offer(std::move(candidate));
    ++taken_;
    return true;
  }

  // Of a whole history. In canonical order from the newest, until the page is full.
  Result<void> take_all(const std::vector<Item>& items) {
    bool is_canonical = options_.order.empty();
    for (std::size_t n = 0; n < items.size(); ++n) {
      if (is_canonical && taken_ > options_.limit) break;
      TRY(take(is_canonical ? items[items.size() - 1 - n] : items[n]));
    }
    return {};
  }

  ServedList finish() { return to_list(chooser_->finish()); }

  // Of the last item of the page before, in canonical order. nullopt: the first page, or another
  // order.
  std::optional<HybridTime> cursor_time() const {
    if (!cursor_) return std::nullopt;
    const auto* ms = std::get_if<std::int64_t>(&cursor_->values[0]);
    const auto* counter = std::get_if<std::int64_t>(&cursor_->values[1]);
    if (!ms || !counter || *ms < 0 || *counter < 0 || *counter > 0xffff) return std::nullopt;
    return hybrid_time(*ms, static_cast<std::uint16_t>(*counter));
  }

 private:
  HistoryPage(const ReadContext& context, std::optional<RecordKey> record,
              const ListOptions& options)
      : record_(record), options_(options), names_(context.reader) {}

  std::span<const OrderTerm> order() const {
    return options_.order.empty() ? canonical : options_.order;
  }

  // Than the last item of the page before.
  bool is_older(const Item& item) const {
    for (std::size_t i = 0; i < canonical.size(); ++i)
      if (int order = compare_values(item.fields[field_count + i], cursor_->values[i]))
        return order < 0;
    return false;
  }

  static Uuid id_of(const Item& item) {
    return Uuid::make_v5(std::get<Uuid>(item.fields[record_field]),
                         std::get<std::string>(item.fields[event_field]));
  }

  Result<void> print(std::string& out, const Item& item) {
    std::span<const Field> fields = history_fields();
    for (std::size_t i = 0; i < user_field; ++i) {
      out += i == 0 ? "{\"" : ",\"";
      out.append(fields[i].name).append("\":");
      append_json(out, fields[i].type, item.fields[i]);
    }
    out += ",\"by\":";
    append_json(out, item.by);
    TRY_ASSIGN(NodeName node, names_.of(item.origin));
    out += ",\"node\":";
    append_json(out, node);
    out += ",\"changes\":" + item.changes + ",\"batch\":";
    append_json(out, ColumnType::text, item.fields[batch_field]);
    out += ",\"comment\":";
    append_json(out, ColumnType::text, item.fields[comment_field]);
    out += '}';
    return {};
  }

  std::optional<RecordKey> record_;
  const ListOptions& options_;
  std::optional<Cursor> cursor_;  // in canonical order
  std::optional<PageChooser> chooser_;
  std::size_t taken_ = 0;
  NodeNames names_;
};

std::size_t bytes_of(const Item& item) {
  return sizeof item + item.fields.capacity() * sizeof(Value) + item.changes.capacity() + 200;
}

// Can the page be taken from what is kept? Where it begins behind a cursor, events that came since
// do not matter as long as all of them are newer than that.
Result<bool> holds(const HistoryCache& cache, const ReadContext& context, StreamId stream,
                   std::optional<HybridTime> cursor_time) {
  if (cache.stream != stream || cache.has.empty()) return false;
  TRY_ASSIGN(const VersionVector floor, context.log.floor(context.reader, stream));
  if (cache.floor != floor) return false;
  TRY_ASSIGN(StreamHead head, context.log.head(context.reader, stream));
  for (const EventRange& came : cache.has.missing_from(head.vector())) {
    if (!cursor_time) return false;
    EventId first{stream, {came.origin, came.first}};  // later ones of its origin are newer still
    TRY_ASSIGN(StoredEvent stored, context.log.read(context.reader, first));
    TRY_ASSIGN(EventHeader header, decode_header(stored.bytes));
    if (header.time <= *cursor_time) return false;
  }
  return true;
}

// Folds, takes a page, and keeps all items for the next one, as far as they are not too many.
Result<ServedList> fold_page(const ReadContext& context, StreamId stream,
                             std::optional<RecordKey> record, HistoryPage page,
                             HistoryCache& cache) {
  std::vector<Item> kept;
  std::size_t bytes = 0;
  bool keeps = !record, wants_more = true;
  TRY(HistoryWalk(context, stream, record).run([&](Item item) -> Result<bool> {
    if (wants_more) {
      TRY_ASSIGN(wants_more, page.take(item));
    }
    bytes += bytes_of(item);
    if (bytes > HistoryCache::max_bytes) {
      keeps = false;
      kept.clear();
    }
    if (keeps) kept.push_back(std::move(item));
    return wants_more || keeps;
  }));
  if (keeps) {
    TRY_ASSIGN(StreamHead head, context.log.head(context.reader, stream));
    TRY_ASSIGN(VersionVector floor, context.log.floor(context.reader, stream));
    cache = {stream, head.vector(), std::move(floor), std::move(kept)};
  }
  return page.finish();
}

}  // namespace

std::span<const Field> history_fields() {
  using enum ColumnType;
  static const std::vector<Field> all{{"event", text}, {"at", time},        {"op", text},
                                      {"table", text}, {"record_id", uuid}, {"label", text},
                                      {"user", text},  {"batch", text},     {"comment", text}};
  return all;
}

Result<ServedList> list_history(const ReadContext& context, StreamId stream,
                                std::optional<RecordKey> record, const ListOptions& options,
                                HistoryCache& cache) {
  TRY_ASSIGN(HistoryPage page, HistoryPage::begin(context, record, options));
  TRY_ASSIGN(bool is_kept, holds(cache, context, stream, page.cursor_time()));
  if (!is_kept) return fold_page(context, stream, record, std::move(page), cache);
  TRY(page.take_all(cache.items));
  return page.finish();
}

}  // namespace genlock
