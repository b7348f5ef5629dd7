// A world in one thread and from one seed: a cloud node, LAN nodes, clients that write, and a
// network, clocks and disks that misbehave. After a time of trouble everything heals, and the nodes
// must come to the same bytes. Where the seed says so, a connected core must first come to agree
// while all other trouble stays (liveness.cpp).
#pragma once

#include "engine/compaction.h"
#include "replication/messages.h"
#include "simulation/chronicle.h"
#include "simulation/sim_link.h"
#include "simulation/swarm.h"
#include "simulation/workload.h"

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <queue>
#include <set>
#include <string>
#include <vector>

namespace genlock::simulation {

struct Outcome {
  std::string failure;      // empty: all checks held
  std::uint64_t trace = 0;  // hash of everything that happened, in order
  std::uint64_t commands = 0, accepted = 0, refused = 0;
  std::uint64_t messages = 0, sessions = 0, crashes = 0;
  std::uint64_t events = 0, conflicts = 0;
  Tally tally;
};

class Simulator {
 public:
  // `print_trace`: each step on standard output as well.
  Simulator(Swarm swarm, bool print_trace);
  simulation::Outcome run();

 private:
  struct Step {
    std::int64_t at_ms;
    std::uint64_t number;  // steps of one instant keep their order
    std::function<void()> action;
    bool operator>(const Step& other) const {
      return at_ms != other.at_ms ? at_ms > other.at_ms : number > other.number;
    }
  };
  struct Letter {
    std::size_t from, to;
    std::uint64_t request = 0;
    bool is_reply = false;
    bool is_wait = false;
    std::size_t link = 0;
    std::string bytes;
  };
  struct Parked {
    replication::ParkedWait wait;
    Letter reply;
    std::int64_t until_ms;
  };
  // Who can be reached: cuts of several partitions may lie over each other, so they are counted.
  using Cuts = std::vector<std::vector<int>>;  // [from][to]

  std::uint64_t below(std::uint64_t n) { return chance_.next_u64() % n; }
  bool chance(std::uint64_t percent) { return percent > 0 && below(100) < percent; }
  std::int64_t sometime() {
    return static_cast<std::int64_t>(below(static_cast<std::uint64_t>(swarm_.chaos_ms)));
  }
  std::size_t some_node() { return static_cast<std::size_t>(below(nodes_.size())); }
  // A fault that is on fires now, to this node and from it; in a healed part of the world none
  // does.
  bool hits(Fault fault, std::uint64_t percent, std::size_t from, std::size_t to);
  bool troubled(std::size_t node) const { return trouble_ && !core_.contains(node); }
  void note(Fault fault) { outcome_.tally.note(fault); }
  void note(Branch branch) { outcome_.tally.note(branch); }
  void at(std::int64_t at_ms, std::function<void()> action);
  void trace(const std::string& text);
  void trace_bytes(std::string_view bytes);  // nothing to read, but two runs must have the same
  void fail(const std::string& text);
  const std::string& name(std::size_t node) const { return nodes_[node]->name; }
  std::size_t add_node(std::string name);
  std::unique_ptr<SimLink> make_link(std::size_t from, std::size_t to);
  bool run_until(std::int64_t end_ms, const std::function<bool()>& done);

  // sim_clients.cpp
  void plan_commands();
  void give_command(std::uint64_t number, std::optional<std::size_t> node = std::nullopt);
  void acknowledge(std::size_t node, const EventId& id);
  void answered(std::size_t node, std::uint64_t number, const Command& command,
                const Result<genlock::Outcome>& done);
  std::string told(std::size_t node, const EventId& id);
  void check_own_write(std::size_t node, const Command& command);
  void write_newer_schema(std::size_t node);
  // sim_faults.cpp
  void plan_faults();
  void plan_clock_faults();
  void plan_node_faults();
  void plan_versions();
  void arm_disk(std::size_t node);
  bool stopped(std::size_t node);
  void crash(std::size_t node, bool power);
  void restart(std::size_t node);
  void make_room(std::size_t node);
  void pause(std::size_t node, std::int64_t length_ms);
  void heal_node(std::size_t node);
  void heal();
  // sim_lineage.cpp
  void plan_directory_faults();
  void meet_directory_fault(Fault fault, std::size_t node, const DirectoryImage& then);
  bool knows_its_place(std::size_t node) const;
  void go_alone(std::size_t node);
  void clone(std::size_t node, bool noticed);
  void set_back(std::size_t node, const DirectoryImage& then);
  void restore_backup(std::size_t node, const DirectoryImage& backup);
  std::string fresh_place();
  void note_lost();
  void look_at_renewal(std::size_t node);
  void keep_lineage_soon(std::size_t node);
  void check_lineage(std::size_t node);
  // sim_stability.cpp
  void introduce();
  void plan_stability();
  void plan_retirement();
  void plan_newcomer();
  void look_at_stability(std::size_t node);
  void begin_compaction(std::size_t node);
  void go_on_compacting(std::size_t node, std::uint64_t life);
  void retire(std::size_t node, std::size_t whom);
  std::size_t join(bool with_edits);
  void write_alone(std::size_t node, std::int64_t within_ms);
  void chronicle(std::size_t node);
  void note_floors(std::size_t node, bool by_snapshot);
  void be_calm();
  bool come_to_one_cut();
  void let_age();
  void retire_lost_origins();
  void compact_now(std::size_t node);

