#include "engine/stream_base.h"

#include "engine/state_bytes.h"

#include <algorithm>

namespace genlock {

bool RecordFacts::counts(const Dot& dot, const VersionVector& context) const {
  const auto at = std::ranges::lower_bound(kept, dot, {}, &Kept::dot);
  if (at != kept.end() && at->dot == dot) return true;
  return std::ranges::all_of(kept, [&](const Kept& k) { return context.contains(k.dot); });
}

std::uint64_t RecordFacts::dropped_before(const Dot& dot) const {
  const auto at = std::ranges::lower_bound(kept, dot, {}, &Kept::dot);
  return at != kept.end() && at->dot == dot ? at->dropped_before : dropped;
}

std::string encode(const RecordFacts& facts) {
  ByteWriter out;
  DotWriter dots(out);
  out.varint(facts.dropped);
  out.varint(facts.kept.size());
  for (const RecordFacts::Kept& kept : facts.kept) {
    dots.dot(kept.dot);
    out.varint(kept.dropped_before);
  }
  return out.take();
}

Result<RecordFacts> decode_facts(const RecordKey& key, std::string_view bytes) {
  ByteReader in(bytes);
  DotReader dots(in);
  RecordFacts facts;
  facts.key = key;
  facts.dropped = in.varint();
  facts.kept.resize(in.count(3));
  for (RecordFacts::Kept& kept : facts.kept) {
    kept.dot = dots.dot();
    kept.dropped_before = in.varint();
  }
  const bool sorted = std::ranges::is_sorted(facts.kept, {}, &RecordFacts::Kept::dot);
  if (in.ok() && in.at_end() && sorted) return facts;
  return Error{ErrorCode::corruption, "what was dropped of record " + key.id.to_string() +
                                          " is damaged on this node's disk"};
}

}  // namespace genlock
