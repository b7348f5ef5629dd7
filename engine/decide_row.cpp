#include "engine/decide_parts.h"
#include "engine/merge.h"
#include "engine/sibling_merge.h"

#include <algorithm>

// Updates: one set for each field group that really changes.
namespace genlock::decide_parts {
namespace {

ColumnValues overlay(ColumnValues values, const Group& group, const ColumnValues& named) {
  for (ColumnId column : group.columns)
    if (const Value* value = find(named, column)) set(values, column, *value);
  return values;
}

bool names_any(const ColumnValues& named, const Group& group) {
  return std::ranges::any_of(group.columns, [&](ColumnId c) { return find(named, c) != nullptr; });
}

Operation& add_set(Work& work, const Row& row, const Group& group, ColumnValues values) {
  Operation& operation = work.add(OperationKind::set, row.key());
  operation.group = group.id;
  operation.values = std::move(values);
  return operation;
}

// Where a conflict is pending, a plain write replaces only what it sees; the other sides stay. A
// write with the present version as its base has seen all sides and decides between them.
void name_sides(Operation& operation, const Work& work, const Row& row, const Group& group) {
  const GroupState* state = row.record.group(group.id);
  if (!state) return;
  Shown now = shown(row.table, *state);
  if (!now.pending) return;
  bool knows_all = work.base && work.base->is_present;
  operation.replaces.emplace();
  for (const Write& sibling : state->siblings) {
    if (now.shows(sibling) || knows_all) operation.replaces->push_back(sibling.dot);
  }
  operation.base = shown_values(row.view, group);
}

void write_group(Work& work, const Row& row, const Group& group, const ColumnValues& named) {
  ColumnValues now = shown_values(row.view, group);
  ColumnValues wanted = overlay(now, group, named);
  if (wanted == now) return;
  Operation& operation = add_set(work, row, group, std::move(wanted));
  name_sides(operation, work, row, group);
}

// --- a write whose author had not seen all -------------------------------------------------------

// One group, three ways: what its author saw, what the author wants, what stands.
struct Merge {
  const Group& group;
  ColumnValues before;
  ColumnValues wanted;
  std::vector<const Write*> known;   // siblings that the author had seen, or that undid the others
  std::vector<const Write*> others;  // siblings of another value that the author had not seen
};

Merge compare(const Work& work, const Row& row, const RecordState& before, const Group& group,
              const ColumnValues& named) {
  Merge merge{group, written_values(*row.table, before, group.id), {}, {}, {}};
  merge.wanted =
      overlay(merge.before.empty() ? shown_values(row.view, group) : merge.before, group, named);
  const GroupState* state = row.record.group(group.id);
  if (!state) return merge;
  for (const Write& sibling : state->siblings) {
    if (work.base->seen.contains(sibling.dot) || sibling.value == merge.before) {
      merge.known.push_back(&sibling);
    } else if (sibling.value != merge.wanted) {
      merge.others.push_back(&sibling);
    }
  }
  return merge;
}

// The one that shows, else the highest.
const Write& strongest(const Row& row, const Merge& merge) {
  const Write* shown_now = shown(row.table, *row.record.group(merge.group.id)).write;
  bool shows = std::ranges::find(merge.others, shown_now) != merge.others.end();
  return shows ? *shown_now : *merge.others.back();
}

Result<void> report_conflict(Work& work, const Row& row, const Merge& merge) {
  const Write& theirs = strongest(row, merge);
  FieldConflict conflict;
  conflict.record = row.key();
  conflict.group = merge.group.id;
  conflict.base = merge.before;
  conflict.yours = merge.wanted;
  conflict.theirs = shown(row.table, *row.record.group(merge.group.id)).said_by(theirs);
  TRY(describe_writer(work.state, theirs.dot, conflict));
  work.conflicts.push_back(std::move(conflict));
  return {};
}

void note_pending(Work& work, const Row& row, const Merge& merge) {
  bool is_marked = std::ranges::any_of(merge.others, [](const Write* w) { return w->suspect; });
  bool is_pending = is_marked || merge.group.policy == Policy::flagged;
  if (merge.others.empty() || !is_pending || work.draft.outcome.pending_conflict) return;
  work.draft.outcome.pending_conflict =
      field_conflict_id(work.state.stream(), row.key(), merge.group.id);
}

// What the author saw, also where others have replaced it since: from the names comes the base of a
// conflict.
std::vector<Dot> names_of(const Merge& merge, const RecordState& before) {
  std::vector<Dot> names;
  if (const GroupState* seen = before.group(merge.group.id))
    for (const Write& sibling : seen->siblings) names.push_back(sibling.dot);
  for (const Write* sibling : merge.known) names.push_back(sibling->dot);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

void add_merge(Work& work, const Row& row, const RecordState& before, Merge merge) {
  const GroupState* state = row.record.group(merge.group.id);
  bool saw_all = !state || merge.known.size() == state->siblings.size();
  bool is_plain = saw_all && !(state && shown(row.table, *state).pending);
  Operation& operation = add_set(work, row, merge.group, std::move(merge.wanted));
  if (is_plain) return;
  operation.replaces = names_of(merge, before);
  operation.base = std::move(merge.before);
}

// An event like the one that would be written, which ranks above all that is here.
Event event_like(const Row& row, const RecordState& before, const Merge& merge) {
  Event event;
  event.dot = {OriginId{}, Sequence{1}};
  event.time = HybridTime{UINT64_MAX};
  Operation& operation = event.operations.emplace_back();
  operation.table = row.table->id;
  operation.record = row.view.id;
  operation.group = merge.group.id;
  operation.values = merge.wanted;
  operation.replaces = names_of(merge, before);
  return event;
}

// Rule 8: whether the fold will merge this write and those of others without a loss.
Result<bool> merges_finer(const Work& work, const Row& row, const RecordState& before,
                          const Merge& merge) {
  if (grain_of(row.table, merge.group.id) == Grain::whole) return false;
  Event event = event_like(row, before, merge);
  TRY_ASSIGN(StreamHead head, work.state.log().head(work.state.reader(), work.state.stream()));
  VersionVector context = head.vector();
  TRY_ASSIGN(std::vector<RecordEvent> history, work.state.history(row.key()));
  TRY_ASSIGN(LockState locks, work.state.locks());
  std::vector<Write> siblings = row.record.group(merge.group.id)->siblings;
  GroupWriter(row.key(), merge.group.id, locks).write(event, context, siblings);
  SiblingMerge finer(row.key(), merge.group.id, history, locks);
  finer.add(event, context);
  std::optional<Merged> merged = finer.merge(siblings);
  return merged && merged->overruled.empty();
}

Result<void> note_finer(Work& work, const Row& row, const RecordState& before, const Merge& merge) {
  if (row.key() != work.draft.outcome.record) return {};
  TRY_ASSIGN(bool finer, merges_finer(work, row, before, merge));
  if (finer) work.others_changed.push_back(merge.group.columns.front());
  return {};
}

// What the author left as it was is not an edit, and what already shows needs none.
bool is_edit(const Row& row, const Merge& merge) {
  return merge.wanted != merge.before && merge.wanted != shown_values(row.view, merge.group);
}

Result<void> merge_group(Work& work, const Row& row, const RecordState& before, const Group& group,
                         const ColumnValues& named) {
  Merge merge = compare(work, row, before, group, named);
  if (!is_edit(row, merge)) return {};
  if (!merge.others.empty()) TRY(note_finer(work, row, before, merge));
  if (!merge.others.empty() && !work.command.record_conflict)
    return report_conflict(work, row, merge);
  note_pending(work, row, merge);
  add_merge(work, row, before, std::move(merge));
  return {};
}

// --- checks --------------------------------------------------------------------------------------

// Identity and life are not columns to write: a body may repeat them, not change them.
void check_identity(Work& work, const Row& row, const RowInput& input) {
  if (input.id && *input.id != row.view.id)
    work.fault(input.pointer + "/id", "read_only", "is the row's name and cannot change");
  if (input.parent && *input.parent != row.view.parent)
    work.fault(input.pointer + "/" + std::string(row.table->parent_column), "read_only",
               "a row cannot move: copy it and delete this one");
  if (input.is_deleted && *input.is_deleted != row.view.is_deleted)
    work.fault(input.pointer + "/is_deleted", "read_only", "use DELETE, or restore");
}

Result<bool> is_visible(const State& state, const RecordKey& key) {
  TRY_ASSIGN(std::optional<RecordView> target, view(state, key));
  return target && target->visible();
}

}  // namespace

Result<void> check_references(Work& work, const Table& table, const ColumnValues& values,
                              const Row* row, const std::string& pointer) {
  for (const ColumnValue& item : values) {
    const Column* column = table.column(item.column);
    const Uuid* target = std::get_if<Uuid>(&item.value);
    if (!column || column->set_null_target == TableId::none || !target) continue;
    if (row && row->view.value(item.column) == item.value) continue;
    TRY_ASSIGN(bool there, is_visible(work.state, {column->set_null_target, RecordId{*target}}));
    if (there) continue;
    work.fault(pointer + "/" + std::string(column->name), "reference",
               "there is no " + std::string(find_table(column->set_null_target)->name) + " " +
                   target->to_string());
  }
  return {};
}

Result<void> write_groups(Work& work, const Row& row, const ColumnValues& named) {
  TRY_ASSIGN(std::optional<RecordState> before, record_at_base(work, row.key()));
  for (const Group& group : row.table->groups) {
    if (!names_any(named, group)) continue;
    if (before) {
      TRY(merge_group(work, row, *before, group, named));
    } else {
      write_group(work, row, group, named);
    }
  }
  return {};
}

Result<void> update_row(Work& work, const Row& row, const RowInput& input) {
  check_identity(work, row, input);
  ColumnValues named = input.values;
  check_values(*row.table, named, input.pointer, work.errors);
  TRY(check_references(work, *row.table, named, &row, input.pointer));
  TRY(write_groups(work, row, named));
  return write_children(work, *row.table, row.view.id, input);
}

Result<Draft> decide_update(Work& work) {
  TRY_ASSIGN(Row row, need_visible_row(work));
  TRY(check_unlocked(work));
  TRY(check_if_match(work, row));
  TRY(read_base(work, row));
  const RowInput& input = work.command.row;
  TRY(update_row(work, row, input));
  TRY(check_slot(work, *row.table, row.view.parent, row.key(), input.values, input.pointer));
  TRY(note_others(work, row));
  return finish(work);
}

}  // namespace genlock::decide_parts
