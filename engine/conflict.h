// A conflict: concurrent edits of one field group, of a record's life, a slot claimed twice, or
// writes that a lock held off. Its id is its address and the same everywhere; its sides are
// content. Derived from record states, never written; resolving it is an event.
#pragma once

#include "engine/record.h"

#include <optional>
#include <string>
#include <vector>

namespace genlock {

enum class ConflictKind { field, life, unique, lock };
const char* to_string(ConflictKind kind);

struct ConflictSide {
  std::string key;       // "a", "b", ... in canonical order
  bool deleted = false;  // life: this side wants the record gone; `value` is empty then
  ColumnValues value;    // columns of the group
  RecordId record;       // unique: the claimant; else the conflict's record
  Dot event;
  HybridTime time = HybridTime::zero;
  UnixMs wall_ms = 0;
  Role role = Role::lan;
  Person by;
  std::uint64_t version = 0;  // events of the record in this side's past, itself included
  bool operator==(const ConflictSide&) const = default;
};

struct Conflict {
  Uuid id;
  ConflictKind kind = ConflictKind::field;
  StreamId stream;
  RecordKey record;               // unique: the claimant that shows
  std::string label;              // of the record as shown
  GroupId group = GroupId::none;  // life_group for life
  ColumnValues base;              // empty: there was nothing
  std::vector<ConflictSide> sides;
  std::size_t shown = 0;  // index into sides
  Resolution resolution = Resolution::pending;
  Dot resolved_by_event;  // when resolved
  UnixMs resolved_ms = 0;
  Person resolved_by;
  UnixMs created_ms = 0;                 // wall reading of the later side
  std::optional<Dot> lock;               // the lock that held a side off
  std::optional<std::int64_t> proposed;  // unique: a free value
  bool loss = false;  // a lost last-writer-wins value: a row of its own, resolved from the start
  bool operator==(const Conflict&) const = default;

  bool pending() const { return resolution == Resolution::pending; }
  // Sides of the source document's columns: the highest of role cloud (else the shown one), the
  // highest other.
  const ConflictSide* cloud_side() const;
  const ConflictSide* local_side() const;
};

// Ids: UUIDv5 over the address.
Uuid field_conflict_id(StreamId stream, const RecordKey& record, GroupId group);
Uuid unique_conflict_id(StreamId stream, std::uint16_t unique_id, RecordId parent,
                        const Value& value);
Uuid loss_id(StreamId stream, const Dot& loser, const RecordKey& record, GroupId group);

// The conflict's ETag: a hash of its side ids (and of its being resolved), quoted.
std::string etag_of(const Conflict& conflict);

}  // namespace genlock
