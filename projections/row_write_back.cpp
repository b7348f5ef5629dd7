#include "projections/conflict_codec.h"
#include "projections/document_writer.h"
#include "projections/keys.h"

#include <xxhash.h>

namespace genlock {
namespace {

// What one key adds to the digest: XXH3-128 of the value, seeded with the key.
Digest hash_of(std::string_view key, std::string_view value) {
  XXH128_hash_t hash =
      XXH3_128bits_withSeed(value.data(), value.size(), XXH3_64bits(key.data(), key.size()));
  return {hash.high64, hash.low64};
}

}  // namespace

Result<std::optional<std::string>> RowWriteBack::stored(const RecordView& view) const {
  return overlay_.get(Space::rows, keys::row(*view.table, stream_, view.parent, view.id));
}

Result<bool> RowWriteBack::put(const RecordView& view, const std::optional<std::string>& before,
                               std::string bytes) {
  const Table& table = *view.table;
  RecordKey record{table.id, view.id};
  std::string key = keys::row(table, stream_, view.parent, view.id);
  std::set<std::string> indexed_before;
  if (before) {
    TRY_ASSIGN(StoredRow row, StoredRow::parse(*before));
    if (row.conflict_rows() > 0) had_conflicts_.insert(record);
    if (*before == bytes) return false;
    indexed_before = index_keys(table, row, view.id);
    removed_.add(hash_of(key, *before));
  } else {
    TRY(erase(table, view.id));  // from under another parent
    overlay_.put(Space::rows, keys::place(record, stream_), std::string(view.parent.view()));
  }
  added_.add(hash_of(key, bytes));
  TRY_ASSIGN(StoredRow row_now, StoredRow::parse(bytes));
  update_indexes(indexed_before, index_keys(table, row_now, view.id));
  overlay_.put(Space::rows, std::move(key), std::move(bytes));
  return true;
}

Result<bool> RowWriteBack::erase(const Table& table, RecordId id) {
  std::string place = keys::place({table.id, id}, stream_);
  TRY_ASSIGN(auto parent, overlay_.get(Space::rows, place));
  if (!parent) return false;
  overlay_.erase(Space::rows, std::move(place));
  TRY(erase_at(table, RecordId{Uuid::from_bytes(*parent)}, id));
  return true;
}

Result<void> RowWriteBack::erase_at(const Table& table, RecordId parent, RecordId id) {
  std::string key = keys::row(table, stream_, parent, id);
  TRY_ASSIGN(auto before, overlay_.get(Space::rows, key));
  if (!before) return {};
  TRY_ASSIGN(StoredRow row, StoredRow::parse(*before));
  if (row.conflict_rows() > 0) had_conflicts_.insert({table.id, id});
  removed_.add(hash_of(key, *before));
  update_indexes(index_keys(table, row, id), {});
  overlay_.erase(Space::rows, std::move(key));
  return {};
}

// Only visible rows stand in an index, and none under null.
std::set<std::string> RowWriteBack::index_keys(const Table& table, const StoredRow& row,
                                               RecordId id) const {
  std::set<std::string> found;
  if (!row.is_visible()) return found;
  for (const Index& each : table.indexes) {
    if (each.column == ColumnId::none) continue;  // the rows' own keys are in that order
    Value value = row.column_value(table, each.column);
    if (!is_null(value))
      found.insert(keys::index_values(each.id, stream_, value).append(id.view()));
  }
  return found;
}

void RowWriteBack::update_indexes(const std::set<std::string>& before,
                                  const std::set<std::string>& after) {
  for (const std::string& key : before) {
    if (!after.contains(key)) overlay_.erase(Space::rows, key);
  }
  for (const std::string& key : after) {
    if (!before.contains(key)) overlay_.put(Space::rows, key, {});
  }
}

Result<RowWriteBack::Conflicts> RowWriteBack::stored_conflicts() {
  Conflicts found;
  std::optional<Error> error;
  for (const RecordKey& record : had_conflicts_) {
    TRY(overlay_.scan_prefix(Space::rows, keys::conflicts_of(stream_, record),
                             [&](std::string_view, std::string_view value) {
                               auto conflict = decode_conflict(value);
                               if (!conflict.ok())
                                 error = std::move(conflict).error();
                               else
                                 found.emplace(conflict->id, *conflict);
                               return !error;
                             }));
    if (error) return *std::move(error);
  }
  return found;
}

// A conflict may pass from one record to another (the shown claimant of a slot): so all that go are
// erased before any is put.
Result<std::vector<Uuid>> RowWriteBack::put_conflicts(const std::vector<const Conflict*>& wanted) {
  TRY_ASSIGN(Conflicts before, stored_conflicts());
  std::map<Uuid, const Conflict*> after;
  for (const Conflict* conflict : wanted) after.emplace(conflict->id, conflict);

  std::vector<Uuid> changed;
  for (const auto& [id, conflict] : before) {
    auto now = after.find(id);
    if (now != after.end() && *now->second == conflict) continue;
    erase_conflict(conflict);
    if (now == after.end()) changed.push_back(id);
  }
  for (const auto& [id, conflict] : after) {
    auto was = before.find(id);
    if (was != before.end() && was->second == *conflict) continue;
    put_conflict(*conflict);
    changed.push_back(id);
  }
  return changed;
}

void RowWriteBack::erase_conflict(const Conflict& conflict) {
  std::string key = keys::conflict(stream_, conflict.record, conflict.id);
  removed_.add(hash_of(key, encode(conflict)));
  overlay_.erase(Space::rows, std::move(key));
  overlay_.erase(Space::rows, keys::conflict_place(conflict.id));
  overlay_.erase(Space::rows, keys::conflict_by_time(conflict.created_ms, conflict.id));
  if (conflict.pending()) {
    overlay_.erase(Space::rows, keys::pending(stream_, conflict.created_ms, conflict.id));
  }
}

void RowWriteBack::put_conflict(const Conflict& conflict) {
  std::string key = keys::conflict(stream_, conflict.record, conflict.id);
  std::string bytes = encode(conflict);
  std::string record = keys::record_suffix(conflict.record);
  std::string place = std::string(stream_.view()) + record;
  added_.add(hash_of(key, bytes));
  overlay_.put(Space::rows, std::move(key), std::move(bytes));
  overlay_.put(Space::rows, keys::conflict_place(conflict.id), place);
  overlay_.put(Space::rows, keys::conflict_by_time(conflict.created_ms, conflict.id), place);
  if (conflict.pending()) {
    overlay_.put(Space::rows, keys::pending(stream_, conflict.created_ms, conflict.id), record);
  }
}

Result<void> RowWriteBack::write_digest() {
  if (added_ == removed_) return {};
  std::string key = keys::digest(stream_);
  TRY_ASSIGN(auto bytes, overlay_.get(Space::rows, key));
  Digest digest;
  if (bytes && bytes->size() == 16) digest = {read_be64(*bytes), read_be64(bytes->substr(8))};
  digest.add(added_);
  digest.subtract(removed_);
  std::string now;
  append_be64(now, digest.high);
  append_be64(now, digest.low);
  overlay_.put(Space::rows, std::move(key), std::move(now));
  return {};
}

}  // namespace genlock
