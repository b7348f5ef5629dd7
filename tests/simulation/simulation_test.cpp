// The kept seeds, that a seed repeats itself, and that the parts of the simulator do what they are
// there for. Many seeds: ./dev sim --seeds 1..5000
#include "catch.h"
#include "simulation/log_check.h"
#include "simulation/shrink.h"
#include "simulation/simulator.h"
#include "support/places.h"

#include <fstream>
#include <sstream>

namespace genlock::simulation {
namespace {

std::vector<Swarm> kept_seeds() {
  std::ifstream file(project_file("tests/simulation/seeds.txt"));
  std::vector<Swarm> kept;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::uint64_t seed = 0;
    std::string size;
    if (words >> seed >> size)
      kept.push_back(Swarm::draw(seed, size == "--large" ? WorldSize::large : WorldSize::common));
  }
  return kept;
}

Batch put(const std::string& key, const std::string& value) {
  Batch batch;
  batch.at(Space::events)[key] = value;
  return batch;
}

bool has(const SimDisk& disk, const std::string& key) {
  return disk.get(Space::events, key).value().has_value();
}

TEST_CASE("every kept seed holds, and goes the same way twice", "[simulation]") {
  const std::vector<Swarm> kept = kept_seeds();
  REQUIRE(!kept.empty());
  for (const Swarm& swarm : kept) {
    INFO("replay it with: ./dev sim " << replay_options(swarm) << " --trace");
    Outcome first = Simulator(swarm, false).run();
    Outcome second = Simulator(swarm, false).run();
    REQUIRE(first.failure == "");
    REQUIRE(first.trace == second.trace);
  }
}

TEST_CASE("the seeds between them draw every fault, size and topology", "[simulation]") {
  std::bitset<fault_count> faults;
  std::set<Topology> topologies;
  std::set<std::size_t> sizes;
  std::size_t most_clients = 0;
  bool partial = false, liveness = false, hours = false, polls = false;
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    Swarm swarm = Swarm::draw(seed);
    faults |= swarm.faults;
    topologies.insert(swarm.topology);
    sizes.insert(swarm.nodes);
    most_clients = std::max(most_clients, swarm.clients);
    partial |= swarm.partial;
    liveness |= swarm.liveness;
    hours |= swarm.chaos_ms > 3'600'000;
    polls |= swarm.live;
  }
  REQUIRE(faults.all());
  REQUIRE(topologies.size() == 4);
  REQUIRE(sizes == std::set<std::size_t>{2, 3, 4, 5, 6, 7});
  REQUIRE(most_clients >= 15);
  REQUIRE((partial && liveness && hours && polls));
}

TEST_CASE("leaving a command out changes nothing that another one draws", "[simulation]") {
  Workload all(5), fewer(5);
  for (std::uint64_t number = 0; number < 20; ++number) all.turn(number, 10, 3);
  Workload::Turn turn = all.turn(20, 10, 3), alone = fewer.turn(20, 10, 3);
  REQUIRE(turn.client == alone.client);
  REQUIRE(turn.node == alone.node);
}

TEST_CASE("power cut: what was synced lasts, what was torn is gone whole", "[simulation]") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SeededRandom chance(seed);
    SimDisk disk;
    REQUIRE(disk.commit(put("synced", "1"), true).ok());
    disk.arm(Fault::torn_write, chance);
    REQUIRE(!disk.commit(put("torn", std::string(100, 'x')), true).ok());
    REQUIRE(disk.broken());
    REQUIRE(!disk.commit(put("later", "1"), true).ok());
    disk.cut_power(chance);
    REQUIRE(has(disk, "synced"));
    REQUIRE(!has(disk, "torn"));
    REQUIRE(disk.commit(put("later", "1"), true).ok());
  }
}

TEST_CASE("power cut before the sync: the batch lasts in some runs, and never in part",
          "[simulation]") {
  std::size_t kept = 0, lost = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SeededRandom chance(seed);
    SimDisk disk;
    Batch two = put("a", "1");
    two.at(Space::rows)["b"] = std::string("2");
    disk.arm(Fault::cut_before_sync, chance);
    REQUIRE(!disk.commit(two, true).ok());
    SimDisk::Recovery recovery = disk.cut_power(chance);
    REQUIRE(recovery.kept_batches + recovery.lost_batches == 1);
    REQUIRE(has(disk, "a") == disk.get(Space::rows, "b").value().has_value());
    (has(disk, "a") ? kept : lost) += 1;
  }
  REQUIRE(kept > 0);
  REQUIRE(lost > 0);
}

TEST_CASE("a full disk takes nothing until there is room, and loses nothing", "[simulation]") {
  SeededRandom chance(1);
  SimDisk disk;
  REQUIRE(disk.commit(put("before", "1"), true).ok());
  disk.arm(Fault::disk_full, chance);
  REQUIRE(!disk.commit(put("refused", "1"), true).ok());
  REQUIRE(disk.is_full());
  REQUIRE(!disk.broken());
  disk.make_room();
  REQUIRE(disk.commit(put("after", "1"), true).ok());
  REQUIRE((has(disk, "before") && !has(disk, "refused") && has(disk, "after")));
}

