#include "projections/sync_log.h"

#include "engine/bytes.h"
#include "projections/json_text.h"
#include "projections/page.h"

namespace genlock {
namespace {

constexpr std::string_view prefix = "sync_log:";
constexpr std::uint8_t format = 1;

std::string key_of(const SyncLogEntry& entry) {
  std::string key(prefix);
  append_be64(key, static_cast<std::uint64_t>(entry.started_ms));
  return key.append(entry.id.view());
}

std::string to_bytes(const SyncLogEntry& entry) {
  ByteWriter out;
  out.byte(format);
  out.raw(entry.id.view());
  out.byte(static_cast<std::uint8_t>(entry.direction));
  out.zigzag(entry.started_ms);
  out.byte(entry.completed_ms.has_value());
  out.zigzag(entry.completed_ms.value_or(0));
  out.byte(static_cast<std::uint8_t>(entry.status));
  out.varint(entry.records_synced);
  out.varint(entry.conflicts_detected);
  out.text(entry.errors);
  out.text(entry.server_id);
  return out.take();
}

Result<SyncLogEntry> from_bytes(std::string_view bytes) {
  ByteReader in(bytes);
  SyncLogEntry entry;
  bool known = in.byte() == format;
  entry.id = in.uuid();
  entry.direction = static_cast<SyncDirection>(in.byte());
  entry.started_ms = in.zigzag();
  bool completed = in.byte() != 0;
  UnixMs completed_ms = in.zigzag();
  if (completed) entry.completed_ms = completed_ms;
  entry.status = static_cast<SyncStatus>(in.byte());
  entry.records_synced = in.varint();
  entry.conflicts_detected = in.varint();
  entry.errors = in.text();
  entry.server_id = in.text();
  if (known && in.ok() && in.at_end()) return entry;
  return Error{ErrorCode::corruption, "an entry of the sync log is damaged"};
}

Value text_or_null(const std::string& text) { return text.empty() ? Value{} : Value{text}; }

// In the order of SyncLog::fields(), which is that of the source document.
std::vector<Value> values_of(const SyncLogEntry& entry) {
  return {entry.id,
          std::string(to_string(entry.direction)),
          std::int64_t{entry.started_ms},
          entry.completed_ms ? Value{std::int64_t{*entry.completed_ms}} : Value{},
          std::string(to_string(entry.status)),
          static_cast<std::int64_t>(entry.records_synced),
          static_cast<std::int64_t>(entry.conflicts_detected),
          text_or_null(entry.errors),
          text_or_null(entry.server_id),
          std::int64_t{entry.started_ms}};
}

constexpr std::size_t started_at_field = 2;

std::string to_json(const std::vector<Value>& values) {
  std::span<const Field> fields = SyncLog::fields();
  std::string out;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    out += i == 0 ? "{\"" : ",\"";
    out += fields[i].name;
    out += "\":";
    append_json(out, fields[i].type, values[i]);
  }
  return out + '}';
}

}  // namespace

const char* to_string(SyncDirection direction) {
  switch (direction) {
    case SyncDirection::upload:
      return "upload";
    case SyncDirection::download:
      return "download";
    case SyncDirection::bidirectional:
      return "bidirectional";
  }
  return "?";
}

const char* to_string(SyncStatus status) {
  switch (status) {
    case SyncStatus::started:
      return "started";
    case SyncStatus::completed:
      return "completed";
    case SyncStatus::failed:
      return "failed";
    case SyncStatus::partial:
      return "partial";
  }
  return "?";
}

Result<void> SyncLog::put(Overlay& overlay, const SyncLogEntry& entry) {
  overlay.put(Space::local, key_of(entry), to_bytes(entry));
  std::vector<std::string> entries;
  TRY(overlay.scan_prefix(Space::local, prefix, [&](std::string_view key, std::string_view) {
    entries.emplace_back(key);
    return true;
  }));
  for (std::size_t i = 0; i + max_entries < entries.size(); ++i) {
    overlay.erase(Space::local, entries[i]);
  }
  return {};
}

std::span<const Field> SyncLog::fields() {
  using enum ColumnType;
  static const std::vector<Field> all{{"id", uuid},
                                      {"sync_direction", text},
                                      {"started_at", time},
                                      {"completed_at", time},
                                      {"status", text},
                                      {"records_synced", integer},
                                      {"conflicts_detected", integer},
                                      {"errors", json},
                                      {"server_id", text},
                                      {"created_at", time}};
  return all;
}

Result<ServedList> SyncLog::list(const Reader& reader, const ListOptions& options) {
  std::vector<OrderTerm> order = options.order;
  if (order.empty()) order.push_back({started_at_field, true});
  TRY_ASSIGN(PageChooser chooser, PageChooser::begin(order, options));
  Result<void> outcome;
  TRY(reader.scan_prefix(Space::local, prefix, [&](std::string_view, std::string_view bytes) {
    auto entry = from_bytes(bytes);
    if (!entry.ok()) {
      outcome = std::move(entry).error();
      return false;
    }
    std::vector<Value> values = values_of(*entry);
    if (!passes_all(options.filters, [&](std::size_t field) { return values[field]; })) return true;
    Candidate candidate{.values = {}, .id = entry->id, .item = to_json(values)};
    for (const OrderTerm& term : order) candidate.values.push_back(values[term.field]);
    chooser.offer(std::move(candidate));
    return true;
  }));
  TRY(std::move(outcome));
  return to_list(chooser.finish());
}

}  // namespace genlock
