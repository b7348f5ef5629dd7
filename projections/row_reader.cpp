#include "projections/row_reader.h"

#include "engine/state.h"
#include "projections/conflict_json.h"
#include "projections/json_text.h"
#include "projections/keys.h"
#include "projections/synced_at.h"

namespace genlock {

Result<std::optional<FoundRow>> find_row(const Reader& reader, StreamId stream,
                                         const RecordKey& key) {
  using Nothing = std::optional<FoundRow>;
  const Table* table = find_table(key.table);
  if (!table) return Nothing{};
  TRY_ASSIGN(auto parent, reader.get(Space::rows, keys::place(key, stream)));
  if (!parent || parent->size() != 16) return Nothing{};
  FoundRow found{stream, key, RecordId{Uuid::from_bytes(*parent)}, {}};
  TRY_ASSIGN(auto bytes, reader.get(Space::rows, keys::row(*table, stream, found.parent, key.id)));
  if (!bytes) return Nothing{};
  found.bytes = *std::move(bytes);
  return Nothing(std::move(found));
}

Result<void> SyncedLookup::load(const Table& table, StreamId stream, RecordId document) {
  TRY_ASSIGN(auto bytes, reader_.get(Space::local, keys::synced(table, stream, document)));
  if (bytes) by_document_[document] = *std::move(bytes);
  return {};
}

Result<void> SyncedLookup::load_all(const Table& table, std::optional<StreamId> stream) {
  std::string prefix =
      stream ? keys::synced_of_stream(table, *stream) : keys::synced_of_table(table);
  return reader_.scan_prefix(Space::local, prefix,
                             [&](std::string_view key, std::string_view value) {
                               by_document_.emplace(RecordId{keys::id_at_end(key)}, value);
                               return true;
                             });
}

std::optional<UnixMs> SyncedLookup::find(RecordId document, const RecordKey& record,
                                         std::uint64_t tag) const {
  auto found = by_document_.find(document);
  if (found == by_document_.end()) return std::nullopt;
  return find_synced(found->second, record, tag);
}

Result<void> RowServer::append(std::string& out, const StoredRow& row, StreamId stream,
                               RecordId document, const SyncedLookup& synced,
                               std::string_view more_meta) {
  std::string lock = "null";
  if (row.may_be_locked()) {
    TRY_ASSIGN(lock, lock_of(stream));
  }
  const auto fill = [&](std::string& json, const Gap& gap) {
    if (gap.kind == GapKind::lock) {
      json += lock;
      return;
    }
    auto ms = synced.find(document, gap.record, gap.tag);
    append_json(json, ColumnType::time, ms ? Value{std::int64_t{*ms}} : Value{});
  };
  append_filled(out, row, fill, more_meta);
  return {};
}

Result<std::string> RowServer::lock_of(StreamId stream) {
  TRY_ASSIGN(LockState locks, State(context_.reader, context_.log, stream).locks());
  return encode_lock(locks.active(context_.now_ms), names_);
}

}  // namespace genlock