TEST_CASE("a clock can jump, stand still and run backward", "[simulation]") {
  std::int64_t now = 0;
  SimClock clock(now);
  UnixMs start = clock.now();
  now = 1'000;
  REQUIRE(clock.now() == start + 1'000);
  clock.run_at(0);
  now = 5'000;
  REQUIRE(clock.now() == start + 1'000);
  clock.run_at(-1);
  now = 5'300;
  REQUIRE(clock.now() == start + 700);
  clock.jump(3'600'000);
  REQUIRE(clock.now() == start + 3'600'700);
}

Identity some_node() {
  return {NodeId{Uuid::make_v5({}, "node")}, OriginId{Uuid::make_v5({}, "origin")}, Role::lan,
          "lan 1"};
}

// A node whose directory is where its first process was started.
std::unique_ptr<SimNode> placed_node(const std::int64_t& now) {
  auto node = std::make_unique<SimNode>("lan 1", now, 7, std::size_t{1} << 20);
  node->place = "here";
  node->database = "one";
  node->enroll(some_node(), std::nullopt);
  return node;
}

TEST_CASE("a copy of a simulated directory begins a new origin where it can know", "[simulation]") {
  const std::int64_t now = 0;
  auto first = placed_node(now);
  REQUIRE(first->keep_lineage().ok());
  DirectoryImage image = first->image();

  SimNode machine("copy of the machine", now, 8, std::size_t{1} << 20);
  machine.replace(image);
  REQUIRE(machine.start().ok());
  REQUIRE(!machine.renewed());
  REQUIRE(machine.identity() == first->identity());

  image.place = "elsewhere";
  SimNode copy("copy", now, 9, std::size_t{1} << 20);
  copy.replace(image);
  REQUIRE(copy.start().ok());
  REQUIRE(copy.renewed());
  REQUIRE(copy.renewed()->reason == NoticeKind::copied);
  REQUIRE(copy.identity().origin != first->identity().origin);
  REQUIRE(!copy.has_new_origin());  // it is in the directory stream already
}

TEST_CASE("an older database under the witness of now is noticed, also the next time it is copied",
          "[simulation]") {
  const std::int64_t now = 0;
  auto node = placed_node(now);
  const DirectoryImage before = node->image();
  REQUIRE(node->write_raw(directory_stream, {}).ok());
  REQUIRE(node->keep_lineage().ok());
  node->stop();
  DirectoryImage mixed = node->image();
  mixed.content = before.content;
  node->replace(mixed);
  REQUIRE(node->start().ok());
  REQUIRE(node->renewed());
  REQUIRE(node->renewed()->reason == NoticeKind::lost_tail);

  node->stop();
  node->place = "elsewhere";
  REQUIRE(node->start().ok());
  REQUIRE(node->renewed());
  REQUIRE(node->renewed()->reason == NoticeKind::copied);
}

// Two branches of one origin in one log; what is claimed of it can be wrong.
TEST_CASE("the check of a log knows branches", "[simulation]") {
  const std::int64_t now = 0;
  auto first = placed_node(now);
  SimNode copy("copy", now, 8, std::size_t{1} << 20);
  copy.replace(first->image());
  REQUIRE(copy.start().ok());
  copy.clock.jump(1'000);
  const EventId one = first->write_raw(directory_stream, {}).value();
  const EventId other = copy.write_raw(directory_stream, {}).value();
  REQUIRE(one == other);
  const StoredEvent theirs = copy.log().read(copy.store, other).value();
  const Chunk chunk{directory_stream, {theirs.bytes}, {{other.dot, theirs.chain}}};
  REQUIRE((theirs.chain != first->log().read(first->store, one).value().chain));
  REQUIRE(first
              ->commit([&](Overlay& overlay) -> Result<void> {
                TRY(first->engine().ingest(chunk, overlay));
                return {};
              })
              .ok());
  const LogReport report = check_log(*first);
  REQUIRE(report.failure == "");
  REQUIRE(report.facts.at(directory_stream).size() == 3);
  REQUIRE(report.chains.contains({directory_stream, theirs.chain}));
  REQUIRE(first->log().branches(first->store, directory_stream).value().all().size() == 1);
}

TEST_CASE("what a failure was shrunk to is told as options of simulate", "[simulation]") {
  Swarm swarm = Swarm::draw(3);
  REQUIRE(replay_options(swarm) == "--seed 3");
  for (std::uint64_t i = 0; i < swarm.command_numbers(); ++i)
    if (i != 4 && i != 9) swarm.skipped.insert(i);
  REQUIRE(replay_options(swarm) == "--seed 3 --keep 4,9");
}

TEST_CASE("a fault that never fired is told by name", "[simulation]") {
  Tally tally;
  for (std::size_t i = 0; i < fault_count; ++i) tally.note(Fault{static_cast<std::uint8_t>(i)});
  for (std::size_t i = 0; i < branch_count; ++i) tally.note(Branch{static_cast<std::uint8_t>(i)});
  REQUIRE(tally.missing() == "");
  tally.faults[static_cast<std::size_t>(Fault::swizzle_clog)] = 0;
  tally.branches[static_cast<std::size_t>(Branch::void_lock)] = 0;
  REQUIRE(tally.missing() == "swizzle_clog, void_lock");
}

}  // namespace
}  // namespace genlock::simulation
