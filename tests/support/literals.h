// Ids and version vectors as people write them down: Alice, Bob, Carol, "a:3 b:1"_vv.
#pragma once

#include "engine/check.h"
#include "engine/version_vector.h"

#include <sstream>
#include <string>

namespace genlock {

// The origin of a lower-case letter: its bytes are all a0 for 'a', a1 for 'b', and so on.
constexpr OriginId origin_of(char letter) {
  OriginId origin;
  origin.uuid.bytes.fill(static_cast<std::uint8_t>(0xa0 + letter - 'a'));
  return origin;
}
inline constexpr OriginId Alice = origin_of('a'), Bob = origin_of('b'), Carol = origin_of('c');

// A stream and a record by number.
constexpr StreamId stream_of(std::uint8_t number) {
  StreamId stream;
  stream.uuid.bytes.fill(0x50);
  stream.uuid.bytes[15] = number;
  return stream;
}
constexpr RecordId record_of(std::uint8_t number) {
  RecordId record;
  record.uuid.bytes.fill(0xc0);
  record.uuid.bytes[15] = number;
  return record;
}

namespace literals {

constexpr Sequence operator""_seq(unsigned long long number) { return Sequence{number}; }

// "a:3 b:1"
inline VersionVector operator""_vv(const char* text, std::size_t size) {
  VersionVector vector;
  std::istringstream words(std::string(text, size));
  for (std::string word; words >> word;) {
    CHECK(word.size() > 2 && word[1] == ':', word);
    vector.raise(origin_of(word[0]), Sequence{std::stoull(word.substr(2))});
  }
  return vector;
}

}  // namespace literals

}  // namespace genlock
