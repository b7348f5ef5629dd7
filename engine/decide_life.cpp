#include "engine/decide_parts.h"

// Delete and restore. Children are not written: they are hidden with their parent and come back
// with it (merging rule 6).
namespace genlock::decide_parts {
namespace {

// A deletion by somebody who has not seen what others did to the row since would take it away
// unread. `Prefer: conflict=record` does not change that: an event of this node covers all that the
// node has, so a deletion in it could not stand beside what its author did not see.
Result<void> check_unchanged(Work& work, const Row& row) {
  TRY(read_base(work, row));
  if (!work.moved_on()) return {};
  TRY_ASSIGN(work.conflicts, document_changes(work, row));
  return {};
}

}  // namespace

Result<Draft> decide_remove(Work& work) {
  TRY_ASSIGN(Row row, need_row(work));
  TRY(check_unlocked(work));
  TRY(check_if_match(work, row));
  if (!row.view.visible()) return finish(work);  // again: success, and no new event
  TRY(check_unchanged(work, row));
  work.add(OperationKind::remove, row.key());
  return finish(work);
}

Result<Draft> decide_restore(Work& work) {
  TRY_ASSIGN(Row row, need_row(work));
  TRY(check_not_hidden(work.state, row.view));
  TRY(check_unlocked(work));
  TRY(check_if_match(work, row));
  bool is_open = row.view.is_deleted || row.record.life_pending();
  if (is_open) work.add(OperationKind::restore, row.key());
  return finish(work);
}

}  // namespace genlock::decide_parts
