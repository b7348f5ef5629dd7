#include "engine/directory.h"
#include "projections/keys.h"
#include "projections/queries.h"
#include "projections/row_reader.h"

#include <algorithm>

namespace genlock {
namespace {

// A list in the making: reads stored rows, keeps those that pass, orders and prints a page of them.
class RowList {
 public:
  RowList(const ReadContext& context, const Table& table, std::optional<StreamId> stream,
          const ListOptions& options)
      : context_(context),
        table_(table),
        stream_(stream),
        options_(options),
        synced_(context.reader),
        order_(options.order) {
    if (order_.empty()) order_.push_back({shape_of(table).size() - fields_from_sort_order, false});
  }

  Result<ServedList> make() {
    TRY_ASSIGN(chooser_, PageChooser::begin(order_, options_));
    if (!table_.nested) TRY(synced_.load_all(table_, stream_));
    const Filter* indexed = usable_index();
    TRY(indexed ? read_index(*indexed) : read_all());
    return print(chooser_->finish());
  }

 private:
  static constexpr std::size_t fields_from_sort_order =
      7;  // sort_order and what follows it in a row

  std::string prefix() const {
    return stream_ ? keys::rows_of_stream(table_, *stream_) : keys::rows_of_table(table_);
  }

  const Index* index_on(const Filter& filter) const {
    ColumnId column = shape_of(table_)[filter.field].column;
    auto found = std::ranges::find(table_.indexes, column, &Index::column);
    return column == ColumnId::none || found == table_.indexes.end() ? nullptr : &*found;
  }

  // An index holds visible rows of one stream.
  const Filter* usable_index() const {
    if (options_.include_deleted || !stream_ || table_.nested) return nullptr;
    for (const Filter& filter : options_.filters) {
      bool names_values = filter.op == Operator::eq || filter.op == Operator::in;
      if (names_values && index_on(filter)) return &filter;
    }
    return nullptr;
  }

  Result<void> read_index(const Filter& filter) {
    std::vector<RecordId> ids;
    for (const Value& value : filter.values) {
      std::string values = keys::index_values(index_on(filter)->id, *stream_, value);
      TRY(context_.reader.scan_prefix(Space::rows, values,
                                      [&](std::string_view key, std::string_view) {
                                        ids.push_back(RecordId{keys::id_at_end(key)});
                                        return true;
                                      }));
    }
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    for (RecordId id : ids) {
      std::string key = keys::row(table_, *stream_, {}, id);
      TRY_ASSIGN(auto bytes, context_.reader.get(Space::rows, key));
      if (bytes) TRY(consider(key, *bytes));
    }
    return {};
  }

  Result<void> read_all() {
    Result<void> outcome;
    TRY(context_.reader.scan_prefix(Space::rows, prefix(),
                                    [&](std::string_view key, std::string_view bytes) {
                                      outcome = consider(key, bytes);
                                      return outcome.ok();
                                    }));
    return outcome;
  }

  Result<void> consider(std::string_view key, std::string_view bytes) {
    TRY_ASSIGN(StoredRow row, StoredRow::parse(bytes));
    if (!options_.include_deleted && !row.is_visible()) return {};
    RecordKey found{table_.id, RecordId{keys::id_at_end(key)}};
    const auto value = [&](std::size_t field) { return value_of(row, found, field); };
    if (!passes_all(options_.filters, value)) return {};
    Candidate candidate{.values = {}, .id = found.id.uuid, .item = {}};
    candidate.item.reserve(key.size() + bytes.size());
    candidate.item.append(key).append(bytes);
    for (const OrderTerm& term : order_) candidate.values.push_back(value(term.field));
    chooser_->offer(std::move(candidate));
    return {};
  }

  Value value_of(const StoredRow& row, const RecordKey& found, std::size_t field) const {
    bool is_synced_at = field + 1 == shape_of(table_).size();
    if (!is_synced_at) return row.field_value(table_, field);
    auto ms = synced_.find(found.id, found, row.tag());
    return ms ? Value{std::int64_t{*ms}} : Value{};
  }

  // An item is a row's key with its bytes behind.
  Result<ServedList> print(Page page) {
    ServedList list{
        .json = "[", .count = page.items.size(), .next_cursor = std::move(page.next_cursor)};
    std::size_t bytes = 2;
    for (const std::string& item : page.items) bytes += item.size();
    list.json.reserve(bytes);
    const std::size_t key_bytes = keys::row(table_, {}, {}, {}).size();
    RowServer server(context_);
    for (std::string_view item : page.items) {
      if (list.json.size() > 1) list.json += ',';
      std::string_view key = item.substr(0, key_bytes);
      TRY_ASSIGN(StoredRow row, StoredRow::parse(item.substr(key_bytes)));
      TRY(server.append(list.json, row, stream_in(key), RecordId{keys::id_at_end(key)}, synced_));
    }
    list.json += ']';
    return list;
  }

  static StreamId stream_in(std::string_view key) {
    return StreamId{Uuid::from_bytes(key.substr(3, 16))};
  }

  const ReadContext& context_;
  const Table& table_;
  std::optional<StreamId> stream_;  // none: of every stream
  const ListOptions& options_;
  SyncedLookup synced_;
  std::vector<OrderTerm> order_;
  std::optional<PageChooser> chooser_;
};

// Productions are a stream each, equipment has one of its own, the rest lies in its production's.
std::optional<StreamId> stream_of(const Table& table, StreamId scope) {
  if (table.id == table::productions) return std::nullopt;
  bool is_equipment = table.id == table::equipment_specs || table.id == table::equipment_cards ||
                      table.id == table::equipment_io_ports || table.id == table::equipment_card_io;
  if (is_equipment) return library_stream;
  bool of_directory =
      table.id == table::nodes || table.id == table::origins || table.id == table::acknowledgements;
  return of_directory ? directory_stream : scope;
}

}  // namespace

Result<ServedList> list_rows(const ReadContext& context, const Table& table, StreamId scope,
                             const ListOptions& options) {
  return RowList(context, table, stream_of(table, scope), options).make();
}

}  // namespace genlock
