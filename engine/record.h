// What the fold keeps of one record: for each field group the writes that stand, and what decides
// whether it lives. A pure function of the set of events on the record and its descendants and of
// the locks of its stream; how it is computed is in engine/merge.h. Rows, conflicts and ETags are
// views of it (engine/view.h, engine/conflict.h).
#pragma once

#include "engine/event.h"
#include "engine/result.h"
#include "engine/schema.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace genlock {

struct RecordKey {
  TableId table = TableId::none;
  RecordId id;
  auto operator<=>(const RecordKey&) const = default;
};

// One write of one group. Siblings are the writes that no other write replaces.
struct Write {
  Dot dot;
  HybridTime time = HybridTime::zero;
  Role role = Role::lan;
  bool suspect = false;  // its writer's clock was not to be trusted
  bool held = false;     // concurrent with a standing lock (merging rule 7)
  ColumnValues value;    // the whole group, nulls too

  Rank rank() const { return {time, dot.origin}; }
  bool operator==(const Write&) const = default;
};

// A write that does not show and that nobody was asked about (merging rule 3): a resolved row of
// sync_conflicts.
struct Loss {
  Dot loser;
  Dot winner;
  Role winner_role = Role::lan;
  auto operator<=>(const Loss&) const = default;
};

// The latest write (in canonical order) that decided between values.
struct Decision {
  Dot by;
  HybridTime time = HybridTime::zero;
  Resolution resolution = Resolution::manual;
  std::vector<Dot> sides;  // what it named
  bool operator==(const Decision&) const = default;
};

// What differing siblings say together (merging rule 8).
struct Merged {
  ColumnValues value;
  std::vector<Loss> overruled;  // siblings with changes that overlap a higher one's, sorted
  bool operator==(const Merged&) const = default;
};

struct GroupState {
  GroupId id = GroupId::none;
  std::vector<Write> siblings = {};  // ascending rank, never empty once written
  // Of those that no lock held off; worked out from them and from what their authors had seen
  // (engine/sibling_merge.h).
  std::optional<Merged> merged = {};
  std::vector<Loss> losses = {};  // of writes that were replaced; those among the siblings are
                                  // derived
  std::optional<Decision> decision = {};
  bool operator==(const GroupState&) const = default;
};

// A delete that no later delete or restore has seen.
struct StandingDelete {
  Dot dot;
  HybridTime time = HybridTime::zero;
  UnixMs wall_ms = 0;
  bool held = false;
  bool operator==(const StandingDelete&) const = default;
};

// The touch (set, create or restore on the record or a descendant) of the highest rank that no
// standing delete has seen and that is concurrent with one of them: it keeps the record alive
// (merging rule 5).
struct Touch {
  Dot dot;
  HybridTime time = HybridTime::zero;
  bool operator==(const Touch&) const = default;
};

struct LifeState {
  bool created = false;  // a create is known; a record without one is not shown
  Write create;          // the create of the lowest rank (value unused): its parent counts
  std::vector<StandingDelete> deletes;  // ascending rank
  std::optional<Touch> witness;
  HybridTime restored = HybridTime::zero;  // latest restore, zero: none
  Dot restored_by;
  std::optional<Decision> decision;
  bool operator==(const LifeState&) const = default;
};

// One event on a record, by name.
struct PastEvent {
  Dot dot;
  bool touches = false;  // set, create, restore or resolve: keeps a record alive
  bool operator==(const PastEvent&) const = default;
};

struct RecordState {
  TableId table = TableId::none;
  RecordId id;
  RecordId parent;            // nil: a root
  std::uint64_t version = 0;  // events with a create, set, delete, restore or resolve on the record
  Rank first;                 // its first event in canonical order
  UnixMs created_ms = 0;      // wall reading of that event
  Rank latest;                // its last event in canonical order
  Sequence latest_sequence = Sequence::none;
  UnixMs updated_ms = 0;
  Person latest_by;
  std::vector<Dot> heads;  // events on the record that no other event on it has seen, sorted
  std::vector<Dot> document_heads;  // the same over the record and its nested children; for tables
                                    // that nest others
  // The events on the record by (origin, sequence): of each origin those that do not make a full
  // run yet. Full runs are keys of their own (engine/past_events.h).
  std::vector<PastEvent> recent;
  std::vector<GroupState> groups;  // ascending id
  LifeState life;

  RecordKey key() const { return {table, id}; }
  const GroupState* group(GroupId group) const;
  bool operator==(const RecordState&) const = default;

  // Gone by its own deletes (not by a parent's).
  bool deleted() const;
  bool alive() const { return life.created && !deleted(); }
  // A standing delete and a touch it did not see, or a held-off delete or create: somebody has to
  // decide.
  bool life_pending() const;
};

// How a group shows. Points into the GroupState.
struct Shown {
  struct Hidden {
    const Write* write;
    const Write* by;  // what shows in its place
  };
  const Write* write = nullptr;  // the shown sibling, of merged ones the highest; nullptr: never
                                 // written
  const ColumnValues* value = nullptr;  // what it says, or what the merged ones say together
  bool pending = false;       // siblings of differing values that somebody has to decide between
  bool lock_pending = false;  // ... because of a lock
  std::vector<Hidden> not_shown;  // siblings whose value is another, and not part of what is merged

  bool shows(const Write& sibling) const;
  // What a sibling stands for: the shown value, also of what is part of it, or its own.
  const ColumnValues& said_by(const Write& sibling) const {
    return shows(sibling) ? *value : sibling.value;
  }
};
// `table` nullptr or a group unknown to it: last-writer-wins.
Shown shown(const Table* table, const GroupState& group);

// State bytes of Space::state: this node's own, versioned by fold_version; never shipped.
std::string encode(const RecordState& record);
Result<RecordState> decode_record(std::string_view bytes);

// Version of the fold's rules and of the bytes above. A store written by another one is rebuilt
// from the log.
inline constexpr std::uint32_t fold_version = 6;

}  // namespace genlock
