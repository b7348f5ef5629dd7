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
      } else if (!parted_.contains(origin)) {
        vector_.unknown.push_back(origin);
      }
    }
    // Where the parting is known, what comes after it is told by what either side lacks.
    return std::move(vector_);
  }

 private:
  // Further than we are, or an origin that we know nothing of. Where it parted here, only a peer
  // who knows that means the same by the same name.
  bool is_ahead(OriginId origin, const Head& head) const {
    const OriginHead* own = ours_.find(head.origin);
    const bool means_same = !branches_.is_forked(origin) || parted_.contains(origin);
    return means_same && (!own || own->last < head.last);
  }

  const BranchHead* find_theirs(OriginId name) const {
    const auto at = std::find_if(theirs_.branches.begin(), theirs_.branches.end(),
                                 [&](const BranchHead& branch) { return branch.name == name; });
    return at == theirs_.branches.end() ? nullptr : &*at;
  }

  // Notes the event of `origin` with this number and hash, if it is here.
  Result<bool> take(OriginId origin, std::uint64_t depth, const ShortHash& hash) {
    if (depth == 0) {
      parted_[origin] = true;
      return true;
    }
    for (OriginId path : branches_.paths_of(origin)) {
      const OriginHead* head = ours_.find(path);
      const std::uint64_t start = branches_.depth_of(path);
      if (!head || depth <= start || depth - start > number(head->last)) continue;
      const Dot dot{path, Sequence{depth - start}};
      ChainHash chain = head->chain;
      if (dot.sequence != head->last) {
        TRY_ASSIGN(StoredEvent event, log_.read(reader_, {theirs_.stream, dot}));
        chain = event.chain;
      }
      if (shorten(chain) != hash) continue;
      vector_.seen.raise(path, dot.sequence);
      branches_.add_past(vector_.seen, path);
      if (find_theirs_of(origin)) parted_[origin] = true;
      return true;
    }
    return false;
  }

  bool find_theirs_of(OriginId origin) const {
    return std::any_of(theirs_.branches.begin(), theirs_.branches.end(),
                       [&](const BranchHead& branch) { return branch.origin == origin; });
  }

  const EventLog& log_;
  const Reader& reader_;
  const StreamHead& ours_;
  const Branches& branches_;
  const StreamState& theirs_;
  std::map<OriginId, bool> parted_;  // something on the way to a branch of it was found here
  PeerVector vector_;
};

}  // namespace

Result<PeerVector> read_peer_vector(const EventLog& log, const Reader& reader,
                                    const StreamHead& ours, const StreamState& theirs) {
  TRY_ASSIGN(const Branches branches, log.branches(reader, theirs.stream));
  return Translation(log, reader, ours, branches, theirs).run();
}

Result<void> check_known(const PeerVector& peer) {
  if (peer.unknown.empty()) return {};
  return Error{ErrorCode::fork, "the peer has other events of origin " +
                                    peer.unknown.front().to_string() +
                                    ": its log was copied or restored and went on twice"};
}

}  // namespace genlock::replication
