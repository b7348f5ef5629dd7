#include "engine/decide_parts.h"
#include "engine/fractional_index.h"

#include <algorithm>
#include <map>
#include <set>

// Nested lists: a write that names one gives the whole list (docs/api.md, section 2).
namespace genlock::decide_parts {
namespace {

// One list of one parent, on its way from what is there to what the body says.
class ChildList {
 public:
  ChildList(Work& work, const Table& table, RecordId parent, const std::vector<RowInput>& inputs)
      : work_(work), table_(table), parent_(parent), inputs_(inputs) {}

  Result<void> write() {
    TRY_ASSIGN(present_, living_children(work_.state, table_, parent_));
    last_ = last_sort_order();
    match_by_id();
    match_by_columns();
    for (std::size_t i = 0; i < inputs_.size(); ++i) TRY(place(i));
    for (const Row& row : present_)
      if (!taken_.contains(row.view.id)) TRY(drop(row));
    if (table_.unique_in_parent != ColumnId::none) check_slots();
    return {};
  }

 private:
  using Match = std::vector<Value>;  // values of the columns that find a child without an id

  // A child in the list as it will be.
  struct Slot {
    Value value;
    std::string pointer;
    bool is_changed;
  };

  // --- which input is which row ---

  const Row* find_present(RecordId id) const {
    auto at = std::ranges::find(present_, id, [](const Row& row) { return row.view.id; });
    return at == present_.end() ? nullptr : &*at;
  }

  void match_by_id() {
    std::set<RecordId> named;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (!inputs_[i].id) continue;
      if (!named.insert(*inputs_[i].id).second)
        work_.fault(inputs_[i].pointer + "/id", "unique", "stands twice in this list");
      if (const Row* row = find_present(*inputs_[i].id)) take(i, *row);
    }
  }

  void take(std::size_t input, const Row& row) {
    matched_[input] = &row;
    taken_.insert(row.view.id);
  }

  Match match_of(const RowInput& input) const {
    Match match;
    for (ColumnId id : table_.nested_match) {
      const Value* value = find(input.values, id);
      match.push_back(value ? *value : table_.column(id)->default_value);
    }
    return match;
  }

  Match match_of(const Row& row) const {
    Match match;
    for (ColumnId id : table_.nested_match) match.push_back(row.view.value(id));
    return match;
  }

  bool names_match(const RowInput& input) const {
    return std::ranges::all_of(table_.nested_match, [&](ColumnId id) {
      const Value* value = find(input.values, id);
      return value && !is_null(*value);
    });
  }

  // Children that spell out the same place twice are refused; where the place was left to its
  // default they pair up in order.
  void match_by_columns() {
    std::set<Match> named;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (inputs_[i].id) continue;
      Match match = match_of(inputs_[i]);
      if (names_match(inputs_[i]) && !named.insert(match).second) {
        const Column* column = table_.column(table_.nested_match.back());
        work_.fault(inputs_[i].pointer + "/" + std::string(column->name), "unique",
                    "stands twice in this list: give the rows their ids");
      }
      auto row = std::ranges::find_if(present_, [&](const Row& candidate) {
        return !taken_.contains(candidate.view.id) && match_of(candidate) == match;
      });
      if (row != present_.end()) take(i, *row);
    }
  }

  // --- writing ---

  Result<void> place(std::size_t i) {
    const RowInput& input = inputs_[i];
    if (auto at = matched_.find(i); at != matched_.end()) {
      note_slot(input, at->second);
      return update_row(work_, *at->second, input);
    }
    RecordId id = input.id ? *input.id : make_id(work_, table_, input.pointer);
    TRY_ASSIGN(std::optional<Row> other, load_row(work_.state, {table_.id, id}));
    if (other) return place_known(*other, input);
    if (input.id && is_made({table_.id, id})) {
      work_.fault(input.pointer + "/id", "unique", "stands twice in this body");
      return {};
    }
    note_slot(input, nullptr);
    check_new(input);
    last_ = key_after(last_);
    return create_row(work_, {{table_.id, id}, parent_, last_}, input);
  }

  // By this body, in the list of another row.
  bool is_made(const RecordKey& key) const {
    return std::ranges::any_of(work_.draft.operations, [&](const Operation& operation) {
      return operation.kind == OperationKind::create && operation.table == key.table &&
             operation.record == key.id;
    });
  }

