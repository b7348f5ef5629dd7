// The conflicts of one record, worked out from its state (merging rules 3-7). Used by engine/view
// only.
#pragma once

#include "engine/conflict.h"
#include "engine/state.h"
#include "engine/view.h"

#include <vector>

namespace genlock {

// Pending ones rest while the record is gone or hidden; decided ones and losses stay on record.
Result<std::vector<Conflict>> conflicts_of(const State& state, const RecordState& record,
                                           const RecordView& view);

// Who wants the slot that `record` shows, the earliest claim first: that one shows in it.
struct SlotOrder {
  struct Claimant {
    RecordId id;
    Rank dated;  // the write of the shown value or the latest restore, whichever is later
    Dot event;
  };
  Value value;
  std::vector<Claimant> claimants;  // visible ones
};
Result<SlotOrder> slot_order(const State& state, const Table& table, const RecordState& record);

}  // namespace genlock
