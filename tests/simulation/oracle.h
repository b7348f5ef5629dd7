// The oracle: what a stream shows, worked out from all of its events at once by the words of the
// merging rules (docs/merging.md) and of nothing in the engine: no fold, no state, no increments,
// no history that is cut short. It asks over and over "which of all writes did no write replace?",
// in time that only a simulation can afford. Of the product it uses the decoded events and the
// tables of the schema.
//
// Rule 8 (finer merging of notes and JSON) is not done again here; what may be merged is told apart
// and held against weaker laws (oracle_check.cpp).
#pragma once

#include "simulation/log_check.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace genlock::simulation {

using RowKey = RecordKey;

// One write of one group.
struct Claim {
  const Fact* fact = nullptr;
  std::size_t order = 0;                    // of the operation in its event
  ColumnValues value;                       // every column of the group
  const std::vector<Dot>* named = nullptr;  // nullptr: all that its writer had seen
  bool held = false;                        // rule 7

  Rank rank() const { return fact->event.rank(); }
  const Dot& dot() const { return fact->event.dot; }
};
using Claims = std::vector<Claim>;

// A group as the rules say it: the claims that no claim replaced, ascending rank.
struct OracleGroup {
  Claims siblings;
  std::size_t shown = 0;   // of the siblings
  bool pending = false;    // rules 4, 7 and 9
  bool may_merge = false;  // rule 8 may show more than one sibling
  // Rule 3, winner by loser: what is not shown, and what somebody replaced without naming it while
  // it was not shown to them; of several winners the highest. Without meaning where the group's
  // grain is finer.
  std::map<Dot, Dot> overruled;
};

struct OracleRow {
  bool created = false;
  RecordId parent;
  bool gone = false;          // by its own deletes
  bool life_pending = false;  // rule 5
  bool life_decided = false;
  bool two_parents = false;  // created under several: the create of the lowest rank counts
  std::uint64_t version = 0;
  UnixMs created_ms = 0, updated_ms = 0;
};

class Oracle {
 public:
  // `facts` outlives this.
  Oracle(StreamId stream, const std::vector<Fact>& facts);

  const std::set<RowKey>& rows() const { return rows_; }
  const OracleRow& row(const RowKey& key) const;
  OracleGroup group(const RowKey& key, const Group& group) const;
  // Every write of a group, in no order.
  Claims claims(const RowKey& key, const Group& group) const;

  // The nearest gone ancestor.
  std::optional<RowKey> hidden_by(const RowKey& key) const;
  bool visible(const RowKey& key) const;
  // The rows that want the slot of this one, the one that shows first (rule 6); empty: it has none.
  std::vector<RowKey> claimants(const RowKey& key) const;
  std::size_t void_locks() const { return void_locks_; }

 private:
  struct Lock {
    const Fact* fact;
    bool stands;
  };
  struct Stroke {  // a delete or a restore
    const Fact* fact;
    std::size_t order;
    bool deletes;
    bool held;
  };

  void find_locks();
  bool held_off(const Fact& fact, const VersionVector* within) const;
  std::vector<Lock> locks_in(const VersionVector* within) const;
  OracleRow work_out(const RowKey& key) const;
  bool keeps_alive(const RowKey& key, const std::vector<Stroke>& standing) const;
  bool is_below(RowKey at, const RowKey& above) const;
  OracleGroup settle(Claims claims, const Group& group) const;
  void note_overruled(const Claims& all, const Group& group, OracleGroup& result) const;
  std::optional<Rank> claim_date(const RowKey& key) const;

  StreamId stream_;
  const std::vector<Fact>& facts_;
  std::set<RowKey> rows_;
  std::map<RowKey, std::vector<const Fact*>> by_row_;
  mutable std::map<RowKey, OracleRow> worked_out_;
  std::map<RowKey, RecordId> parents_;
  std::vector<Lock> locks_;
  std::size_t void_locks_ = 0;
};

}  // namespace genlock::simulation
