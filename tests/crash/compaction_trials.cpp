// A log that is made smaller, and one that begins anew from a snapshot, when the power goes.
#include "crash/trials.h"
#include "engine/compaction.h"

#include <fmt/format.h>

namespace genlock::crash {

namespace {

constexpr int most_sessions = 4;       // until two nodes have the same
constexpr std::size_t small_page = 1;  // bytes: a block of a snapshot is a message of its own
const StreamId show = *StreamId::parse(show_id);

// Everything that the node has of the show, and what a compaction leaves of it.
Result<StreamBase> goal_of(CrashNode& node) {
  TRY_ASSIGN(const StreamHead head, node.node().log().head(node.node().store(), show));
  return base_at(node.node().store(), node.node().log(), show, head.vector());
}

Result<std::size_t> count_inside(CrashNode& node, const VersionVector& cut) {
  std::size_t count = 0;
  for (const VersionVector::Entry& entry : cut.entries()) {
    TRY(node.node().log().read_kept(node.node().store(), show,
                                    {entry.origin, Sequence{1}, entry.last},
                                    [&](const EventId&, const StoredEvent&) {
                                      ++count;
                                      return true;
                                    }));
  }
  return count;
}

// The log is the one that a compaction without a cut leaves.
Complaint differs_from(CrashNode& node, const StreamBase& goal) {
  const auto now = base_at(node.node().store(), node.node().log(), show, goal.at);
  if (!now.ok()) return "what is left can't be told: " + now.error().message;
  if (*now != goal) return "another log is left than without a cut";
  const auto count = count_inside(node, goal.at);
  if (!count.ok()) return count.error().message;
  if (*count == goal.events.size()) return std::nullopt;
  return fmt::format("{} events are left, {} without a cut", *count, goal.events.size());
}

Complaint write_more(CrashNode& node, Crew& crew, int count) {
  for (int i = 0; i < count; ++i)
    if (!crew.write(node.client())) return "a write was not taken";
  return std::nullopt;
}

// Two nodes that meet again: who has to write its edits again needs a session more.
Complaint sync_until_same(CrashNode& from, CrashNode& to, std::size_t page_bytes) {
  Complaint wrong;
  for (int i = 0; i < most_sessions; ++i)
    if (wrong = sync(from, to, page_bytes); !wrong) return wrong;
  return wrong;
}

}  // namespace

Complaint compact_show(CrashNode& node) {
  const auto goal = goal_of(node);
  if (!goal.ok()) return goal.error().message;
  if (const auto done = node.compact(show, goal->at); !done.ok()) return done.error().message;
  return differs_from(node, *goal);
}

Complaint cut_in_compaction_at(const VolatileDisk& start, std::uint64_t n, bool& hit,
                               bool keeps_history) {
  VolatileDisk disk(start), peer_disk;
  CrashNode node(disk, Role::lan, "venue"), peer(peer_disk, Role::cloud, "office");
  Crew crew(7);
  if (keeps_history) node.keep_history();
  if (!node.open().ok() || !peer.open().ok()) return "the nodes cannot be opened";
  work(node, crew);
  const auto goal = goal_of(node);
  if (!goal.ok()) return goal.error().message;
  disk.plan({Failure::power_cut, n, 1});
  if (node.compact(show, goal->at, [&] { (void)crew.write(node.client()); }).ok())
    (void)node.node().store().flush();
  hit = disk.is_off();
  power_cycle(node, disk, n);
  if (Complaint wrong = node.open_and_check(crew)) return wrong;
  if (const auto done = node.compact(show, goal->at); !done.ok())
    return "the compaction does not go on: " + done.error().message;
  if (Complaint wrong = differs_from(node, *goal)) return wrong;
  if (Complaint wrong = node.check(crew)) return wrong;
  return sync(node, peer);
}

Complaint cut_in_snapshot_at(const VolatileDisk& start, std::uint64_t n, bool& hit, bool was_away) {
  VolatileDisk disk(start), taker_disk;
  CrashNode node(disk, Role::lan, "venue"), taker(taker_disk, Role::cloud, "office");
  Crew crew(8), away(9);
  if (!node.open().ok() || !taker.open().ok()) return "the nodes cannot be opened";
  if (Complaint wrong = was_away ? sync(taker, node) : std::nullopt) return wrong;
  if (Complaint wrong = write_more(taker, away, was_away ? 5 : 0)) return wrong;
  work(node, crew);
  if (Complaint wrong = compact_show(node)) return wrong;
  if (Complaint wrong = write_more(node, crew, 2)) return wrong;
  taker_disk.plan({Failure::power_cut, n, 1});
  if (!sync_until_same(taker, node, small_page)) (void)taker.node().store().flush();
  hit = taker_disk.is_off();
  power_cycle(taker, taker_disk, n);
  if (const auto opened = taker.open(); !opened.ok()) return opened.error().message;
  if (Complaint wrong = taker.new_origin()) return wrong;
  if (Complaint wrong = taker.prove()) return wrong;
  if (Complaint wrong = sync_until_same(taker, node, small_page)) return wrong;
  for (CrashNode* each : {&taker, &node}) {
    if (Complaint wrong = each->prove()) return wrong;
    if (Complaint wrong = crew.check(each->client())) return wrong;
    if (Complaint wrong = away.check(each->client())) return wrong;
  }
  return std::nullopt;
}

}  // namespace genlock::crash
