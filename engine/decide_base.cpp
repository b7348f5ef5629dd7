#include "engine/decide_parts.h"
#include "engine/directory.h"

#include <algorithm>

// Base versions: an ETag names the heads that its reader saw, and with everything those had seen
// they make up a version vector. What stands on the row outside of it is the work of others.
// A base of before the floor is refused: what its author saw is not known any more, and what such a
// write would name was dropped, here or elsewhere (engine/compaction.h).
namespace genlock::decide_parts {
namespace {

Error too_old(const RecordKey& key) {
  ErrorDetail detail;
  detail.record = key;
  return refuse(ErrorCode::precondition,
                "the version this was based on is of before the compaction horizon: reload the row",
                std::move(detail));
}

// What the base saw of a record can be told where it saw all that was dropped of it, or nothing.
bool is_known_at(const RecordFacts& facts, const VersionVector& seen) {
  bool has_seen_all = false, has_seen_some = false;
  for (const RecordFacts::Kept& kept : facts.kept) {
    if (!seen.contains(kept.dot)) continue;
    has_seen_some = true;
    has_seen_all = has_seen_all || kept.dropped_before == facts.dropped;
  }
  return has_seen_all || !has_seen_some;
}

// Heads that this node does not have are left out: the write counts as concurrent with them.
Result<VersionVector> vector_of(const State& state, const ETag& etag, const RecordKey& key) {
  TRY_ASSIGN(StreamHead head, state.log().head(state.reader(), state.stream()));
  TRY_ASSIGN(const VersionVector floor, state.log().floor(state.reader(), state.stream()));
  VersionVector known = head.vector();
  VersionVector seen;
  for (const Dot& dot : etag.heads) {
    if (!known.contains(dot)) continue;
    if (floor.contains(dot)) {
      const auto kept = state.log().read(state.reader(), {state.stream(), dot});
      if (!kept.ok() && kept.error().code == ErrorCode::compacted) return too_old(key);
      if (!kept.ok()) return kept.error();
    }
    TRY_ASSIGN(VersionVector context,
               state.log().context_of(state.reader(), {state.stream(), dot}));
    seen.merge(context);
    seen.raise(dot.origin, dot.sequence);
  }
  return seen;
}

// This node has promised to build on what it acknowledged (engine/stability.h): a base that has not
// seen all of that on the record could name what others may drop.
Result<bool> breaks_promise(const Work& work, const RecordKey& key) {
  const State& state = work.state;
  if (work.context.origin == OriginId{}) return false;
  TRY_ASSIGN(const auto said,
             said_of(state.reader(), state.log(), work.context.origin, state.stream()));
  if (!said) return false;
  TRY_ASSIGN(const std::vector<Dot> events, state.event_dots(key));
  return std::ranges::any_of(events, [&](const Dot& dot) {
    return said->stable.contains(dot) && !work.base->seen.contains(dot);
  });
}

// The row's heads, before a batch began to write to it.
Result<std::vector<Dot>> heads_of_others(const Work& work, const Row& row) {
  if (!work.context.earlier) return row.view.heads;
  TRY_ASSIGN(std::optional<RecordView> before, view(work.context.earlier->state, row.key()));
  return before ? std::move(before->heads) : std::vector<Dot>{};
}

bool writes(const Draft& draft, const RecordKey& key, GroupId group) {
  return std::ranges::any_of(draft.operations, [&](const Operation& operation) {
    return operation.kind == OperationKind::set && operation.table == key.table &&
           operation.record == key.id && operation.group == group;
  });
}

bool lost(const std::vector<FieldConflict>& conflicts, const RecordKey& key, GroupId group) {
  return std::ranges::any_of(conflicts, [&](const FieldConflict& conflict) {
    return conflict.record == key && conflict.group == group;
  });
}

void collect_differing(const ColumnValues& was, const ColumnValues& is,
                       std::vector<ColumnId>& columns) {
  for (const ColumnValue& item : is) {
    const Value* before = find(was, item.column);
    if (!before || *before != item.value) columns.push_back(item.column);
  }
}

}  // namespace

Result<void> read_base(Work& work, const Row& row) {
  if (!work.command.base_version) return {};
  Base base;
  TRY_ASSIGN(base.seen, vector_of(work.state, *work.command.base_version, row.key()));
  TRY_ASSIGN(std::vector<Dot> heads, heads_of_others(work, row));
  base.is_present =
      std::ranges::all_of(heads, [&](const Dot& head) { return base.seen.contains(head); });
  if (work.context.earlier) base.seen.merge(work.context.earlier->written);
  work.base = std::move(base);
  return {};
}

Result<std::optional<RecordState>> record_at_base(const Work& work, const RecordKey& key) {
  if (!work.moved_on()) return std::optional<RecordState>{};
  TRY_ASSIGN(const std::optional<RecordFacts> facts,
             work.state.log().facts(work.state.reader(), work.state.stream(), key));
  if (facts && !is_known_at(*facts, work.base->seen)) return too_old(key);
  TRY_ASSIGN(const bool is_too_old, breaks_promise(work, key));
  if (is_too_old) return too_old(key);
  TRY_ASSIGN(std::optional<RecordState> before, record_at(work.state, key, work.base->seen));
  // A base of which nothing is known here covers nothing: all that stands is the work of others.
  if (!before && key == work.draft.outcome.record) before.emplace();
  return before;
}

Result<void> describe_writer(const State& state, const Dot& dot, FieldConflict& conflict) {
  TRY_ASSIGN(Event event, read_event(state, dot));
  conflict.event = dot;
  conflict.by = event.by;
  conflict.wall_ms = event.wall_ms;
  return {};
}

Result<std::vector<FieldConflict>> changes_since(const Work& work, const Row& row,
                                                 const RecordState& before) {
  std::vector<FieldConflict> changes;
  for (const Group& group : row.table->groups) {
    const GroupState* state = row.record.group(group.id);
    if (!state) continue;
    FieldConflict change;
    change.record = row.key();
    change.group = group.id;
    change.base = written_values(*row.table, before, group.id);
    change.theirs = written_values(*row.table, row.record, group.id);
    if (change.base == change.theirs) continue;
    TRY(describe_writer(work.state, shown(row.table, *state).write->dot, change));
    changes.push_back(std::move(change));
  }
  return changes;
}

Result<std::vector<FieldConflict>> document_changes(const Work& work, const Row& row) {
  TRY_ASSIGN(std::optional<RecordState> before, record_at_base(work, row.key()));
  TRY_ASSIGN(std::vector<FieldConflict> changes,
             changes_since(work, row, before ? *before : RecordState{}));
  for (const Table* table : child_tables(row.table->id)) {
    if (!table->nested) continue;
    TRY_ASSIGN(std::vector<Row> children, living_children(work.state, *table, row.view.id));
    for (const Row& child : children) {
      TRY_ASSIGN(std::vector<FieldConflict> more, document_changes(work, child));
      changes.insert(changes.end(), more.begin(), more.end());
    }
  }
  return changes;
}

Result<void> note_others(Work& work, const Row& row) {
  TRY_ASSIGN(std::optional<RecordState> before, record_at_base(work, row.key()));
  if (!before) return {};
  for (const Group& group : row.table->groups) {
    if (writes(work.draft, row.key(), group.id) || lost(work.conflicts, row.key(), group.id))
      continue;
    collect_differing(written_values(*row.table, *before, group.id),
                      written_values(*row.table, row.record, group.id), work.others_changed);
  }
  std::ranges::sort(work.others_changed);
  return {};
}

}  // namespace genlock::decide_parts
