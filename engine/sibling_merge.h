// The siblings of one group together: what their authors had seen, the base that they share, and
// what they say merged (merging rule 8). Worked out from the events on the record alone, and only
// from those that a sibling's author had seen, so no later arrival changes it.
//
// A base may itself be merged: it is worked out the same way, down to the last time that somebody
// who knew all wrote the group.
#pragma once

#include "engine/lock.h"
#include "engine/record.h"
#include "engine/state.h"

#include <map>
#include <optional>
#include <vector>

namespace genlock {

// How fine concurrent writes of a group are merged; whole for flagged groups and unknown ones.
Grain grain_of(const Table* table, GroupId group);

class SiblingMerge {
 public:
  // `history` and `locks` outlive this.
  SiblingMerge(const RecordKey& record, GroupId group, const std::vector<RecordEvent>& history,
               const LockState& locks);
  // One more event on the record, which is in `history` or comes after all of it.
  void add(const Event& event, const VersionVector& context);

  // nullopt: they are not to be merged (one value, flagged, a marked clock among them, nothing
  // finer than the group, out of bounds).
  std::optional<Merged> merge(const std::vector<Write>& siblings);
  // The group as it stood for a writer who had seen `within`.
  GroupState at(const VersionVector& within);
  // What the group showed in the events that the authors of all siblings had seen, themselves
  // included.
  ColumnValues base_of(const std::vector<Write>& siblings);

 private:
  struct Past {
    const Event* event;
    const VersionVector* context;
  };
  using EventSet = std::vector<bool>;  // by place in past_

  void begin();
  EventSet covered_by(const Dot& write) const;
  const std::vector<Dot>* named_by(const Event& event) const;
  GroupState state_in(const EventSet& events, const LockState& locks);
  ColumnValues shown_in(const EventSet& events);
  std::optional<Value> base_in(const EventSet& events);
  std::optional<Merged> merge_trusted(const std::vector<Write>& siblings);
  std::optional<Merged> merge_over_bases(const GroupState& group);

  RecordKey record_;
  GroupId group_;
  const Table* table_;
  const LockState& locks_;
  std::vector<Past> past_;
  std::map<Dot, std::size_t> places_;
  std::map<EventSet, Value> bases_;  // found for this question
  bool exhausted_ = false;           // it needs more of them than limits::max_merge_bases
};

}  // namespace genlock
