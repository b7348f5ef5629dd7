// A cut that a node takes for stable is one for good (engine/stability.h): whatever it or another
// member of then ever takes in or writes outside that cut has the cut in its context. Played on
// drawn histories of one stream: nodes write, meet for a moment, acknowledge, join late with edits
// of their own, are retired without hearing of it, lose their tail, and begin anew.
#include "catch.h"
#include "engine/promises.h"
#include "support/replica.h"

#include <rapidcheck/catch.h>

#include <array>
#include <set>

namespace genlock::test {
namespace {

// What the directory says, as a set of facts that only grows.
struct Directory {
  std::set<OriginId> opened, closed;
  std::map<OriginId, std::pair<int, Acknowledgement>> said;  // with its number

  void merge(const Directory& other) {
    opened.insert(other.opened.begin(), other.opened.end());
    closed.insert(other.closed.begin(), other.closed.end());
    for (const auto& [origin, one] : other.said)
      if (!said.contains(origin) || said[origin].first < one.first) said[origin] = one;
  }
  std::vector<OriginId> members() const {
    std::vector<OriginId> open;
    std::ranges::set_difference(opened, closed, std::back_inserter(open));
    return open;
  }
};

struct Past {
  VersionVector held;
  Directory directory;
};

struct Member {
  OriginId origin;
  VersionVector held, floor;
  Directory directory;
  std::vector<Past> past;  // what a backup may bring back

  std::optional<Acknowledgement> mine() const {
    const auto found = directory.said.find(origin);
    if (found == directory.said.end()) return std::nullopt;
    return found->second.second;
  }
  Standing standing() const {
    Standing now{.members = directory.members(), .said = {}, .held = held};
    for (const auto& [origin_said, one] : directory.said) now.said[origin_said] = one.second;
    return now;
  }
};

// A cut that was computed, with the origins it rests on.
struct Taken {
  VersionVector cut;
  std::vector<OriginId> members;
};

class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {
    for (Member& node : nodes_) begin_anew(node);
    // A fleet that knows of each other, and one node that nobody has heard of.
    Directory all;
    for (std::size_t i = 0; i + 1 < nodes_.size(); ++i) {
      nodes_[i].directory.opened.insert(nodes_[i].origin);
      all.merge(nodes_[i].directory);
    }
    for (std::size_t i = 0; i + 1 < nodes_.size(); ++i) nodes_[i].directory = all;
  }

  // Mostly edits, meetings and acknowledgements; the rest is rare, as it is.
  void step() {
    Member& node = nodes_[random_.below(nodes_.size())];
    Member& other = nodes_[random_.below(nodes_.size())];
    switch (random_.below(60)) {
      case 0:
        retire(node, other);
        break;
      case 1:
        lose_tail(node);
        break;
      case 2:
        come_in_anew(node, other);
        break;
      case 3:
        node.directory.opened.insert(node.origin);
        break;
      case 4:
      case 5:
        go_round();
        break;
      default:
        switch (random_.below(4)) {
          case 0:
            write(node);
            break;
          case 1:
            acknowledge(node);
            take_cut(node);
            break;
          default:
            meet(node, other);
        }
    }
    remember(node);
    require_legal();
  }

  std::size_t cuts() const { return taken_.size(); }

 private:
  void begin_anew(Member& node) { node.origin = OriginId{uuid_named(0xBB, ++origin_count_)}; }
  void remember(Member& node) { node.past.push_back({node.held, node.directory}); }

  // Who has heard that its origin is closed comes in anew before it does anything under it.
  bool is_closed(const Member& node) const { return node.directory.closed.contains(node.origin); }

  void write(Member& node) {
    if (is_closed(node)) return;
    const Dot dot{node.origin, next(node.held.last_seen(node.origin))};
    contexts_[dot] = node.held;
    node.held.advance(dot);
  }

  void acknowledge(Member& node) {
    if (is_closed(node) || !node.directory.opened.contains(node.origin)) return;
    const VersionVector aged = node.past.empty() || random_.below(3) == 0
                                   ? node.held
                                   : node.past[random_.below(node.past.size())].held;
    const auto said = next_acknowledgement(node.standing(), node.origin, aged);
    if (!said) return;
    RC_ASSERT((!node.mine() || said->stable.includes(node.mine()->stable)));
    node.directory.said[node.origin] = {++said_count_, *said};
  }

