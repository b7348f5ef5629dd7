// Parts that several state encodings share: values, dots with an origin table, version vectors,
// people.
#pragma once

#include "engine/bytes.h"
#include "engine/event.h"
#include "engine/value.h"
#include "engine/version_vector.h"

#include <string>
#include <vector>

namespace genlock {

void write_value(ByteWriter& out, const Value& value);
Value read_value(ByteReader& in);
void write_values(ByteWriter& out, const ColumnValues& values);
ColumnValues read_values(ByteReader& in);
void write_vector(ByteWriter& out, const VersionVector& vector);
VersionVector read_vector(ByteReader& in);
void write_person(ByteWriter& out, const Person& person);
Person read_person(ByteReader& in);

// Origins recur in a record's dots: each is written once, then named by its number.
class DotWriter {
 public:
  explicit DotWriter(ByteWriter& out) : out_(out) {}
  void dot(const Dot& dot);

 private:
  ByteWriter& out_;
  std::vector<OriginId> origins_;
};

class DotReader {
 public:
  explicit DotReader(ByteReader& in) : in_(in) {}
  Dot dot();

 private:
  ByteReader& in_;
  std::vector<OriginId> origins_;
};

}  // namespace genlock