  // An id that is not in the list now: a child that was removed, or somebody else's.
  Result<void> place_known(const Row& row, const RowInput& input) {
    if (row.view.parent != parent_) {
      work_.fault(input.pointer + "/id", "read_only", "is the id of a row of another parent");
      return {};
    }
    TRY_ASSIGN(bool untouched, left_as_it_was(row, input));
    if (untouched) return {};  // others removed it since, and the sender did not edit it
    note_slot(input, &row);
    return revive_row(work_, row, input);
  }

  Result<bool> left_as_it_was(const Row& row, const RowInput& input) const {
    TRY_ASSIGN(std::optional<RecordState> before, record_at_base(work_, row.key()));
    if (!before || before->deleted()) return false;
    return std::ranges::all_of(input.values, [&](const ColumnValue& item) {
      const Group* group = table_.group_of(item.column);
      if (!group) return false;
      ColumnValues values = written_values(table_, *before, group->id);
      const Value* value = find(values, item.column);
      return value && *value == item.value;
    });
  }

  void check_new(const RowInput& input) {
    if (input.parent && *input.parent != parent_)
      work_.fault(input.pointer + "/" + std::string(table_.parent_column), "read_only",
                  "must be the row it stands in");
    if (input.is_deleted.value_or(false))
      work_.fault(input.pointer + "/is_deleted", "read_only",
                  "leave a row out of the list to delete it");
  }

  // Missing in the list. What its sender had not seen stays, and what others changed since is not
  // removed without a word.
  Result<void> drop(const Row& row) {
    if (work_.moved_on()) {
      TRY_ASSIGN(std::optional<RecordState> before, record_at_base(work_, row.key()));
      if (!before) {
        note_slot({}, &row);
        return {};
      }
      if (!work_.command.record_conflict) {
        TRY_ASSIGN(std::vector<FieldConflict> changes, changes_since(work_, row, *before));
        work_.conflicts.insert(work_.conflicts.end(), changes.begin(), changes.end());
      }
    }
    work_.add(OperationKind::remove, row.key());
    return {};
  }

  // --- order and slots ---

  // Rows that name no place go behind all that have one.
  std::string last_sort_order() const {
    std::string last;
    for (const Row& row : present_) last = std::max(last, sort_order_of(row.record));
    for (const RowInput& input : inputs_) {
      const Value* value = find(input.values, column::sort_order);
      if (const auto* text = value ? std::get_if<std::string>(value) : nullptr)
        last = std::max(last, *text);
    }
    return last;
  }

  void note_slot(const RowInput& input, const Row* row) {
    if (table_.unique_in_parent == ColumnId::none) return;
    const Value* named = find(input.values, table_.unique_in_parent);
    const Value* shown = row ? &row->view.value(table_.unique_in_parent) : nullptr;
    bool is_changed = !row || row->view.is_deleted || (named && *named != *shown);
    if (named || shown) slots_.push_back({named ? *named : *shown, input.pointer, is_changed});
  }

  // Judges the list as it will be, so that two rows may swap their slots.
  void check_slots() {
    std::vector<Value> used;
    for (const Slot& slot : slots_) used.push_back(slot.value);
    for (const Slot& slot : slots_) {
      bool is_shared = std::ranges::count(used, slot.value) > 1;
      if (is_shared && slot.is_changed && !is_null(slot.value))
        work_.fault(slot_taken(table_, slot.pointer, slot.value, used));
    }
  }

  Work& work_;
  const Table& table_;
  RecordId parent_;
  const std::vector<RowInput>& inputs_;
  std::vector<Row> present_;
  std::map<std::size_t, const Row*> matched_;  // input -> row
  std::set<RecordId> taken_;
  std::vector<Slot> slots_;
  std::string last_;
};

}  // namespace

Result<std::vector<Row>> living_children(const State& state, const Table& table, RecordId parent) {
  TRY_ASSIGN(std::vector<RecordKey> keys, state.children(parent, table.id));
  std::vector<Row> rows;
  for (const RecordKey& key : keys) {
    TRY_ASSIGN(std::optional<Row> row, load_row(state, key));
    if (row && !row->view.is_deleted) rows.push_back(*std::move(row));
  }
  std::ranges::stable_sort(rows, {}, [](const Row& row) { return sort_order_of(row.record); });
  return rows;
}

Result<void> write_children(Work& work, const Table& table, RecordId parent,
                            const RowInput& input) {
  for (const auto& [id, inputs] : input.children) {
    const Table* child = find_table(id);
    if (!child || child->parent != table.id || !child->nested) {
      work.fault(input.pointer, "unknown", "has no such list");
      continue;
    }
    TRY(ChildList(work, *child, parent, inputs).write());
  }
  return {};
}

}  // namespace genlock::decide_parts
