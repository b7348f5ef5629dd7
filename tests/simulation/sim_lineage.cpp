// Data directories that are copied, rolled back or made from a backup, and what must come of it: a
// new origin where the node can know, both branches kept where it can't, and a notice that stands.
#include "engine/notice.h"
#include "eventlog/node_meta.h"
#include "simulation/simulator.h"

#include <algorithm>

namespace genlock::simulation {
namespace {

constexpr std::size_t max_clones = 2;
constexpr std::int64_t upkeep_ms = 1'000;

// Why a new origin began, among the rare branches.
std::optional<Branch> branch_of(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::copied:
      return Branch::renewed_copied;
    case NoticeKind::replaced:
      return Branch::renewed_replaced;
    case NoticeKind::lost_tail:
      return Branch::renewed_lost_tail;
    case NoticeKind::rolled_back:
      return Branch::renewed_rolled_back;
    case NoticeKind::met_copy:
      return Branch::renewed_met_copy;
    default:
      return std::nullopt;
  }
}

}  // namespace

// What comes back was taken at some moment before, while the node worked.
void Simulator::plan_directory_faults() {
  for (Fault kind : directory_faults) {
    if (!swarm_.has(kind)) continue;
    const std::size_t n = some_node();
    const std::int64_t first = sometime(), second = sometime();
    auto then = std::make_shared<DirectoryImage>();
    at(std::min(first, second), [this, n, then] { *then = nodes_[n]->image(); });
    at(std::max(first, second), [this, kind, n, then] {
      if (troubled(n)) meet_directory_fault(kind, n, *then);
    });
  }
}

void Simulator::meet_directory_fault(Fault fault, std::size_t n, const DirectoryImage& then) {
  const bool copies = fault == Fault::clone || fault == Fault::unnoticed_clone;
  // Nobody would notice it: see Swarm::draw.
  if (swarm_.compacts() && copies && !knows_its_place(n)) return;
  if (copies && nodes_.size() >= swarm_.nodes + max_clones) return;
  note(fault);
  trace(std::string(to_string(fault)) + " of " + name(n));
  // What nobody notices goes on by itself for a while, now and then.
  if ((fault == Fault::unnoticed_clone || fault == Fault::rollback) && chance(70)) go_alone(n);
  if (copies) return clone(n, fault == Fault::clone);
  crash(n, false);
  SimNode& node = *nodes_[n];
  const OriginId before = node.identity().origin;
  if (fault == Fault::copied_directory) {
    node.place = fresh_place();
    if (knows_its_place(n)) must_leave_[n] = before;
    return;
  }
  if (fault == Fault::restored_backup) return restore_backup(n, then);
  if (fault == Fault::rollback) return set_back(n, then);
  // What lies beside the database is of now.
  DirectoryImage mixed = node.image();
  mixed.content = then.content;
  if (chance(50)) mixed.database = "another " + fresh_place();
  set_back(n, mixed);
  const Position last = node.log().last_position(node.store).value();
  if ((mixed.database != then.database && knows_its_place(n)) ||
      (node.witness && node.witness->position > last))
    must_leave_[n] = read_identity(node.store).value().origin;
}

// A directory that was made from a backup learns where it stands when it is opened first.
bool Simulator::knows_its_place(std::size_t n) const {
  return read_setting(nodes_[n]->store, place_setting).value().has_value();
}

void Simulator::go_alone(std::size_t n) {
  const auto length = 6'000 + static_cast<std::int64_t>(below(30'000));
  trace(name(n) + " is cut off for " + std::to_string(length) + " ms");
  write_alone(n, 6'000);
  for (std::size_t m = 0; m < nodes_.size(); ++m) {
    if (m == n) continue;
    cut_for(n, m, now_ms_, length);
    cut_for(m, n, now_ms_, length);
  }
}

// The copy gets the same node id, and calls whom the first one calls; a copied cloud calls that.
void Simulator::clone(std::size_t n, bool noticed) {
  DirectoryImage image = nodes_[n]->image();
  if (noticed) image.place = fresh_place();
  const std::size_t copy = add_node(name(n) + "'");
  nodes_[copy]->replace(image);
  has_all_to_give_[copy] = has_all_to_give_[n];
  if (noticed && knows_its_place(copy))
    must_leave_[copy] = read_identity(nodes_[copy]->store).value().origin;
  const std::size_t link_count = links_.size();
  for (std::size_t i = 0; i < link_count; ++i)
    if (links_[i]->from == n) links_.push_back(make_link(copy, links_[i]->to));
  if (links_.size() == link_count) links_.push_back(make_link(copy, n));
  origins_split_ = true;
  restart(copy);
}

void Simulator::set_back(std::size_t n, const DirectoryImage& then) {
  chronicle_.forget(*nodes_[n]);
  nodes_[n]->replace(then);
  must_leave_[n].reset();
  origins_split_ = true;
  note_lost();
}

