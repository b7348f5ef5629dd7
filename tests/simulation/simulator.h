// Three nodes in one thread: a cloud, two LAN nodes, clients that write, and a network, clocks and
// disks that misbehave, all from one seed. After a time of trouble everything heals, and the nodes
// must come to the same bytes.
#pragma once

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
  std::string failure;  // empty: all checks held
  Digest trace;         // of everything that happened, in order
  std::uint64_t commands = 0, accepted = 0, refused = 0;
  std::uint64_t messages = 0, sessions = 0, crashes = 0;
  std::uint64_t events = 0, conflicts = 0;
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

  std::uint64_t below(std::uint64_t n) { return chance_.next_u64() % n; }
  bool chance(std::uint64_t percent) { return percent > 0 && below(100) < percent; }
  void at(std::int64_t at_ms, std::function<void()> action);
  void trace(const std::string& text);
  void fail(const std::string& text);
  std::unique_ptr<SimLink> make_link(std::size_t from, std::size_t to);
  bool run_until(std::int64_t end_ms, const std::function<bool()>& done);

  // sim_faults.cpp
  void plan_faults();
  void plan_commands();
  void give_command();
  void crash(std::size_t node);
  void restart(std::size_t node);
  void heal();
  // sim_network.cpp
  void send(Letter letter);
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
  // sim_checks.cpp
  bool quiet();
  void check_all();
  std::string state_of(const SimNode& node, Space space, const std::set<StreamId>& streams);
  std::set<StreamId> shared_streams();

  const Swarm swarm_;
  const bool print_trace_;
  std::int64_t now_ms_ = 0;
  std::uint64_t step_count_ = 0;
  SeededRandom chance_;
  Workload workload_;
  std::vector<std::unique_ptr<SimNode>> nodes_;  // 0 is the cloud
  std::vector<std::unique_ptr<SimLink>> links_;
  std::priority_queue<Step, std::vector<Step>, std::greater<>> steps_;
  std::deque<Letter> old_letters_;
  std::vector<std::vector<bool>> cut_;  // cut_[from][to]
  std::vector<std::uint64_t> lives_;  // restarts of each node: letters to an earlier life are lost
  std::map<std::size_t, std::list<Parked>> parked_;  // by node
  std::uint64_t request_count_ = 0;
  bool trouble_ = true;
  std::set<EventId> acknowledged_;
  simulation::Outcome outcome_;
};

}  // namespace genlock::simulation
