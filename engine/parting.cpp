#include "engine/parting.h"

#include <algorithm>
#include <map>
#include <optional>

namespace genlock {
namespace {

// What is known of one origin, by its numbers in bytes.
struct Compared {
  std::uint64_t same = 0;              // the last event that is known to be the same ..
  OriginId path;                       // .. and which path it is on here
  std::optional<std::uint64_t> other;  // the first one of which those here are others
};

class Comparison {
 public:
  Comparison(const EventLog& log, const Reader& reader, const StreamBase& base)
      : log_(log), reader_(reader), base_(base) {}

  Result<CommonPast> run(std::span<const OriginId> own, const VersionVector& shared) {
    TRY_ASSIGN(head_, log_.head(reader_, base_.stream));
    TRY_ASSIGN(branches_, log_.branches(reader_, base_.stream));
    TRY_ASSIGN(floor_, log_.floor(reader_, base_.stream));
    for (const VersionVector::Entry& entry : floor_.entries())
      origins_[entry.origin] = {number(entry.last), entry.origin, {}};
    for (const KeptEvent& kept : base_.events) TRY(compare(kept));
    CommonPast common;
    for (const VersionVector::Entry& there : base_.at.entries())
      add(there, std::ranges::count(own, there.origin) > 0, shared, common);
    return common;
  }

 private:
  // Whether it is here, on any path.
  Result<void> compare(const KeptEvent& kept) {
    if (floor_.contains(kept.dot)) return {};
    const OriginId origin = kept.dot.origin;
    const std::uint64_t nth = number(kept.dot.sequence);
    bool is_other = false;
    for (const OriginId path : branches_.paths_of(origin)) {
      const OriginHead* head = head_.find(path);
      const std::uint64_t start = branches_.depth_of(path);
      if (!head || nth <= start || nth - start > number(head->last)) continue;
      TRY_ASSIGN(const StoredEvent ours,
                 log_.read(reader_, {base_.stream, {path, Sequence{nth - start}}}));
      if (ours.chain == kept.chain) {
        Compared& known = origins_[origin];
        if (nth > known.same) known.same = nth, known.path = path;
        return {};
      }
      is_other = true;
    }
    if (!is_other) return {};
    std::optional<std::uint64_t>& other = origins_[origin].other;
    other = std::min(other.value_or(nth), nth);
    return {};
  }

  void add(const VersionVector::Entry& there, bool is_own, const VersionVector& shared,
           CommonPast& common) {
    const OriginId origin = there.origin;
    const OriginHead* trunk = head_.find(origin);
    const std::uint64_t last_there = number(there.last), last = trunk ? number(trunk->last) : 0;
    Compared known = origins_[origin];
    if (known.same == 0) known.path = origin;
    const bool is_forked = branches_.is_forked(origin);
    const std::uint64_t told = std::min(number(shared.last_seen(origin)), before_branches(origin));
    const bool is_older = is_own && last < last_there;
    if (!is_forked && !known.other && !is_older) {
      known.same = std::min(last, last_there);
    } else if (!is_forked) {
      // What is known to be another one ends what was taken for shared.
      const std::uint64_t end = std::min(known.other.value_or(last + 1) - 1, last);
      known.same = std::max(known.same, std::min(told, end));
      if (known.other)
        common.partings.push_back({{origin, Sequence{known.same + 1}}, last - known.same});
    }
    if (is_forked && told > known.same) known = {told, origin, {}};
    common.is_all = common.is_all && known.same >= last_there;
    if (known.same == 0) return;
    const std::uint64_t start = branches_.depth_of(known.path);
    if (known.same > start) common.here.raise(known.path, Sequence{known.same - start});
    branches_.add_past(common.here, known.path);
  }

  // The last event of an origin that all its branches have.
  std::uint64_t before_branches(OriginId origin) const {
    std::uint64_t last = UINT64_MAX;
    for (const Branch& branch : branches_.all())
      if (branch.origin == origin) last = std::min(last, branch.depth);
    return last;
  }

  const EventLog& log_;
  const Reader& reader_;
  const StreamBase& base_;
  StreamHead head_;
  Branches branches_;
  VersionVector floor_;
  std::map<OriginId, Compared> origins_;
};

}  // namespace

Result<CommonPast> common_past(const EventLog& log, const Reader& reader, const StreamBase& base,
                               std::span<const OriginId> own, const VersionVector& shared) {
  return Comparison(log, reader, base).run(own, shared);
}

}  // namespace genlock
