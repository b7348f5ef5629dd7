// The end of a fold: the records in work and their indexes are written, and every record that may
// show differently for it is named.
#include "engine/fold.h"
#include "engine/state_keys.h"

#include <algorithm>

namespace genlock {

Result<std::vector<RecordKey>> Fold::finish(State* after) {
  for (const auto& [key, loaded] : loaded_)
    if (loaded.changed && loaded.now.version > 0) write_indexes(loaded);
  // Dependents are found through the indexes, which are complete only now.
  for (const auto& [key, loaded] : loaded_)
    if (loaded.changed) TRY(mark_dependents(key, loaded));
  for (auto& [key, loaded] : loaded_) {
    if (loaded.now.version == 0) continue;
    if (loaded.changed)
      overlay_.put(Space::state, state_keys::record(state_.stream(), key), encode(loaded.now));
    if (after) after->remember(key, std::move(loaded.now));
  }
  loaded_.clear();
  return std::vector<RecordKey>(dirty_.begin(), dirty_.end());
}

Result<void> Fold::mark_dependents(const RecordKey& key, const Loaded& loaded) {
  const bool moved = loaded.was_known && loaded.before.parent != loaded.now.parent;
  // References to an unknown row show as they are, and it hides no child: becoming known counts,
  // also when the row is gone from the start or hidden.
  // A delete hides children also where nobody created the row, as only a foreign program can write.
  const bool turned =
      loaded.was_alive != loaded.now.alive() || loaded.was_deleted != loaded.now.deleted();
  if (!loaded.was_known || turned || moved) {
    TRY(mark_referrers(key.id));
    TRY(mark_subtree(key));
  }
  // Who shows in a slot, and which slot is free for who does not, concerns every row of the unique
  // key's parent.
  const Table* table = find_table(key.table);
  if (table && table->unique_in_parent != ColumnId::none) {
    TRY(mark_children(loaded.now.parent, key.table));
    if (moved) TRY(mark_children(loaded.before.parent, key.table));
  }
  return {};
}

Result<void> Fold::mark_children(RecordId parent, TableId table) {
  TRY_ASSIGN(std::vector<RecordKey> children, state_.children(parent, table));
  dirty_.insert(children.begin(), children.end());
  return {};
}

namespace {

// What a record shows in a column by its own writes alone.
Value shown_value(const Table& table, const RecordState& record, ColumnId column) {
  const Group* group = table.group_of(column);
  const GroupState* state = group ? record.group(group->id) : nullptr;
  if (!state) return {};
  const Write* write = shown(&table, *state).write;
  const Value* value = write ? find(write->value, column) : nullptr;
  return value ? *value : Value{};
}

}  // namespace

// A claim is kept for gone and hidden rows too: who shows in the slot is decided when it is looked
// at.
Fold::Indexed Fold::indexed(const RecordState& record) const {
  Indexed in{record.parent, {}, {}};
  const Table* table = find_table(record.table);
  if (!table) return in;
  for (const Column& column : table->columns) {
    if (column.set_null_target == TableId::none) continue;
    const Value value = shown_value(*table, record, column.id);
    if (const Uuid* target = std::get_if<Uuid>(&value)) in.references.push_back(*target);
  }
  std::ranges::sort(in.references);
  if (table->unique_in_parent != ColumnId::none && record.life.created) {
    const Value value = shown_value(*table, record, table->unique_in_parent);
    if (!is_null(value))
      in.claim = state_keys::claims(state_.stream(), table->unique_id, record.parent, value);
  }
  return in;
}

void Fold::write_indexes(const Loaded& loaded) {
  const Indexed &was = loaded.before, is = indexed(loaded.now);
  const auto entry = [&](std::string key) {
    state_keys::append(key, loaded.now.key());
    return key;
  };
  const auto children = [&](RecordId parent) {
    return entry(state_keys::children(state_.stream(), parent));
  };
  if (was.parent != is.parent) {
    if (!was.parent.uuid.is_nil()) overlay_.erase(Space::state, children(was.parent));
    if (!is.parent.uuid.is_nil()) overlay_.put(Space::state, children(is.parent), {});
  }

  const auto referrers = [&](const Uuid& target) {
    return entry(state_keys::referrers(state_.stream(), RecordId{target}));
  };
  for (const Uuid& target : was.references)
    if (!std::ranges::binary_search(is.references, target))
      overlay_.erase(Space::state, referrers(target));
  for (const Uuid& target : is.references)
    if (!std::ranges::binary_search(was.references, target))
      overlay_.put(Space::state, referrers(target), {});

  if (was.claim != is.claim) {
    if (!was.claim.empty()) overlay_.erase(Space::state, entry(was.claim));
    if (!is.claim.empty()) overlay_.put(Space::state, entry(is.claim), {});
  }
}

Result<void> Fold::mark_subtree(const RecordKey& key) {
  TRY_ASSIGN(std::vector<RecordKey> children, state_.children(key.id));
  for (const RecordKey& child : children) {
    dirty_.insert(child);
    TRY(mark_referrers(child.id));
    TRY(mark_subtree(child));
  }
  return {};
}

Result<void> Fold::mark_referrers(RecordId target) {
  TRY_ASSIGN(std::vector<RecordKey> referrers, state_.referrers(target));
  dirty_.insert(referrers.begin(), referrers.end());
  return {};
}

}  // namespace genlock
