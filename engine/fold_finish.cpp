// The end of a fold: the records in work and their indexes are written, and every record that may
// show differently for it is named.
#include "engine/fold.h"
#include "engine/state_keys.h"

namespace genlock {

Result<std::vector<RecordKey>> Fold::finish(State* after) {
  for (const auto& [key, loaded] : loaded_)
    if (loaded.changed) TRY(write_indexes(loaded));
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

Result<void> Fold::write_indexes(const Loaded& loaded) {
  if (loaded.now.version == 0) return {};
  TRY(index_children(loaded));
  TRY(index_references(loaded));
  return index_claim(loaded);
}

Result<void> Fold::mark_dependents(const RecordKey& key, const Loaded& loaded) {
  bool was_alive = loaded.before && loaded.before->life.created && !loaded.before->deleted();
  bool is_alive = loaded.now.life.created && !loaded.now.deleted();
  bool moved = loaded.before && loaded.before->parent != loaded.now.parent;
  // References to an unknown row show as they are, and it hides no child: becoming known counts,
  // also when the row is gone from the start or hidden.
  if (!loaded.before || was_alive != is_alive || moved) {
    TRY(mark_referrers(key.id));
    TRY(mark_subtree(key));
  }
  // Who shows in a slot, and which slot is free for who does not, concerns every row of the unique
  // key's parent.
  const Table* table = find_table(key.table);
  if (table && table->unique_in_parent != ColumnId::none) {
    TRY(mark_children(loaded.now.parent, key.table));
    if (moved) TRY(mark_children(loaded.before->parent, key.table));
  }
  return {};
}

Result<void> Fold::mark_children(RecordId parent, TableId table) {
  TRY_ASSIGN(std::vector<RecordKey> children, state_.children(parent, table));
  dirty_.insert(children.begin(), children.end());
  return {};
}

Result<void> Fold::index_children(const Loaded& loaded) {
  RecordId was = loaded.before ? loaded.before->parent : RecordId{};
  RecordId is = loaded.now.parent;
  if (was == is) return {};
  auto entry = [&](RecordId parent) {
    std::string key = state_keys::children(state_.stream(), parent);
    state_keys::append(key, loaded.now.key());
    return key;
  };
  if (!was.uuid.is_nil()) overlay_.erase(Space::state, entry(was));
  if (!is.uuid.is_nil()) overlay_.put(Space::state, entry(is), {});
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

Result<void> Fold::index_references(const Loaded& loaded) {
  const Table* table = find_table(loaded.now.table);
  if (!table) return {};
  std::set<Uuid> was, is;
  for (const Column& column : table->columns) {
    if (column.set_null_target == TableId::none) continue;
    Value before = loaded.before ? shown_value(*table, *loaded.before, column.id) : Value{};
    Value now = shown_value(*table, loaded.now, column.id);
    if (const Uuid* target = std::get_if<Uuid>(&before)) was.insert(*target);
    if (const Uuid* target = std::get_if<Uuid>(&now)) is.insert(*target);
  }
  auto entry = [&](const Uuid& target) {
    std::string key = state_keys::referrers(state_.stream(), RecordId{target});
    state_keys::append(key, loaded.now.key());
    return key;
  };
  for (const Uuid& target : was)
    if (!is.contains(target)) overlay_.erase(Space::state, entry(target));
  for (const Uuid& target : is)
    if (!was.contains(target)) overlay_.put(Space::state, entry(target), {});
  return {};
}

// Claims are kept for gone and hidden rows too: who shows in the slot is decided when it is looked
// at.
Result<void> Fold::index_claim(const Loaded& loaded) {
  const Table* table = find_table(loaded.now.table);
  if (!table || table->unique_in_parent == ColumnId::none) return {};
  auto entry = [&](const RecordState& record) {
    Value value = shown_value(*table, record, table->unique_in_parent);
    if (is_null(value) || !record.life.created) return std::string{};
    return state_keys::claims(state_.stream(), table->unique_id, record.parent, value);
  };
  std::string was = loaded.before ? entry(*loaded.before) : std::string{};
  std::string is = entry(loaded.now);
  auto full = [&](std::string key) {
    state_keys::append(key, loaded.now.key());
    return key;
  };
  if (was != is && !was.empty()) overlay_.erase(Space::state, full(was));
  if (was != is && !is.empty()) overlay_.put(Space::state, full(is), {});
  return {};
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
