#include "engine/decide_parts.h"

#include <algorithm>

// UNIQUE(parent, column): two visible rows of one parent may not claim one slot. Checked where it
// is written; what comes in concurrently is a conflict later (merging rule 6), never refused.
namespace genlock::decide_parts {

std::int64_t free_slot(const Table& table, const std::vector<Value>& used) {
  const Column* column = table.column(table.unique_in_parent);
  auto slot = static_cast<std::int64_t>(column->minimum);
  while (std::ranges::find(used, Value{slot}) != used.end()) ++slot;
  return slot;
}

FieldError slot_taken(const Table& table, const std::string& pointer, const Value& value,
                      const std::vector<Value>& used) {
  const Column* column = table.column(table.unique_in_parent);
  const auto* slot = std::get_if<std::int64_t>(&value);
  std::string detail = (slot ? std::to_string(*slot) : std::string("this")) +
                       " is in use: " + std::to_string(free_slot(table, used)) + " is free";
  return {pointer + "/" + std::string(column->name), "unique", std::move(detail)};
}

Result<std::vector<Value>> used_slots(const State& state, const Table& table, RecordId parent) {
  TRY_ASSIGN(std::vector<Row> rows, living_children(state, table, parent));
  std::vector<Value> used;
  for (const Row& row : rows) used.push_back(row.view.value(table.unique_in_parent));
  return used;
}

Result<void> check_slot(Work& work, const Table& table, RecordId parent, const RecordKey& key,
                        const ColumnValues& named, const std::string& pointer) {
  if (table.unique_in_parent == ColumnId::none) return {};
  const Value* wanted = find(named, table.unique_in_parent);
  if (!wanted || is_null(*wanted)) return {};
  TRY_ASSIGN(std::vector<RecordKey> claimants,
             work.state.claimants(table.unique_id, parent, *wanted));
  for (const RecordKey& claimant : claimants) {
    TRY_ASSIGN(std::optional<RecordView> other, view(work.state, claimant));
    bool is_self = claimant == key;
    if (is_self && other && other->visible()) return {};  // it has the slot already
    if (is_self || !other || !other->visible()) continue;
    TRY_ASSIGN(std::vector<Value> used, used_slots(work.state, table, parent));
    work.fault(slot_taken(table, pointer, *wanted, used));
    return {};
  }
  return {};
}

}  // namespace genlock::decide_parts
