// What must hold when everything is quiet again.
#include "projections/rebuild.h"
#include "simulation/log_check.h"
#include "simulation/oracle_check.h"
#include "simulation/simulator.h"

#include <xxhash.h>

#include <algorithm>

namespace genlock::simulation {
namespace {

using Content = std::map<std::string, std::string>;

Content content_of(const Store& store, Space space) {
  Content all;
  CHECK(store
            .scan(space, "", "",
                  [&](std::string_view key, std::string_view value) {
                    all.emplace_hint(all.end(), key, value);
                    return true;
                  })
            .ok());
  return all;
}

// A hash of all keys and values, with their lengths.
std::uint64_t bytes_of(const Store& store, Space space) {
  std::uint64_t hash = 0;
  const auto add = [&](std::string_view bytes) {
    hash = XXH3_64bits_withSeed(bytes.data(), bytes.size(), hash + bytes.size());
  };
  CHECK(store
            .scan(space, "", "",
                  [&](std::string_view key, std::string_view value) {
                    add(key);
                    add(value);
                    return true;
                  })
            .ok());
  return hash;
}

std::map<Dot, ChainHash> chains_of(const StreamHead& head) {
  std::map<Dot, ChainHash> chains;
  for (const auto& [origin, at] : head.origins) chains[{origin, at.last}] = at.chain;
  return chains;
}

std::string printable(std::string_view bytes) {
  std::string text;
  for (char c : bytes) text += c > 32 && c < 127 ? c : '.';
  return text;
}

}  // namespace

// The last key that two nodes do not have alike, with its values; empty: they are the same. (The
// first ones are digests.)
std::string Simulator::difference(std::size_t a, std::size_t b, Space space) const {
  Content ours = content_of(nodes_[a]->store, space);
  Content theirs = content_of(nodes_[b]->store, space);
  if (ours == theirs) return {};
  for (const auto& [key, value] : theirs) ours.try_emplace(key, "(missing)");
  std::string found;
  for (const auto& [key, value] : ours) {
    auto other = theirs.find(key);
    if (other == theirs.end() || other->second != value)
      found = printable(key) + " is " + printable(value) + " at " + name(a) + " and " +
              (other == theirs.end() ? "(missing)" : printable(other->second)) + " at " + name(b);
  }
  return found;
}

std::set<std::size_t> Simulator::everybody() const {
  std::set<std::size_t> all;
  for (std::size_t n = 0; n < nodes_.size(); ++n) all.insert(n);
  return all;
}

// A node may break its promise for the sake of each other one, and word of that goes from node to
// node, at worst one link in an interval, there and back.
std::int64_t Simulator::longest_way_ms() const {
  return 2 * static_cast<std::int64_t>(nodes_.size()) * swarm_.interval_ms();
}

bool Simulator::come_to_rest(const std::string& when) {
  constexpr std::int64_t rest_ms = 30 * 60'000;
  if (run_until(now_ms_ + rest_ms + longest_way_ms(), [&] { return unrest().empty(); }))
    return true;
  fail("the nodes did not come to rest " + when + ": " + unrest());
  return false;
}

// Why the world is not at rest: every link's last session must be a full one that had nothing to
// say. Empty: it is.
std::string Simulator::unrest() {
  for (std::size_t n = 0; n < nodes_.size(); ++n)
    if (!nodes_[n]->up()) return name(n) + " is down";
  for (const auto& link : links_)
    if (!link->last_in_sync || !link->last_was_full)
      return name(link->from) + " has more to say to " + name(link->to);
  for (const auto& node : nodes_)
    if (node->has_new_origin() || node->must_leave_origin())
      return node->name + " has not said who it is now";
  return core_agrees(everybody()) ? "" : "they have different events";
}

std::vector<StreamId> Simulator::every_stream() const {
  std::vector<StreamId> all = workload_.streams();
  all.push_back(directory_stream);
  return all;
}

// What all of them want.
std::set<StreamId> Simulator::shared_streams(const std::set<std::size_t>& nodes) {
  std::set<StreamId> shared;
  for (StreamId stream : every_stream()) {
    bool wanted = true;
    for (std::size_t n : nodes)
      wanted = wanted && nodes_[n]->subscriptions().wants(stream, nodes_[n]->index());
    if (wanted) shared.insert(stream);
  }
  return shared;
}

void Simulator::check_all() {
  std::set<StreamId> shared = shared_streams(everybody());
  looked_at_.clear();
  cloud_bases_.clear();
  for (std::size_t n = 0; n < nodes_.size(); ++n) check_node(n, shared);
  SimNode& cloud = *nodes_[0];
  LogReport log = look_at_log(cloud);
  if (!log.failure.empty()) return fail("the cloud: " + log.failure);
  check_acknowledged(log);
  outcome_.events = outcome_.conflicts = 0;
  for (const auto& [stream, facts] : log.facts) {
    outcome_.events += facts.size();
    OracleReport report = compare_with_oracle(cloud, stream, facts, outcome_.tally);
    outcome_.conflicts += report.conflicts;
    if (!report.difference.empty()) fail("the oracle differs: " + report.difference);
  }
}

// Where logs are compacted the chronicle tells what is not kept: the oracle always judges from all
// that was ever written and not written again.
LogReport Simulator::look_at_log(const SimNode& node) const {
  if (!swarm_.compacts()) return check_log(node);
  LogReport report;
  report.failure = chronicle_.check(node);
  for (StreamId stream : node.log().streams(node.store).value())
    report.facts[stream] = chronicle_.facts(stream, node.head(stream).vector());
  return report;
}

void Simulator::check_acknowledged(const LogReport& log) {
  for (const auto& [content, known] : acknowledged_) {
    if (known.lost) continue;
    bool is_there = log.chains.contains(content);
    if (swarm_.compacts()) {
      const auto found = chronicle_.find(known.id, nodes_[0]->head(known.id.stream).vector());
      if (found == Chronicle::Found::said_again) note(Branch::found_again);
      is_there = found != Chronicle::Found::no;
    }
    if (!is_there)
      fail("the acknowledged event " + known.id.to_string() + " is missing or has another content");
  }
}

void Simulator::check_node(std::size_t n, const std::set<StreamId>& shared) {
  SimNode& node = *nodes_[n];
  const SimNode& cloud = *nodes_[0];
  const std::string& who = name(n);
  bool all_shared = shared.size() == every_stream().size();
  for (StreamId stream : shared) {
    // The cloud's log is looked through for every acknowledged event; hashes speak for the others.
    if (chains_of(node.head(stream)) != chains_of(cloud.head(stream)))
      fail(who + " has other events than the cloud in stream " + stream.to_string());
    Digest ours = node.engine().projection().digest(node.store, stream).value();
    if (!(ours == nodes_[0]->engine().projection().digest(cloud.store, stream).value()))
      fail(who + " shows other rows than the cloud in stream " + stream.to_string());
  }
  const bool same_floors = has_same_floors(n, 0);
  const Shown shown{bytes_of(node.store, Space::state), bytes_of(node.store, Space::rows)};
  trace_bytes({reinterpret_cast<const char*>(&shown), sizeof(shown)});
  const Shown& of_cloud = n > 0 ? looked_at_.front() : shown;
  if (all_shared && same_floors && shown.state != of_cloud.state)
    fail(who + " and the cloud differ: " + difference(n, 0, Space::state));
  if (all_shared && shown.rows != of_cloud.rows)
    fail(who + " and the cloud differ: " + difference(n, 0, Space::rows));
  if (!same_floors) check_bases(n, shared);
  if (n > 0)
    if (const LogReport log = look_at_log(node); !log.failure.empty())
      fail(who + ": " + log.failure);
  // One rebuild speaks for all that have the same bytes above the same floors.
  bool is_known = false;
  for (std::size_t m = 0; m < n && !is_known; ++m)
    is_known = looked_at_[m] == shown && has_same_floors(n, m);
  looked_at_.push_back(shown);
  if (!is_known) {
    auto verified = verify(node.store, node.engine());
    if (!verified.ok()) fail(who + " cannot be verified: " + verified.error().message);
    if (verified.ok() && verified->difference)
      fail("rebuilding " + who + " gives other bytes: " + *verified->difference);
  }
  check_lineage(n);
  check_notes(n);
}

bool Simulator::has_same_floors(std::size_t a, std::size_t b) const {
  if (!swarm_.compacts()) return true;
  return std::ranges::all_of(every_stream(), [&](StreamId stream) {
    return nodes_[a]->log().floor(nodes_[a]->store, stream).value() ==
           nodes_[b]->log().floor(nodes_[b]->store, stream).value();
  });
}

// State of before different floors is not the same bytes; what both would leave at the greater
// floor is.
void Simulator::check_bases(std::size_t n, const std::set<StreamId>& shared) {
  const SimNode &node = *nodes_[n], &cloud = *nodes_[0];
  for (StreamId stream : shared) {
    VersionVector cut = node.log().floor(node.store, stream).value();
    cut.merge(cloud.log().floor(cloud.store, stream).value());
    const auto ours = base_at(node.store, node.log(), stream, cut);
    auto& [cut_of_cloud, theirs] = cloud_bases_[stream];
    if (!theirs || cut_of_cloud != cut) {
      cut_of_cloud = cut;
      theirs = base_at(cloud.store, cloud.log(), stream, cut);
    }
    if (!ours.ok() || !theirs->ok())
      return fail(name(n) + " or the cloud can't be compacted where one of them is: " +
                  (ours.ok() ? theirs->error().message : ours.error().message));
    if (*ours != **theirs)
      fail(name(n) + " and the cloud would keep different events of stream " + stream.to_string());
  }
}

// What sessions noted must be owed to a fault.
void Simulator::check_notes(std::size_t n) {
  const bool other_protocol =
      outcome_.tally.faults[static_cast<std::size_t>(Fault::other_protocol)];
  for (const replication::SyncNote& note : nodes_[n]->notes()) {
    using Kind = replication::SyncNote::Kind;
    if (note.kind == Kind::damaged_message) this->note(Branch::damage_noticed);
    if (note.kind == Kind::refused_chunk) this->note(Branch::chunk_refused);
    const bool of_lineage =
        note.kind == Kind::fork || note.kind == Kind::rolled_back || note.code == ErrorCode::fork;
    const bool of_version = note.kind == Kind::refused && note.code == ErrorCode::unsupported;
    if ((of_lineage && origins_split_) || (of_version && other_protocol)) continue;
    if (of_lineage || note.kind == Kind::diverged || note.kind == Kind::refused)
      fail(name(n) + " noted " + replication::to_string(note.kind) + ": " + note.message);
    // Damage inside a sound frame is not simulated, so no chunk may have been found wrong; a full
    // or broken disk is.
    // Blocks of a manifest that another session has replaced meanwhile look damaged, and are asked
    // for again.
    const bool of_block = note.message.starts_with("a damaged snapshot");
    const bool of_floor = swarm_.compacts() && (note.code == ErrorCode::compacted ||
                                                note.code == ErrorCode::exists || of_block);
    if (note.stream && note.code != ErrorCode::gap && note.code != ErrorCode::unavailable &&
        !of_floor)
      fail(name(n) + " refused a chunk: " + note.message);
  }
}

}  // namespace genlock::simulation
