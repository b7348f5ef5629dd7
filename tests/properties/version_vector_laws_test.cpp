#include "catch.h"
#include "support/generators.h"
#include "support/literals.h"
// After Catch: the adapter needs it.
#include <rapidcheck/catch.h>

using namespace genlock;

namespace {

VersionVector merged(VersionVector a, const VersionVector& b) {
  a.merge(b);
  return a;
}

VersionVector met(VersionVector a, const VersionVector& b) {
  a.meet(b);
  return a;
}

using V = VersionVector;

}  // namespace

TEST_CASE("version vectors under merge and meet are a lattice", "[laws]") {
  rc::prop("merge commutes",
           [](const V& a, const V& b) { RC_ASSERT(merged(a, b) == merged(b, a)); });
  rc::prop("merge associates", [](const V& a, const V& b, const V& c) {
    RC_ASSERT(merged(merged(a, b), c) == merged(a, merged(b, c)));
  });
  rc::prop("merge is idempotent", [](const V& a) { RC_ASSERT(merged(a, a) == a); });
  rc::prop("meet commutes", [](const V& a, const V& b) { RC_ASSERT(met(a, b) == met(b, a)); });
  rc::prop("meet associates", [](const V& a, const V& b, const V& c) {
    RC_ASSERT(met(met(a, b), c) == met(a, met(b, c)));
  });
  rc::prop("meet and merge absorb each other", [](const V& a, const V& b) {
    RC_ASSERT(merged(a, met(a, b)) == a);
    RC_ASSERT(met(a, merged(a, b)) == a);
  });
}

TEST_CASE("the order of version vectors is inclusion", "[laws]") {
  rc::prop("<= says the same as includes and as merge", [](const V& a, const V& b) {
    RC_ASSERT((a <= b) == b.includes(a));
    RC_ASSERT((a <= b) == (merged(a, b) == b));
    RC_ASSERT((a == b) == (a <= b && b <= a));
  });
  rc::prop("a merge is the least vector above both", [](const V& a, const V& b, const V& c) {
    RC_ASSERT(a <= merged(a, b));
    RC_ASSERT(!(a <= c && b <= c) || merged(a, b) <= c);
  });
  rc::prop("unordered means that each has something that the other lacks",
           [](const V& a, const V& b) {
             const bool unordered = (a <=> b) == std::partial_ordering::unordered;
             RC_ASSERT(unordered == (!a.missing_from(b).empty() && !b.missing_from(a).empty()));
           });
}

TEST_CASE("what is missing is what a merge brings", "[laws]") {
  rc::prop("advancing through the missing ranges gives the merge", [](const V& a, const V& b) {
    V walked = a;
    std::uint64_t count = 0;
    for (const EventRange& range : a.missing_from(b)) {
      RC_ASSERT(range.first <= range.last);
      count += range.count();
      for (Sequence at = range.first; at <= range.last; at = next(at))
        walked.advance({range.origin, at});
    }
    RC_ASSERT(walked == merged(a, b));
    RC_ASSERT(walked.event_count() == a.event_count() + count);
  });
}