// As `genlock restore` does it: another directory, in another database, under a new origin.
void Simulator::restore_backup(std::size_t n, const DirectoryImage& backup) {
  SimNode& node = *nodes_[n];
  set_back(n, {backup.content, "restored " + fresh_place(), fresh_place(), std::nullopt});
  must_leave_[n] = read_identity(node.store).value().origin;
  const Renewal why{NoticeKind::restored, "It is a backup.", 0};
  CHECK(renew_origin(node.store, node.random, node.clock.now(), why).ok());
  if (!stands(n, NoticeKind::restored, *must_leave_[n], {}))
    fail(name(n) + " does not say that it was restored");
}

std::string Simulator::fresh_place() { return "place " + std::to_string(++place_count_); }

// What a directory had alone that was set back is gone, as with every disk that is lost: nobody can
// find it, unless a message with it is still under way.
void Simulator::note_lost() {
  std::set<std::pair<StreamId, ChainHash>> held;
  for (const auto& node : nodes_)
    CHECK(node->log()
              .read_after(node->store, Position::none,
                          [&](const EventId& id, const StoredEvent& stored) {
                            held.emplace(id.stream, stored.chain);
                            return true;
                          })
              .ok());
  for (auto& [content, known] : acknowledged_) {
    const auto has = [&, id = known.id](const auto& node) {
      return chronicle_.find(id, node->head(id.stream).vector()) != Chronicle::Found::no;
    };
    const bool is_found =
        swarm_.compacts() ? std::ranges::any_of(nodes_, has) : held.contains(content);
    if (known.lost || is_found) continue;
    known.lost = true;
    note(Branch::lost_with_disk);
    trace("only there was " + known.id.to_string());
  }
}

// The node has just started.
void Simulator::look_at_renewal(std::size_t n) {
  const SimNode& node = *nodes_[n];
  if (node.renewed()) {
    const NoticeKind kind = node.renewed()->reason;
    trace(name(n) + " begins a new origin: " + genlock::to_string(kind));
    if (auto branch = branch_of(kind)) note(*branch);
  }
  if (must_leave_[n] == node.identity().origin)
    fail(name(n) + " goes on under the origin of another directory");
  must_leave_[n].reset();
}

void Simulator::keep_lineage_soon(std::size_t n) {
  if (upkeep_is_planned_[n]) return;
  upkeep_is_planned_[n] = true;
  at(std::max(now_ms_ + upkeep_ms, paused_until_[n]), [this, n] {
    upkeep_is_planned_[n] = false;
    SimNode& node = *nodes_[n];
    if (!node.up()) return;
    if (paused_until_[n] > now_ms_) return keep_lineage_soon(n);
    const OriginId before = node.identity().origin;
    const bool leaves = node.must_leave_origin(), says_more = leaves || node.has_new_origin();
    const Result<void> kept = node.keep_lineage();
    if (stopped(n)) return;
    if (!kept.ok()) return keep_lineage_soon(n);  // the disk is full
    if (!says_more) return;
    if (leaves && node.identity().origin != before) note(Branch::came_back);
    trace(name(n) + " goes on as " + node.identity().origin.to_string());
    wrote(n);
    drive_all();
  });
}

bool Simulator::stands(std::size_t n, NoticeKind kind, OriginId origin, StreamId stream) const {
  const std::vector<Notice> all = notices(nodes_[n]->store).value();
  return std::ranges::any_of(all, [&](const Notice& notice) {
    return notice.kind == kind && notice.origin == origin && notice.stream == stream &&
           notice.acknowledged_ms == 0;
  });
}

// Where an origin went on twice, a notice says so; where it did not, none does.
void Simulator::check_lineage(std::size_t n) {
  const SimNode& node = *nodes_[n];
  for (const Notice& notice : notices(node.store).value()) {
    if (notice.kind == NoticeKind::rolled_back || notice.kind == NoticeKind::met_copy)
      note(*branch_of(notice.kind));
    if (notice.kind == NoticeKind::returned && swarm_.compacts()) {
      note(Branch::said_again);
      continue;
    }
    if (!origins_split_ && notice.kind != NoticeKind::copied)
      fail(name(n) + " has a notice of nothing: " + genlock::to_string(notice.kind));
  }
  for (StreamId stream : node.log().streams(node.store).value()) {
    const Branches branches = node.log().branches(node.store, stream).value();
    for (const genlock::Branch& branch : branches.all()) {
      if (!origins_split_) fail(name(n) + " has a branch, and nothing was copied");
      if (!stands(n, NoticeKind::fork, branch.origin, stream))
        fail(name(n) + " does not say that " + branch.origin.to_string() + " went on twice");
      if (n != 0) continue;
      note(simulation::Branch::fork);
    }
  }
}

}  // namespace genlock::simulation
