// RapidCheck generators of the engine's values.
#pragma once

#include "engine/event.h"

#include <rapidcheck.h>

#include <ostream>

namespace genlock {

// A version vector over few origins, so that vectors share some.
rc::Gen<VersionVector> version_vectors();
// Any event that may be encoded: every operation kind, every value kind, text in and out of ASCII.
rc::Gen<Event> events();
// Bytes that are not random enough to be refused at once: keys of few letters.
rc::Gen<std::string> short_keys();

inline void showValue(const VersionVector& vector, std::ostream& out) {
  out << '{' << vector.to_string() << '}';
}

}  // namespace genlock

template <>
struct rc::Arbitrary<genlock::VersionVector> {
  static rc::Gen<genlock::VersionVector> arbitrary() { return genlock::version_vectors(); }
};
template <>
struct rc::Arbitrary<genlock::Event> {
  static rc::Gen<genlock::Event> arbitrary() { return genlock::events(); }
};
