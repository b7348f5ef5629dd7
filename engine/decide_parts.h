// What the kinds of commands share while they are being decided. Private to engine/decide*.cpp.
//
// A Work collects: fields at fault (422, all at once), groups lost to others (409), and operations.
// Nothing of it leaves decide() unless the first two stay empty, so a refused command writes
// nothing.
#pragma once

#include "engine/decide.h"
#include "engine/validate.h"
#include "engine/view.h"

#include <optional>
#include <string>
#include <vector>

namespace genlock::decide_parts {

// A record in both forms: the writes that stand, and what shows.
struct Row {
  const Table* table;
  RecordState record;
  RecordView view;

  RecordKey key() const { return record.key(); }
};

// What the author of a Base-Version command had seen.
struct Base {
  VersionVector seen;
  bool is_present = false;  // all that stands on the row: the author knows it as it is now
};

struct Work {
  const Command& command;
  const DecideContext& context;
  const State& state;
  std::optional<Base> base = {};
  FieldErrors errors = {};
  std::vector<FieldConflict> conflicts = {};
  std::vector<ColumnId> others_changed = {};  // columns of others that merge with this write
  Draft draft = {};

  bool moved_on() const { return base && !base->is_present; }
  Operation& add(OperationKind kind, const RecordKey& key);
  void fault(std::string pointer, std::string code, std::string detail);
  void fault(std::optional<FieldError> error);
};

// --- refusals (decide_refuse.cpp) ----------------------------------------------------------------

Error refuse(ErrorCode code, std::string message, ErrorDetail detail = {});
Error not_found(const RecordKey& key);
// `gone` for a row that was deleted, or is hidden by an ancestor that was: who did it, and when.
Result<void> check_visible(const State& state, const RecordView& view);
// `gone` for a row under a deleted ancestor.
Result<void> check_not_hidden(const State& state, const RecordView& view);
// Another node's lock answers `locked`. Holds for every command but those on the lock itself.
Result<void> check_unlocked(const Work& work);
Result<void> check_if_match(const Work& work, const Row& row);
Error field_faults(const FieldErrors& errors);
// The draft, or what stands against it.
Result<Draft> finish(Work& work);

// --- reading -------------------------------------------------------------------------------------

Result<std::optional<Row>> load_row(const State& state, const RecordKey& key);
Result<Row> need_row(const Work& work);          // not_found
Result<Row> need_visible_row(const Work& work);  // not_found, gone
Result<Event> read_event(const State& state, const Dot& dot);
// A group as shown, and as the shown write holds it (references to gone rows are not null there).
ColumnValues shown_values(const RecordView& view, const Group& group);
ColumnValues written_values(const Table& table, const RecordState& record, GroupId group);

// --- base versions (decide_base.cpp) -------------------------------------------------------------

// Fills in work.base from the command's Base-Version.
Result<void> read_base(Work& work, const Row& row);
// The record as the author saw it; nullopt where the command is not behind, or where the record is
// a nested child that its author did not know.
Result<std::optional<RecordState>> record_at_base(const Work& work, const RecordKey& key);
// Group by group what others changed since; `yours` is empty.
Result<std::vector<FieldConflict>> changes_since(const Work& work, const Row& row,
                                                 const RecordState& before);
// The same of a row and its nested children.
Result<std::vector<FieldConflict>> document_changes(const Work& work, const Row& row);
// Fills in work.others_changed. Call when all operations on `row` are drafted.
Result<void> note_others(Work& work, const Row& row);
Result<void> describe_writer(const State& state, const Dot& event, FieldConflict& conflict);

// --- rows (decide_row.cpp) -----------------------------------------------------------------------

Result<void> update_row(Work& work, const Row& row, const RowInput& input);
// Drafts a set for each group in which `named`, already checked, differs from what is shown.
Result<void> write_groups(Work& work, const Row& row, const ColumnValues& named);
// References that `values` names and `row` does not show already must be there.
Result<void> check_references(Work& work, const Table& table, const ColumnValues& values,
                              const Row* row, const std::string& pointer);

// --- new rows (decide_create.cpp) ----------------------------------------------------------------

struct NewRow {
  RecordKey key;
  RecordId parent;
  std::string sort_order;  // of a row that names none
};
Result<void> create_row(Work& work, const NewRow& place, const RowInput& input);
// Restores a gone row and sets what `input` names.
Result<void> revive_row(Work& work, const Row& row, const RowInput& input);
// The id a row without one gets: the same for the same Idempotency-Key, on every node.
RecordId make_id(const Work& work, const Table& table, const std::string& pointer);
std::string sort_order_of(const RecordState& record);

// --- nested lists (decide_nested.cpp) ------------------------------------------------------------

// Whole-list semantics for every list that `input` names.
Result<void> write_children(Work& work, const Table& table, RecordId parent, const RowInput& input);
Result<std::vector<Row>> living_children(const State& state, const Table& table, RecordId parent);

// --- unique slots (decide_unique.cpp) ------------------------------------------------------------

// The lowest free value of a unique column, given those in use.
std::int64_t free_slot(const Table& table, const std::vector<Value>& used);
FieldError slot_taken(const Table& table, const std::string& pointer, const Value& value,
                      const std::vector<Value>& used);
// A changed slot of one row may not be that of a visible sibling.
Result<void> check_slot(Work& work, const Table& table, RecordId parent, const RecordKey& key,
                        const ColumnValues& named, const std::string& pointer);
// The slots that visible siblings under `parent` show.
Result<std::vector<Value>> used_slots(const State& state, const Table& table, RecordId parent);

// --- the kinds of commands -----------------------------------------------------------------------

Result<Draft> decide_create(Work& work);
Result<Draft> decide_update(Work& work);
Result<Draft> decide_remove(Work& work);
Result<Draft> decide_restore(Work& work);
Result<Draft> decide_resolve(Work& work);
Result<Draft> decide_lock(Work& work);
Result<Draft> decide_unlock(Work& work);
Result<Draft> decide_moment(Work& work);
Result<Draft> decide_batch(Work& work);

}  // namespace genlock::decide_parts
