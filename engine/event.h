// An event: one atomic write of one or more records of one stream; never changes. It is encoded
// once, by its origin (engine/event_codec.h), and stored and shipped as those bytes.
#pragma once

#include "engine/hybrid_time.h"
#include "engine/ids.h"
#include "engine/value.h"
#include "engine/version_vector.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace genlock {

enum class Role : std::uint8_t { cloud = 1, lan = 2 };
const char* to_string(Role role);  // "cloud", "lan"

// Chain value of an event: SHA-256(chain value of the same origin's previous event in the stream,
// stored bytes). It is also "the event's hash": it commits to the event and to everything before it
// of that origin.
using ChainHash = std::array<std::uint8_t, 32>;
// Its first 8 bytes, as a context carries it.
using ShortHash = std::array<std::uint8_t, 8>;
ShortHash shorten(const ChainHash& hash);

// "I had seen `origin` up to `last`, whose hash begins so."
struct ContextEntry {
  OriginId origin;
  Sequence last = Sequence::none;
  ShortHash hash{};
  bool operator==(const ContextEntry&) const = default;
};

// Who edited, as the client said it (docs/api.md, section 3). All may be empty.
struct Person {
  std::string user;  // a name for people
  Uuid user_id;      // as sent, or UUIDv5 of the name; nil: unknown
  std::string device;
  bool operator==(const Person&) const = default;
};

enum class OperationKind : std::uint8_t {
  create = 1,   // values: all columns that are not null; parent
  set = 2,      // one field group: group, values = the whole group
  remove = 3,   // tombstone
  restore = 4,  // brings a deleted record back
  resolve = 5,  // group and values (for life_group: one value, column none, true = deleted); names
                // the sides; resolution
  lock = 6,     // on the stream's root record: node, until, reason
  unlock = 7,   // releases the locks in its context; reason when overridden
  moment = 8,   // a named point: reason holds the name
};

const char* to_string(OperationKind kind);  // "create", "set", "delete", ...

enum class Resolution : std::uint8_t { pending = 0, cloud_wins = 1, local_wins = 2, manual = 3 };
const char* to_string(Resolution resolution);

struct Operation {
  OperationKind kind = OperationKind::set;
  TableId table = TableId::none;
  RecordId record;
  RecordId parent;                // create only; nil for root tables
  GroupId group = GroupId::none;  // set and resolve
  ColumnValues values;            // set and resolve: every column of the group, nulls too
  // The writes this one replaces. Absent: everything in the event's context. Present, even if
  // empty: exactly these (as far as they are in the context).
  std::optional<std::vector<Dot>> replaces;
  ColumnValues base;  // with `replaces`: what the group showed to the author
  Resolution resolution = Resolution::pending;  // resolve only
  std::string comment;                          // resolve: why; lock, unlock: reason; moment: name
  NodeId node;                                  // lock only: who holds it
  UnixMs until_ms = 0;                          // lock only: 0 = open end
  bool operator==(const Operation&) const = default;
};

struct Event {
  StreamId stream;
  Dot dot;
  HybridTime time = HybridTime::zero;
  UnixMs wall_ms = 0;  // the writer's wall clock reading; shown, never used for order
  bool clock_suspect =
      false;  // set only by the writer: its clock had not been compared with a trusted one
  Role role = Role::lan;     // the writer's
  std::uint16_t schema = 1;  // schema_version of the writer
  Person by;
  // What the writer had seen of the stream, as the difference to this origin's previous event of
  // the stream: only entries that rose, never the origin itself.
  std::vector<ContextEntry> context_delta;
  // UUID of the Idempotency-Key header, hashed (UUIDv5), with a hash of the request; nil: there was
  // none.
  Uuid command_key;
  std::uint64_t command_hash = 0;
  std::string label;  // batch label; else empty
  std::vector<Operation> operations;

  EventId id() const { return {stream, dot}; }
  Rank rank() const { return {time, dot.origin}; }
  bool operator==(const Event&) const = default;
};

// Another name for an event than its bytes give it (engine/branches.h).
struct Renaming {
  Dot written, here;
  bool operator==(const Renaming&) const = default;
};

// An event as a log holds it.
struct StoredEvent {
  std::string bytes;  // as its origin encoded it
  std::vector<Renaming>
      names;  // of it and of what it names, where that is another one; mostly empty
  ChainHash chain{};
  Position position = Position::none;  // in this node's log
  UnixMs stored_at_ms = 0;             // when this node stored it
};

}  // namespace genlock
