#include "engine/state_bytes.h"

#include <algorithm>
#include <bit>

namespace genlock {

void write_value(ByteWriter& out, const Value& value) {
  out.byte(static_cast<std::uint8_t>(value.index()));
  if (const auto* flag = std::get_if<bool>(&value)) {
    out.byte(*flag);
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    out.zigzag(*integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    out.fixed64(std::bit_cast<std::uint64_t>(*real));
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    out.text(*text);
  } else if (const auto* uuid = std::get_if<Uuid>(&value)) {
    out.raw(uuid->view());
  }
}

namespace {

// REQUIRES: `value` is null.
void read_value(ByteReader& in, Value& value) {
  switch (in.byte()) {
    case 1:
      value.emplace<bool>(in.byte() != 0);
      return;
    case 2:
      value.emplace<std::int64_t>(in.zigzag());
      return;
    case 3:
      value.emplace<double>(std::bit_cast<double>(in.fixed64()));
      return;
    case 4:
      value.emplace<std::string>(in.text());
      return;
    case 5:
      value.emplace<Uuid>(in.uuid());
      return;
    default:
      return;
  }
}

}  // namespace

Value read_value(ByteReader& in) {
  Value value;
  read_value(in, value);
  return value;
}

void write_values(ByteWriter& out, const ColumnValues& values) {
  out.varint(values.size());
  for (const ColumnValue& entry : values) {
    out.varint(number(entry.column));
    write_value(out, entry.value);
  }
}

ColumnValues read_values(ByteReader& in) {
  ColumnValues values(in.count(2));
  for (ColumnValue& entry : values) {
    entry.column = ColumnId{static_cast<std::uint16_t>(in.varint())};
    read_value(in, entry.value);
  }
  return values;
}

void write_vector(ByteWriter& out, const VersionVector& vector) {
  out.varint(vector.entries().size());
  for (const VersionVector::Entry& entry : vector.entries()) {
    out.raw(entry.origin.view());
    out.varint(number(entry.last));
  }
}

VersionVector read_vector(ByteReader& in) {
  VersionVector vector;
  for (std::size_t left = in.count(17); left > 0; --left) {
    OriginId origin{in.uuid()};
    vector.raise(origin, Sequence{in.varint()});
  }
  return vector;
}

void write_person(ByteWriter& out, const Person& person) {
  out.text(person.user);
  out.byte(!person.user_id.is_nil());
  if (!person.user_id.is_nil()) out.raw(person.user_id.view());
  out.text(person.device);
}

Person read_person(ByteReader& in) {
  Person person;
  person.user = in.text();
  if (in.byte()) person.user_id = in.uuid();
  person.device = in.text();
  return person;
}

void DotWriter::dot(const Dot& dot) {
  auto at = std::find(origins_.begin(), origins_.end(), dot.origin);
  out_.varint(static_cast<std::uint64_t>(at - origins_.begin()));
  if (at == origins_.end()) {
    origins_.push_back(dot.origin);
    out_.raw(dot.origin.view());
  }
  out_.varint(number(dot.sequence));
}

Dot DotReader::dot() {
  std::uint64_t index = in_.varint();
  if (index == origins_.size()) origins_.push_back(OriginId{in_.uuid()});
  OriginId origin = index < origins_.size() ? origins_[index] : OriginId{};
  return {origin, Sequence{in_.varint()}};
}

}  // namespace genlock
