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
    if (!table_.nested) TRY(synced_.load_all(table_, stream_));
    const Filter* indexed = usable_index();
    TRY(indexed ? read_index(*indexed) : read_all());
    TRY_ASSIGN(Page page, choose_page(std::move(candidates_), order_, options_));
    ServedList list;
    list.count = page.numbers.size();
    list.next_cursor = std::move(page.next_cursor);
    TRY_ASSIGN(list.json, print(page.numbers));
    return list;
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
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
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
    FoundRow found{StreamId{Uuid::from_bytes(key.substr(3, 16))},
                   {table_.id, RecordId{keys::id_at_end(key)}},
                   {},
                   {}};
    for (const Filter& filter : options_.filters) {
      if (!passes(filter, value_of(row, found, filter.field))) return {};
    }
    Candidate candidate{.values = {}, .id = found.key.id.uuid, .number = rows_.size()};
    for (const OrderTerm& term : order_)
      candidate.values.push_back(value_of(row, found, term.field));
    candidates_.push_back(std::move(candidate));
    found.bytes = bytes;
    rows_.push_back(std::move(found));
    return {};
  }

  Value value_of(const StoredRow& row, const FoundRow& found, std::size_t field) const {
    bool is_synced_at = field + 1 == shape_of(table_).size();
    if (!is_synced_at) return row.field_value(table_, field);
    auto ms = synced_.find(found.key.id, found.key, row.tag());
    return ms ? Value{std::int64_t{*ms}} : Value{};
  }

  Result<std::string> print(const std::vector<std::size_t>& numbers) {
    RowServer server(context_);
    std::size_t bytes = 2;
    for (std::size_t number : numbers) bytes += rows_[number].bytes.size();
    std::string json = "[";
    json.reserve(bytes);
    for (std::size_t number : numbers) {
      if (json.size() > 1) json += ',';
      const FoundRow& found = rows_[number];
      TRY_ASSIGN(StoredRow row, StoredRow::parse(found.bytes));
      TRY(server.append(json, row, found.stream, found.key.id, synced_));
    }
    json += ']';
    return json;
  }

  const ReadContext& context_;
  const Table& table_;
  std::optional<StreamId> stream_;  // none: of every stream
  const ListOptions& options_;
  SyncedLookup synced_;
  std::vector<OrderTerm> order_;
  std::vector<Candidate> candidates_;
  std::vector<FoundRow> rows_;
};

// Productions are a stream each, equipment has one of its own, the rest lies in its production's.
std::optional<StreamId> stream_of(const Table& table, StreamId scope) {
  if (table.id == table::productions) return std::nullopt;
  bool is_equipment = table.id == table::equipment_specs || table.id == table::equipment_cards ||
                      table.id == table::equipment_io_ports || table.id == table::equipment_card_io;
  if (is_equipment) return library_stream;
  bool of_directory = table.id == table::nodes || table.id == table::origins;
  return of_directory ? directory_stream : scope;
}

}  // namespace

Result<ServedList> list_rows(const ReadContext& context, const Table& table, StreamId scope,
                             const ListOptions& options) {
  return RowList(context, table, stream_of(table, scope), options).make();
}

}  // namespace genlock
