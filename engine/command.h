// A command: a wish of a client, may be refused. engine/decide.h turns it into an event, or says
// why not.
#pragma once

#include "engine/conflict.h"
#include "engine/etag.h"
#include "engine/lock.h"
#include "engine/record.h"
#include "engine/store.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace genlock {

// A row as a client wrote it: parsed and type-checked by projections/row_json, not yet checked
// against the schema's rules.
struct RowInput {
  std::string pointer;  // where it stood in the body: "", "/outputs/2"; prefix of its errors
  std::optional<RecordId> id;
  std::optional<RecordId> parent;  // the parent column, where it was named
  std::optional<bool> is_deleted;  // where it was named: must equal the present value
  ColumnValues values;             // the columns it names; null = set to null
  // Nested lists it names, by table; a list that is not named stays as it is.
  std::map<TableId, std::vector<RowInput>> children;
};

enum class CommandKind { create, update, remove, restore, resolve, lock, unlock, moment, batch };

struct ResolveChoice {
  Resolution resolution = Resolution::manual;  // cloud_wins, local_wins; manual with one of:
  std::optional<std::string> pick;             // a side's key
  std::optional<ColumnValues> value;           // any value
  std::optional<bool> deleted;                 // life: manual value {"is_deleted": ...}
  std::string comment;
};

struct Command {
  CommandKind kind = CommandKind::update;
  StreamId stream;
  TableId table = TableId::none;
  RecordId record;            // create: nil = make one from command_key, or a UUIDv7
  RowInput row;               // create, update
  bool restore_gone = false;  // create on a gone id: restore plus set instead of `exists`

  std::optional<ETag> if_match;      // strict
  bool if_match_any = false;         // If-Match: *
  std::optional<ETag> base_version;  // merge against what I saw
  bool record_conflict = false;      // Prefer: conflict=record

  Person by;
  Uuid command_key;                // Idempotency-Key; nil: none
  std::uint64_t command_hash = 0;  // of method, path and body

  Uuid conflict;              // resolve
  std::string conflict_etag;  // resolve: If-Match
  ResolveChoice choice;

  std::string reason;          // lock, unlock; moment: its name
  UnixMs until_ms = 0;         // lock
  bool override_lock = false;  // unlock by another than the holder

  std::string label;           // batch
  std::vector<Command> steps;  // batch: what it does, in order (engine/decide_batch.cpp)
  // A step's: finishes it over what the steps before have left. ERRORS: of the step's own body.
  std::function<Result<void>(const Reader& reader, Command& step)> complete;
};

struct Outcome {
  std::optional<EventId> event;  // none: nothing was left to write
  RecordKey record;
  StreamId stream;
  bool created = false;                              // 201
  bool replayed = false;                             // the command key was there already
  OperationKind replayed_kind = OperationKind::set;  // what the first event did to the record
  std::vector<ColumnId> merged;          // columns of others kept by a Base-Version write
  std::optional<Uuid> pending_conflict;  // 202: both sides kept
  std::vector<Outcome> steps;            // batch: of each, without the event
};

// One group that a Base-Version write lost (docs/api.md, section 5).
struct FieldConflict {
  RecordKey record;  // the row, or a nested child of it
  GroupId group = GroupId::none;
  ColumnValues base, yours, theirs;
  Person by;
  Dot event;
  UnixMs wall_ms = 0;
};

struct ErrorDetail {
  std::vector<FieldConflict> fields;  // conflict: field-conflict
  std::vector<ColumnId> mergeable;    // conflict: others' columns that would merge
  bool already_resolved = false;      // conflict: of a conflict
  std::optional<Uuid> conflict;       // the conflict it is about
  std::optional<Lock> lock;           // locked
  UnixMs deleted_ms = 0;              // gone
  Person by;                          // gone
  std::optional<RecordKey> record;  // gone, precondition, exists, conflict: whose present row helps
};

}  // namespace genlock
