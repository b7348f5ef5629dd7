#include "replication/peer_vector.h"

#include <algorithm>
#include <map>

namespace genlock::replication {
namespace {

class Translation {
 public:
  Translation(const EventLog& log, const Reader& reader, const StreamHead& ours,
              const Branches& branches, const StreamState& theirs)
      : log_(log), reader_(reader), ours_(ours), branches_(branches), theirs_(theirs) {}

  Result<PeerVector> run() {
    for (const BranchHead& branch : theirs_.branches)
      TRY(take(branch.origin, branch.depth, branch.hash));
    for (const Head& head : theirs_.have) {
      const BranchHead* branch = find_theirs(head.origin);
      const OriginId origin = branch ? branch->origin : branches_.origin_of(head.origin);
      const std::uint64_t before = branch ? branch->depth : branches_.depth_of(head.origin);
      TRY_ASSIGN(const bool found, take(origin, before + number(head.last), head.hash));
      if (found) continue;
      vector_.has_more = true;
      if (is_ahead(origin, head)) {
        vector_.seen.raise(head.origin, head.last);
        branches_.add_past(vector_.seen, head.origin);
      } else {
        vector_.unknown.push_back(origin);
      }
    }
    std::erase_if(vector_.unknown, [&](OriginId origin) { return found_.contains(origin); });
    // Of an origin of which something was found, all that comes after that is sent.
    return std::move(vector_);
  }

 private:
  // Further than we are on the same path, or an origin that we know nothing of. Where an origin
  // went on twice one name may mean two things, so that only says it which ends before any parting;
  // else some events are sent again.
  bool is_ahead(OriginId origin, const Head& head) const {
    if (!has_any(origin)) return true;
    const OriginHead* trunk = ours_.find(origin);
    if (branches_.is_forked(origin) || !trunk) return false;
    bool ends_before = true;
    for (const BranchHead& branch : theirs_.branches)
      if (branch.origin == origin) ends_before = ends_before && number(trunk->last) <= branch.depth;
    return ends_before && (head.origin != origin || trunk->last < head.last);
  }

  bool has_any(OriginId origin) const {
    const std::vector<OriginId> paths = branches_.paths_of(origin);
    return std::any_of(paths.begin(), paths.end(),
                       [&](OriginId path) { return ours_.find(path) != nullptr; });
  }

  const BranchHead* find_theirs(OriginId name) const {
    const auto at = std::find_if(theirs_.branches.begin(), theirs_.branches.end(),
                                 [&](const BranchHead& branch) { return branch.name == name; });
    return at == theirs_.branches.end() ? nullptr : &*at;
  }

  // Notes the event of `origin` with this number and hash, if it is here.
  Result<bool> take(OriginId origin, std::uint64_t depth, const ShortHash& hash) {
    if (depth == 0) {
      found_[origin] = true;
      return true;
    }
    for (OriginId path : branches_.paths_of(origin)) {
      const OriginHead* head = ours_.find(path);
      const std::uint64_t start = branches_.depth_of(path);
      if (!head || depth <= start || depth - start > number(head->last)) continue;
      const Dot dot{path, Sequence{depth - start}};
      TRY_ASSIGN(const bool same, is_same(dot, *head, hash));
      if (!same) continue;
      for (VersionVector* vector : {&vector_.seen, &vector_.shared}) {
        vector->raise(path, dot.sequence);
        branches_.add_past(*vector, path);
      }
      found_[origin] = true;
      return true;
    }
    return false;
  }

  // What was compacted here can't be compared (docs/adr/0019).
  Result<bool> is_same(const Dot& dot, const OriginHead& head, const ShortHash& hash) const {
    if (dot.sequence == head.last) return shorten(head.chain) == hash;
    const Result<StoredEvent> event = log_.read(reader_, {theirs_.stream, dot});
    if (!event.ok() && event.error().code == ErrorCode::compacted) return true;
    TRY(event);
    return shorten(event->chain) == hash;
  }

  const EventLog& log_;
  const Reader& reader_;
  const StreamHead& ours_;
  const Branches& branches_;
  const StreamState& theirs_;
  std::map<OriginId, bool> found_;  // something of it was found here
  PeerVector vector_;
};

}  // namespace

Result<PeerVector> read_peer_vector(const EventLog& log, const Reader& reader,
                                    const StreamHead& ours, const StreamState& theirs) {
  TRY_ASSIGN(const Branches branches, log.branches(reader, theirs.stream));
  return Translation(log, reader, ours, branches, theirs).run();
}

Result<void> echo_heads(const EventLog& log, const Reader& reader, const StreamHead& head,
                        const StreamState& theirs, StreamState& ours) {
  if (ours.branches.empty() && theirs.branches.empty()) return {};
  for (const Head& told : theirs.have) {
    StreamState one{theirs.stream, {told}, {}, theirs.branches};
    TRY_ASSIGN(const PeerVector held, read_peer_vector(log, reader, head, one));
    if (held.has_more) continue;
    auto at = std::lower_bound(ours.have.begin(), ours.have.end(), told,
                               [](const Head& a, const Head& b) { return a.origin < b.origin; });
    if (at == ours.have.end() || at->origin != told.origin) {
      ours.have.insert(at, told);
    } else {
      *at = told;
    }
  }
  return {};
}

Result<void> check_known(const PeerVector& peer) {
  if (peer.unknown.empty()) return {};
  return Error{ErrorCode::fork, "the peer has other events of origin " +
                                    peer.unknown.front().to_string() +
                                    ": its log was copied or restored and went on twice"};
}

}  // namespace genlock::replication
