#include "projections/catalog.h"

#include "projections/keys.h"
#include "projections/stored_row.h"

namespace genlock {
namespace {

// Events of a production that are measured; the rest is taken to be like them.
constexpr std::uint64_t measured_count = 256;

std::string text_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? *text : std::string();
}

std::optional<UnixMs> time_of(const Value& value) {
  const auto* ms = std::get_if<std::int64_t>(&value);
  return ms ? std::optional<UnixMs>(*ms) : std::nullopt;
}

CatalogEntry entry_of(const Table& table, StreamId production, const StoredRow& row) {
  const auto value = [&](std::string_view name) {
    return row.column_value(table, table.column(name)->id);
  };
  return {.production = production,
          .label = text_of(value("label")),
          .client = text_of(value("client")),
          .show_name = text_of(value("show_name")),
          .status = text_of(value("status")),
          .load_in_ms = time_of(value("load_in")),
          .load_out_ms = time_of(value("load_out"))};
}

Result<void> measure(const Reader& reader, const EventLog& log, CatalogEntry& entry) {
  TRY_ASSIGN(StreamHead head, log.head(reader, entry.production));
  std::uint64_t measured = 0;
  for (const EventRange& range : VersionVector().missing_from(head.vector())) {
    entry.events += range.count();
    if (measured >= measured_count) continue;
    TRY(log.read_kept(reader, entry.production, range,
                      [&](const EventId&, const StoredEvent& stored) {
                        entry.bytes += stored.bytes.size();
                        return ++measured < measured_count;
                      }));
  }
  if (measured > 0 && measured < entry.events) entry.bytes = entry.bytes * entry.events / measured;
  return {};
}

// The first key of a production behind this one.
std::string first_after(const Table& table, StreamId after) {
  if (after == StreamId{}) return keys::rows_of_table(table);
  return Reader::end_of_prefix(keys::rows_of_stream(table, after));
}

}  // namespace

Result<CatalogPage> catalog_page(const Reader& reader, const EventLog& log, StreamId after) {
  const Table& table = *find_table(table::productions);
  CatalogPage page;
  Result<void> outcome;
  const auto visit = [&](std::string_view key, std::string_view bytes) {
    Result<StoredRow> row = StoredRow::parse(bytes);
    if (!row.ok()) outcome = row.error();
    if (!row.ok()) return false;
    if (!row->is_visible()) return true;
    page.more = page.entries.size() == CatalogPage::max_entries;
    if (!page.more) page.entries.push_back(entry_of(table, StreamId{keys::id_at_end(key)}, *row));
    return !page.more;
  };
  TRY(reader.scan(Space::rows, first_after(table, after),
                  Reader::end_of_prefix(keys::rows_of_table(table)), visit));
  TRY(std::move(outcome));
  for (CatalogEntry& entry : page.entries) TRY(measure(reader, log, entry));
  return page;
}

Result<std::vector<CatalogEntry>> whole_catalog(const Reader& reader, const EventLog& log) {
  std::vector<CatalogEntry> all;
  CatalogPage page{{}, true};
  for (std::size_t n = 0; n < CatalogPage::max_pages && page.more; ++n) {
    StreamId after = all.empty() ? StreamId{} : all.back().production;
    TRY_ASSIGN(page, catalog_page(reader, log, after));
    all.insert(all.end(), page.entries.begin(), page.entries.end());
  }
  return all;
}

}  // namespace genlock
