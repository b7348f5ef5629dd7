#include "projections/document_writer.h"

#include "projections/conflict_codec.h"
#include "projections/keys.h"
#include "projections/row_json.h"

#include <algorithm>

namespace genlock {
namespace {

// How many owners a row of this table stands in.
std::size_t depth(const Table& table) {
  const Table* owner = table.nested ? find_table(table.parent) : nullptr;
  return owner ? 1 + depth(*owner) : 0;
}

constexpr std::size_t max_depth = 8;

// A conflict belongs to one record: that of a slot to the claimant that shows in it.
std::vector<const Conflict*> own_conflicts(const RecordKey& key,
                                           const RecordWithConflicts& loaded) {
  std::vector<const Conflict*> own;
  for (const Conflict& conflict : loaded.conflicts)
    if (conflict.record == key) own.push_back(&conflict);
  return own;
}

}  // namespace

DocumentWriter::DocumentWriter(Overlay& overlay, const State& state)
    : overlay_(overlay), state_(state), rows_(overlay, state.stream()) {
  changes_.stream = state.stream();
}

Result<void> DocumentWriter::write(const std::vector<RecordKey>& records) {
  TRY(collect(records));
  std::vector<std::vector<RecordKey>> by_depth(max_depth);
  for (const auto& [key, loaded] : views_)
    by_depth.at(depth(*find_table(key.table))).push_back(key);
  for (std::size_t level = max_depth; level-- > 0;) {
    for (const RecordKey& key : by_depth[level]) TRY(write_row(key));
  }

  std::vector<const Conflict*> conflicts;
  for (const auto& [key, loaded] : views_) {
    if (!loaded) continue;
    for (const Conflict* conflict : own_conflicts(key, *loaded)) conflicts.push_back(conflict);
  }
  TRY_ASSIGN(changes_.conflicts, rows_.put_conflicts(conflicts));
  std::ranges::sort(changes_.rows);
  return rows_.write_digest();
}

Result<RecordWithConflicts*> DocumentWriter::load(const RecordKey& key) {
  auto [place, is_new] = views_.try_emplace(key);
  if (is_new) {
    TRY_ASSIGN(place->second, view_with_conflicts(state_, key));
  }
  return place->second ? &*place->second : nullptr;
}

Result<void> DocumentWriter::collect(const std::vector<RecordKey>& records) {
  for (const RecordKey& key : records) {
    if (find_table(key.table)) TRY(collect_owners(key));
  }
  return {};
}

// The record, and the rows it stands in.
Result<void> DocumentWriter::collect_owners(const RecordKey& key) {
  TRY_ASSIGN(RecordWithConflicts * loaded, load(key));
  const Table& table = *find_table(key.table);
  if (!loaded || !table.nested) return {};
  const RecordKey owner{table.parent, loaded->view.parent};
  owners_.insert(owner);
  return collect_owners(owner);
}

Result<void> DocumentWriter::write_row(const RecordKey& key) {
  const Table& table = *find_table(key.table);
  const auto& loaded = views_.at(key);
  if (!loaded) {
    TRY_ASSIGN(bool was_there, rows_.erase(table, key.id));
    if (was_there) changes_.rows.push_back(key);
    return {};
  }

  TRY_ASSIGN(const auto before, rows_.stored(loaded->view));
  TRY_ASSIGN(const bool nests, may_nest(key, before));
  RowParts parts;
  std::vector<std::vector<std::string>> kept;  // what parts.nested points into
  for (const Table* child : child_tables(table.id)) {
    if (!child->nested) continue;
    kept.emplace_back();
    if (nests) {
      TRY_ASSIGN(kept.back(), children_of(*child, key.id));
    }
    NestedRows& nested = parts.nested.emplace_back(NestedRows{child, {}});
    for (const std::string& bytes : kept.back())
      nested.rows.push_back(StoredRow::parse(bytes).value());
  }
  for (const Conflict* conflict : own_conflicts(key, *loaded)) {
    ++parts.conflict_rows;
    if (conflict->pending()) parts.pending_conflicts.push_back(encode(*conflict));
  }
  if (table.id == table::productions) {
    TRY_ASSIGN(parts.locked, is_locked());
  }
  TRY_ASSIGN(bool changed, rows_.put(loaded->view, before, encode_row(loaded->view, parts)));
  if (!changed) return {};
  changes_.rows.push_back(key);
  versions_.push_back({document_of(key), key, tag_of(loaded->view.heads)});
  return {};
}

// Whether rows may stand in this one: it is new, or some did, or one of them is being written.
Result<bool> DocumentWriter::may_nest(const RecordKey& key,
                                      const std::optional<std::string>& before) const {
  if (!before || owners_.contains(key)) return true;
  TRY_ASSIGN(StoredRow row, StoredRow::parse(*before));
  return row.nests();
}

// The stored rows of an owner's children that are not deleted, by sort_order and id.
Result<std::vector<std::string>> DocumentWriter::children_of(const Table& table, RecordId owner) {
  struct Child {
    bool is_last = false;  // without a sort_order
    std::string sort_order;
    std::string id, bytes;
  };
  std::vector<Child> children;
  bool sound = true;
  TRY(overlay_.scan_prefix(Space::rows, keys::rows_of_owner(table, state_.stream(), owner),
                           [&](std::string_view key, std::string_view bytes) {
                             auto row = StoredRow::parse(bytes);
                             sound = row.ok();
                             if (sound && !row->is_deleted()) {
                               std::string order(row->sort_order(table));
                               children.push_back({order.empty(), order,
                                                   std::string(key.substr(key.size() - 16)),
                                                   std::string(bytes)});
                             }
                             return sound;
                           }));
  if (!sound) return Error{ErrorCode::corruption, "a stored row is damaged: rebuild the rows"};
  std::ranges::sort(children, {}, [](const Child& child) {
    return std::tie(child.is_last, child.sort_order, child.id);
  });
  std::vector<std::string> rows;
  for (Child& child : children) rows.push_back(std::move(child.bytes));
  return rows;
}

// Whether a lock may stand: whether it does depends on the time, and is looked up when served.
Result<bool> DocumentWriter::is_locked() {
  TRY_ASSIGN(LockState locks, state_.locks());
  return std::ranges::any_of(locks.locks,
                             [](const Lock& lock) { return lock.standing && !lock.released; });
}

RecordKey DocumentWriter::document_of(const RecordKey& key) const {
  const Table& table = *find_table(key.table);
  auto loaded = views_.find(key);
  if (!table.nested || loaded == views_.end() || !loaded->second) return key;
  return document_of({table.parent, loaded->second->view.parent});
}

}  // namespace genlock
