// Real processes under load over HTTP that end without warning: at a drawn moment, at the n-th sync
// of their log, or with a disk that fails it. Held to what their clients were promised, over all
// their lives.
#include "catch.h"
#include "cli/compactor.h"
#include "cli/node_check.h"
#include "crash/observer.h"
#include "crash/preload.h"
#include "e2e/nodes.h"
#include "support/places.h"

#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <thread>

using namespace genlock;
using namespace genlock::cli;
using namespace genlock::crash;

namespace {

constexpr std::size_t crew_count = 3;
constexpr std::uint64_t writes_per_life = 40;
constexpr std::uint64_t most_writes = 20'000;  // of one crew, until a log is compacted
constexpr std::chrono::seconds longest_life(60);

// What the shim is told, for nodes that start within the scope (shim/sync_faults.cpp).
class SyncFault : public Preload {
 public:
  explicit SyncFault(const std::string& fault)
      : Preload(GENLOCK_SYNC_FAULTS, "GENLOCK_SYNC_FAULT", fault) {}
};

// One data directory, its crews and its observer, over many processes.
class Venue {
 public:
  Venue() {
    for (std::uint64_t n = 1; n <= crew_count; ++n) crews_.emplace_back(n);
    ServedNode node = nodes_.start(Role::lan, name);
    REQUIRE(make_show(*node.client).ok());
    (void)observer_.look(*node.client);  // follows the feed from here on
    node.process->kill();
  }