  void take_cut(Member& node) {
    const Standing standing = node.standing();
    if (!std::ranges::binary_search(standing.members, node.origin)) return;
    const auto found = stable_cut(standing, node.floor, [&](const Dot& dot) {
      return Result<VersionVector>(contexts_.at(dot));
    });
    RC_ASSERT(found.ok());
    RC_ASSERT(found->cut.includes(node.floor));
    RC_ASSERT(node.held.includes(found->cut));
    if (found->cut == node.floor) return;
    node.floor = found->cut;
    taken_.push_back({found->cut, standing.members});
  }

  // One way: what they know of each other, what one lacks, or both; any beginning of it.
  void meet(const Member& from, Member& to) {
    if (&from == &to) return;
    const std::uint64_t what = random_.below(8);
    if (what != 1) to.directory.merge(from.directory);
    if (what != 2) ship(from, to, random_.below(3) == 0 ? random_.below(6) : 1'000U);
  }
  // A calm hour: nearly all of them meet the first one, and acknowledge.
  void go_round() {
    for (int round = 0; round < 3; ++round)
      for (Member& node : nodes_) {
        if (random_.below(10) == 0) continue;
        meet(node, nodes_[0]);
        meet(nodes_[0], node);
        acknowledge(node);
        take_cut(node);
      }
  }

  void ship(const Member& from, Member& to, std::size_t limit) {
    for (bool moved = true; moved && limit > 0;) {
      moved = false;
      for (const EventRange& range : to.held.missing_from(from.held)) {
        const Dot dot{range.origin, range.first};
        const VersionVector& context = contexts_.at(dot);
        if (!to.held.includes(context) || !lets_in(to, from.origin, dot)) continue;
        to.held.advance(dot);
        moved = true;
        if (--limit == 0) return;
      }
    }
  }

  // As Admission asks, but for promises that are broken.
  bool lets_in(const Member& node, OriginId sender, const Dot& dot) const {
    const Door door = door_of(node.mine());
    return door.lets_in(sender, dot.origin, contexts_.at(dot)) ||
           held_by_members(node.standing().said, door).contains(dot);
  }

  void retire(Member& by, const Member& whom) {
    if (by.directory.opened.contains(whom.origin)) by.directory.closed.insert(whom.origin);
  }

  // What was written since a backup is gone here, and perhaps elsewhere; a new origin goes on.
  void lose_tail(Member& node) {
    if (node.past.empty()) return;
    const std::size_t then = random_.below(node.past.size());
    node.past.resize(then + 1);
    const OriginId old = node.origin;
    node.held = node.past.back().held;
    node.directory = node.past.back().directory;
    node.floor.clear();
    begin_anew(node);
    node.directory.closed.insert(old);
    node.directory.opened.insert({old, node.origin});
  }

  // Takes what another one has for its own, under a new origin; its own edits are written again.
  void come_in_anew(Member& node, const Member& via) {
    if (&node == &via) return;
    const std::uint64_t own = node.held.event_count() - [&] {
      VersionVector shared = node.held;
      shared.meet(via.held);
      return shared.event_count();
    }();
    node.directory.merge(via.directory);
    node.directory.closed.insert(node.origin);
    node.directory.opened.insert(node.origin);
    node.past.clear();
    node.held = via.held;
    node.floor.clear();
    begin_anew(node);
    node.directory.opened.insert(node.origin);
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(own, 3); ++i) write(node);
  }

  void require_legal() const {
    for (const Taken& taken : taken_)
      for (const Member& node : nodes_)
        if (std::ranges::binary_search(taken.members, node.origin)) require_legal(taken, node);
  }
  void require_legal(const Taken& taken, const Member& node) const {
    for (const EventRange& range : taken.cut.missing_from(node.held))
      RC_ASSERT(contexts_.at({range.origin, range.first}).includes(taken.cut));
  }

  std::array<Member, 4> nodes_;
  std::map<Dot, VersionVector> contexts_;
  std::vector<Taken> taken_;
  TestRandom random_;
  std::uint8_t origin_count_ = 0;
  int said_count_ = 0;
};

TEST_CASE("no event that ever comes lacks a cut that was taken for stable", "[laws][stability]") {
  std::size_t cuts = 0;
  rc::prop("whatever nodes join, go, return or lose", [&](std::uint64_t seed) {
    World world(seed);
    const auto steps = *rc::gen::inRange(0, 200);
    for (int i = 0; i < steps; ++i) world.step();
    cuts += world.cuts();
  });
  REQUIRE(cuts > 0);  // the law is about something
}

}  // namespace
}  // namespace genlock::test
