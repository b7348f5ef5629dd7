// A stream from a cut on: the events inside a version vector V that anything can still ask for, as
// they are, and what the ones that were dropped leave behind. No state is in it: folding it gives
// the rows, conflicts, ETags and digests that folding all of V gives, and so does folding it with
// any events that have V in their context (tests/properties/compaction_laws_test.cpp). How it is
// chosen is in engine/compaction.h, the reasons are in docs/adr/0017.
#pragma once

#include "engine/event.h"
#include "engine/record.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace genlock {

// What a smaller log cannot say of one record: how many events on it were dropped, and how many of
// those the kept ones had seen. A record of which nothing was dropped has none.
struct RecordFacts {
  struct Kept {
    Dot dot;
    std::uint64_t dropped_before = 0;  // dropped events on the record that its writer had seen
    bool operator==(const Kept&) const = default;
  };
  RecordKey key;
  std::uint64_t dropped = 0;
  // Every event of the cut that counts for the record, and those on other records that stand in its
  // conflicts; by dot. An event of the cut that is kept only for another record's sake is not here.
  std::vector<Kept> kept;

  // Is an event on the record one that counts for it? What came after the cut has seen all that
  // stands here; what was dropped has not seen the last of it.
  bool counts(const Dot& dot, const VersionVector& context) const;
  std::uint64_t dropped_before(const Dot& dot) const;
  bool operator==(const RecordFacts&) const = default;
};
std::string encode(const RecordFacts& facts);
Result<RecordFacts> decode_facts(const RecordKey& key, std::string_view bytes);

struct KeptEvent {
  Dot dot;
  std::string bytes;      // as its origin encoded it
  VersionVector context;  // expanded: everything its writer had seen
  ChainHash chain{};      // of it and of everything before it of its origin, dropped or not
  bool operator==(const KeptEvent&) const = default;
};

// A function of the events of the stream and of `at`: whoever makes it, from all events or from
// what an earlier cut left of them, makes the same value.
struct StreamBase {
  StreamId stream;
  VersionVector at;                // the cut
  std::vector<RecordFacts> facts;  // ascending by record
  // In canonical order (hybrid time, origin), which extends causality. The last event of each
  // origin inside the cut is always among them: with its number, hash, time and context begins what
  // comes next.
  std::vector<KeptEvent> events;
  bool operator==(const StreamBase&) const = default;
};

}  // namespace genlock
