#include "projections/conflict_codec.h"

#include "engine/state_bytes.h"

namespace genlock {
namespace {

constexpr std::uint8_t format = 1;

void write_dot(ByteWriter& out, const Dot& dot) {
  out.raw(dot.origin.view());
  out.varint(number(dot.sequence));
}

Dot read_dot(ByteReader& in) {
  OriginId origin{in.uuid()};
  return {origin, Sequence{in.varint()}};
}

void write_side(ByteWriter& out, const ConflictSide& side) {
  out.text(side.key);
  out.byte(side.deleted);
  write_values(out, side.value);
  out.raw(side.record.view());
  write_dot(out, side.event);
  out.fixed64(number(side.time));
  out.zigzag(side.wall_ms);
  out.byte(static_cast<std::uint8_t>(side.role));
  write_person(out, side.by);
  out.varint(side.version);
}

ConflictSide read_side(ByteReader& in) {
  ConflictSide side;
  side.key = in.text();
  side.deleted = in.byte() != 0;
  side.value = read_values(in);
  side.record = RecordId{in.uuid()};
  side.event = read_dot(in);
  side.time = HybridTime{in.fixed64()};
  side.wall_ms = in.zigzag();
  side.role = static_cast<Role>(in.byte());
  side.by = read_person(in);
  side.version = in.varint();
  return side;
}

constexpr std::uint8_t has_lock = 1, has_proposed = 2, is_loss = 4;

void write_optional_parts(ByteWriter& out, const Conflict& conflict) {
  out.byte(static_cast<std::uint8_t>((conflict.lock ? has_lock : 0) |
                                     (conflict.proposed ? has_proposed : 0) |
                                     (conflict.loss ? is_loss : 0)));
  if (conflict.lock) write_dot(out, *conflict.lock);
  if (conflict.proposed) out.zigzag(*conflict.proposed);
}

void read_optional_parts(ByteReader& in, Conflict& conflict) {
  std::uint8_t parts = in.byte();
  if (parts & has_lock) conflict.lock = read_dot(in);
  if (parts & has_proposed) conflict.proposed = in.zigzag();
  conflict.loss = (parts & is_loss) != 0;
}

}  // namespace

std::string encode(const Conflict& conflict) {
  ByteWriter out;
  out.byte(format);
  out.raw(conflict.id.view());
  out.byte(static_cast<std::uint8_t>(conflict.kind));
  out.raw(conflict.stream.view());
  out.varint(number(conflict.record.table));
  out.raw(conflict.record.id.view());
  out.text(conflict.label);
  out.varint(number(conflict.group));
  write_values(out, conflict.base);
  out.varint(conflict.sides.size());
  for (const ConflictSide& side : conflict.sides) write_side(out, side);
  out.varint(conflict.shown);
  out.byte(static_cast<std::uint8_t>(conflict.resolution));
  write_dot(out, conflict.resolved_by_event);
  out.zigzag(conflict.resolved_ms);
  write_person(out, conflict.resolved_by);
  out.zigzag(conflict.created_ms);
  write_optional_parts(out, conflict);
  return out.take();
}

Result<Conflict> decode_conflict(std::string_view bytes) {
  ByteReader in(bytes);
  Conflict conflict;
  bool known = in.byte() == format;
  conflict.id = in.uuid();
  conflict.kind = static_cast<ConflictKind>(in.byte());
  conflict.stream = StreamId{in.uuid()};
  conflict.record.table = TableId{static_cast<std::uint16_t>(in.varint())};
  conflict.record.id = RecordId{in.uuid()};
  conflict.label = in.text();
  conflict.group = GroupId{static_cast<std::uint16_t>(in.varint())};
  conflict.base = read_values(in);
  constexpr std::size_t least_side_bytes = 60;
  for (std::size_t left = in.count(least_side_bytes); left > 0; --left) {
    conflict.sides.push_back(read_side(in));
  }
  conflict.shown = in.varint();
  conflict.resolution = static_cast<Resolution>(in.byte());
  conflict.resolved_by_event = read_dot(in);
  conflict.resolved_ms = in.zigzag();
  conflict.resolved_by = read_person(in);
  conflict.created_ms = in.zigzag();
  read_optional_parts(in, conflict);
  if (!known || !in.ok() || !in.at_end()) {
    return Error{ErrorCode::corruption, "a stored conflict is damaged: rebuild the rows"};
  }
  return conflict;
}

}  // namespace genlock
