// Is this data directory still the one that wrote under its origin, and does its database hold all
// that was acknowledged from it? Where that is not certain a new origin begins (engine/lineage.h)
// before anything is written: a false alarm costs one entry in version vectors, a missed one would
// give two events one name. What only a peer can tell (a machine rolled back with all its files) is
// found at the next contact. docs/adr/0016.
#pragma once

#include "engine/engine.h"

#include <optional>
#include <string>

namespace genlock {

// A place in the log that was durable once, noted outside the database (eventlog/witness.h).
struct Witness {
  OriginId origin;  // of the node then; for people
  Position position = Position::none;
  ChainHash hash{};  // of the event there
  bool operator==(const Witness&) const = default;
};

// What is known when a directory is opened. `then`: as the database remembers it; nullopt: a
// directory of before this was kept, or a new one, which goes on as it is.
struct Continuity {
  std::optional<std::string> database_then, place_then;
  std::string database_now, place_now;  // empty: can't be told, which proves nothing
  std::optional<Witness> witness;       // nullopt: none was written yet
  Position last = Position::none;       // of the log
  std::optional<ChainHash> hash;        // of its event at witness->position; nullopt: compacted
  bool was_torn = false;  // its end was cut, and it is not certain that nobody relied on that
};

// nullopt: nothing is broken. Pure.
std::optional<Renewal> broken_continuity(const Continuity& facts);

// What lies around a database that is opened. Empty: can't be told.
struct Surroundings {
  std::string database, place;     // their identities now
  std::optional<Witness> witness;  // beside the database
  bool was_torn = false;           // eventlog/rocks_tails.h
};
// A new identity where the facts do not fit; the database remembers the facts for the next time.
// `renewed` tells why, where a new origin began: then the witness of before counts no more, and
// the present one (witness_of) takes its place. ERRORS: corruption, unavailable.
struct Reopened {
  Identity identity;
  std::optional<Renewal> renewed;
};
Result<Reopened> keep_continuity(Store& store, const Surroundings& around, Random& random,
                                 UnixMs now);

// The witness of the log as it is; nullopt: it is empty, or its last event was dropped.
Result<std::optional<Witness>> witness_of(const EventLog& log, const Reader& reader,
                                          OriginId origin);
// The hash of the event at `position`; nullopt: the log ends before, or the event was dropped.
Result<std::optional<ChainHash>> hash_at(const EventLog& log, const Reader& reader,
                                         Position position);

}  // namespace genlock