  // A life that ends by itself at the n-th sync ("before 12"), maybe while its directory is opened,
  // or that takes no more writes from then on ("eio 12").
  void live_with(const std::string& fault) {
    std::optional<ServedNode> node;
    {
      const SyncFault scope(fault);
      node = try_start();
    }
    if (!node) return;
    const std::uint64_t before = acknowledged();
    load(*node, UINT64_MAX);
    REQUIRE(acknowledged() - before < crew_count * writes_per_life);  // it did happen
    node->process->kill();
  }
  // A life that is killed after so many writes, in the middle of others.
  void live_until(std::uint64_t acknowledged) {
    ServedNode node = nodes_.start(Role::lan, name);
    load(node, acknowledged);
    node.process->kill();
  }
  // A life that compacts as often as can be, and is killed so long after the first file of history
  // that it writes: before what is in it is dropped, or while it is, or after.
  void live_until_compacting(std::chrono::milliseconds later) {
    ServedNode node =
        nodes_.start(Role::lan, name, {"--stable-after", "1s", "--compact-every", "1s"});
    const std::size_t before = history_count();
    std::atomic<bool> has_compacted{false};
    std::thread watch([&] {
      const auto end = std::chrono::steady_clock::now() + longest_life;
      while (!has_compacted && std::chrono::steady_clock::now() < end) {
        has_compacted = history_count() > before;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      std::this_thread::sleep_for(later);
      node.process->kill();
    });
    load(node, UINT64_MAX, most_writes);
    watch.join();
    REQUIRE(has_compacted);
    ++compactions_;
  }

  // Opens it in peace: all promises, all proofs, and a peer that ends up with the same.
  void check() {
    ServedNode office = nodes_.start(Role::cloud, "office");
    ServedNode node = nodes_.start(Role::lan, name, {"--peer", office.url, "--subscribe", "all"});
    for (Crew& crew : crews_) {
      if (crew.has_open_write()) REQUIRE(crew.write(*node.client));
      const Complaint wrong = crew.check(*node.client);
      INFO(wrong.value_or(""));
      REQUIRE_FALSE(wrong);
    }
    while (observer_.look(*node.client)) {
    }
    INFO(observer_.complaint().value_or(""));
    REQUIRE_FALSE(observer_.complaint());
    const Result<void> same =
        wait_until("both nodes have the same", std::chrono::seconds(60), [&]() -> Result<bool> {
          return stream_digests(*node.client).value() == stream_digests(*office.client).value();
        });
    INFO((same.ok() ? "" : same.error().message));
    REQUIRE(same.ok());
    REQUIRE(node.stop().value() == 0);
    const Nodes::Ran verified = Nodes::run({"verify", "--data", nodes_.data_of(name)});
    INFO(verified.output);
    REQUIRE(verified.status == 0);
    if (compactions_ > 0)
      REQUIRE(verified.output.find("all in its history files") != std::string::npos);
    check_log();
  }

  std::uint64_t acknowledged() const {
    std::uint64_t sum = 0;
    for (const Crew& crew : crews_) sum += crew.acknowledged_count();
    return sum;
  }
  const Observer& observer() const { return observer_; }

 private:
  static constexpr const char* name = "venue";

  // nullopt: it ended while it opened its directory.
  std::optional<ServedNode> try_start() {
    auto node = ServedNode::start({.program = genlock_program(),
                                   .role = Role::lan,
                                   .name = name,
                                   .data = nodes_.data_of(name),
                                   .log = nodes_.path("venue.log"),
                                   .more = {}});
    if (node.ok()) return *std::move(node);
    return std::nullopt;
  }

  // All crews write, each reads its own writes, and the observer looks, until the node stops
  // answering, `acknowledged` writes are done, or each crew has had its share.
  void load(const ServedNode& node, std::uint64_t acknowledged,
            std::uint64_t writes_each = writes_per_life) {
    std::atomic<std::uint64_t> done{0};
    std::atomic<std::size_t> working{crew_count};
    std::vector<std::thread> threads;
    std::vector<Complaint> complaints(crew_count);
    for (std::size_t i = 0; i < crew_count; ++i) {
      threads.emplace_back([&, i] {
        const auto client = connect_to(node.url).value();
        for (std::uint64_t n = 0; n < writes_each && crews_[i].write(*client); ++n) {
          if (++done == acknowledged) node.process->kill();
          if (!complaints[i]) complaints[i] = crews_[i].check_last(*client);
        }
        --working;
      });
    }
    threads.emplace_back([&] {
      const auto client = connect_to(node.url).value();
      while (working > 0) (void)observer_.look(*client);
    });
    for (std::thread& thread : threads) thread.join();
    for (const Complaint& wrong : complaints) {
      INFO(wrong.value_or(""));
      REQUIRE_FALSE(wrong);
    }
    INFO(observer_.complaint().value_or(""));
    REQUIRE_FALSE(observer_.complaint());
  }

  void check_log() {
    NodeOptions options;
    options.data = nodes_.data_of(name);
    options.read_only = true;
    auto node = Node::open(options);
    REQUIRE(node.ok());
    HistoryFiles history(history_folder());
    const StreamId show = *StreamId::parse(show_id);
    const auto whole = history.whole((*node)->store(), show);
    INFO((whole.ok() ? "" : whole.error().message));
    REQUIRE(whole.ok());
    const Commands commands = commands_of(**whole, (*node)->log(), show).value();
    INFO(commands.doubled.value_or(""));
    REQUIRE_FALSE(commands.doubled);
    REQUIRE(commands.count == acknowledged());
  }

  std::filesystem::path history_folder() const {
    return default_history_directory(nodes_.data_of(name));
  }
  // Whole ones and drafts.
  std::size_t history_count() const {
    std::error_code failure;
    std::size_t count = 0;
    std::filesystem::directory_iterator at(history_folder(), failure);
    for (; !failure && at != std::filesystem::directory_iterator(); at.increment(failure)) ++count;
    return count;
  }

  Nodes nodes_;
  std::size_t compactions_ = 0;
  std::deque<Crew> crews_;
  Observer observer_;
};

}  // namespace

TEST_CASE("a node killed at the n-th sync of its disk keeps what it promised", "[crash][process]") {
  Venue venue;
  for (const char* fault : {"before 1", "before 3", "after 6", "before 9", "after 11", "after 14",
                            "before 17", "before 20", "after 26", "after 31"})
    venue.live_with(fault);
  REQUIRE(venue.acknowledged() > 0);
  venue.check();
  REQUIRE(venue.observer().event_count() > 0);
  REQUIRE(venue.observer().reset_count() == 0);
}

TEST_CASE("a node killed while many write keeps what it promised", "[crash][process]") {
  Venue venue;
  SeededRandom random(7);
  for (int life = 0; life < 10; ++life) venue.live_until(5 + random.next_u64() % 60);
  venue.check();
  REQUIRE(venue.acknowledged() >= 50);
  REQUIRE(venue.observer().reset_count() == 0);
}

TEST_CASE("a node whose disk fails a sync acknowledges nothing more, and loses nothing",
          "[crash][process]") {
  Venue venue;
  for (const char* fault : {"eio 4", "eio 11", "eio 25"}) venue.live_with(fault);
  venue.check();
}

TEST_CASE("a node killed while it compacts keeps what it promised, in log and history files",
          "[crash][process][history]") {
  Venue venue;
  for (const int later_ms : {0, 3, 15})
    venue.live_until_compacting(std::chrono::milliseconds(later_ms));
  venue.check();
  REQUIRE(venue.acknowledged() >= 1'000);  // before that nothing is compacted
}