  bool stands(std::size_t node, NoticeKind kind, OriginId origin, StreamId stream) const;
  // sim_partitions.cpp
  void plan_partitions();
  void plan_absence();
  void cut(std::size_t from, std::size_t to, bool is_cut);
  void cut_for(std::size_t from, std::size_t to, std::int64_t begin, std::int64_t length);
  void plan_partition(Fault kind, std::int64_t begin, std::int64_t length);
  void lock_somewhere(std::size_t node);
  // sim_network.cpp, sim_asking.cpp
  std::string encode(std::size_t from, std::size_t to, replication::Message message) const;
  void send(Letter letter);
  void remember(const Letter& letter);
  void travel(Letter letter);
  void damage(Letter& letter);
  void deliver(Letter letter);
  void serve(const Letter& letter);
  void park(const Letter& letter, replication::Message request);
  void look_at_parked(std::size_t node);
  void drive(std::size_t link);
  void drive_all();
  void say(std::size_t link);
  void hear(const Letter& letter);
  void session_over(std::size_t link);
  void begin_wait(std::size_t link);
  void end_wait(std::size_t link, Result<replication::Message> reply);
  void wrote(std::size_t node);
  // liveness.cpp
  void check_liveness();
  std::set<std::size_t> draw_core();
  bool core_agrees(const std::set<std::size_t>& core);
  // sim_checks.cpp
  std::int64_t longest_way_ms() const;
  bool come_to_rest(const std::string& when);
  std::string unrest();
  void check_all();
  LogReport look_at_log(const SimNode& node) const;
  void check_acknowledged(const LogReport& log);
  bool has_same_floors(std::size_t a, std::size_t b) const;
  void check_bases(std::size_t node, const std::set<StreamId>& shared);
  void check_node(std::size_t node, const std::set<StreamId>& shared);
  void check_notes(std::size_t node);
  std::vector<StreamId> every_stream() const;
  std::set<StreamId> shared_streams(const std::set<std::size_t>& nodes);
  std::set<std::size_t> everybody() const;
  std::string difference(std::size_t a, std::size_t b, Space space) const;

  const Swarm swarm_;
  const bool print_trace_;
  std::int64_t now_ms_ = 0;
  std::uint64_t step_count_ = 0;
  SeededRandom chance_;
  Workload workload_;
  std::vector<std::unique_ptr<SimNode>> nodes_;
  std::vector<std::unique_ptr<SimLink>> links_;
  std::priority_queue<Step, std::vector<Step>, std::greater<>> steps_;
  std::deque<Letter> old_letters_;
  Cuts cuts_;
  std::vector<std::int64_t> paused_until_;
  std::vector<std::uint64_t> lives_;   // restarts of each node: letters to an earlier life are lost
  std::vector<bool> room_is_planned_;  // on a disk that is full
  std::size_t slow_link_ = 0;
  std::map<std::size_t, std::list<Parked>> parked_;  // by node
  std::uint64_t request_count_ = 0;
  bool trouble_ = true;
  std::set<std::size_t> core_;  // nodes that have no trouble any more, and none with each other
  // By content: where an origin went on twice an event may get another name.
  struct Acknowledged {
    EventId id;  // where it was written
    bool lost = false;
  };
  std::map<std::pair<StreamId, ChainHash>, Acknowledged> acknowledged_;
  std::map<Uuid, std::vector<std::pair<EventId, ChainHash>>> sent_before_;  // by a command key
  // Of each node: its version, and what its lineage is owed.
  struct Version {
    bool other_protocol = false, other_rules = false;
  };
  std::vector<Version> versions_;
  std::vector<bool> upkeep_is_planned_;
  std::vector<std::optional<OriginId>> must_leave_;  // it may not go on under this one
  // The compaction of one stream that is under way at each node, and the streams as they were seen
  // last.
  struct Shrinking {
    std::optional<Compaction> under_way;
    std::map<StreamId, VersionVector> floors;  // of each stream that it has
    bool is_unsure = false;                    // the last step of a compaction may be there
  };
  std::vector<Shrinking> shrinking_;
  std::vector<bool>
      has_all_to_give_;  // false: it subscribes to one production, or is a copy of who does
  Chronicle chronicle_;
  // Of the check that is under way.
  struct Shown {
    std::uint64_t state, rows;  // hashes of all bytes there
    bool operator==(const Shown&) const = default;
  };
  std::vector<Shown> looked_at_;  // the nodes so far
  std::map<StreamId, std::pair<VersionVector, std::optional<Result<StreamBase>>>> cloud_bases_;
  std::uint64_t newcomers_ = 0;
  std::uint64_t place_count_ = 0;
  std::uint64_t alone_commands_ = 0;
  bool origins_split_ = false;  // some origin may have gone on twice
  simulation::Outcome outcome_;
};

}  // namespace genlock::simulation
