#include "engine/conflict.h"

#include "engine/bytes.h"
#include "engine/state_bytes.h"

#include <algorithm>

namespace genlock {

const char* to_string(ConflictKind kind) {
  switch (kind) {
    case ConflictKind::field:
      return "field";
    case ConflictKind::life:
      return "life";
    case ConflictKind::unique:
      return "unique";
    case ConflictKind::lock:
      return "lock";
  }
  return "field";
}

const ConflictSide* Conflict::cloud_side() const {
  for (auto side = sides.rbegin(); side != sides.rend(); ++side)
    if (side->role == Role::cloud) return &*side;
  return shown < sides.size() ? &sides[shown] : nullptr;
}

const ConflictSide* Conflict::local_side() const {
  const ConflictSide* cloud = cloud_side();
  for (auto side = sides.rbegin(); side != sides.rend(); ++side)
    if (&*side != cloud) return &*side;
  return nullptr;
}

namespace {

const Uuid& conflict_space() {
  static const Uuid space = Uuid::make_v5(Uuid{}, "genlock conflict");
  return space;
}

void append_record(std::string& name, const RecordKey& record) {
  append_be16(name, number(record.table));
  name.append(record.id.view());
}

}  // namespace

Uuid field_conflict_id(StreamId stream, const RecordKey& record, GroupId group) {
  std::string name = "record";
  name.append(stream.view());
  append_record(name, record);
  append_be16(name, number(group));
  return Uuid::make_v5(conflict_space(), name);
}

Uuid unique_conflict_id(StreamId stream, std::uint16_t unique_id, RecordId parent,
                        const Value& value) {
  std::string name = "unique";
  name.append(stream.view());
  append_be16(name, unique_id);
  name.append(parent.view());
  ByteWriter bytes;
  write_value(bytes, value);
  return Uuid::make_v5(conflict_space(), name + bytes.take());
}

Uuid loss_id(StreamId stream, const Dot& loser, const RecordKey& record, GroupId group) {
  std::string name = "loss";
  name.append(stream.view());
  name.append(loser.origin.view());
  append_be64(name, number(loser.sequence));
  append_record(name, record);
  append_be16(name, number(group));
  return Uuid::make_v5(conflict_space(), name);
}

std::string etag_of(const Conflict& conflict) {
  std::string name = conflict.pending() ? "pending" : "resolved";
  name.append(conflict.id.view());
  for (const ConflictSide& side : conflict.sides) {
    name.append(side.record.view());
    name.append(side.event.origin.view());
    append_be64(name, number(side.event.sequence));
  }
  if (!conflict.pending()) {
    name.append(conflict.resolved_by_event.origin.view());
    append_be64(name, number(conflict.resolved_by_event.sequence));
  }
  return '"' + Uuid::make_v5(conflict_space(), name).to_string() + '"';
}

}  // namespace genlock
