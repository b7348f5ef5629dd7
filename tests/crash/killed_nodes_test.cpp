// Real processes under load over HTTP that end without warning: at a drawn moment, at the n-th sync
// of their log, or with a disk that fails it. Held to what their clients were promised, over all
// their lives.
#include "catch.h"
#include "cli/node_check.h"
#include "crash/observer.h"
#include "crash/preload.h"
#include "e2e/nodes.h"
#include "support/places.h"

#include <atomic>
#include <deque>
#include <thread>

using namespace genlock;
using namespace genlock::cli;
using namespace genlock::crash;

namespace {

constexpr std::size_t crew_count = 3;
constexpr std::uint64_t writes_per_life = 40;

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
  void load(const ServedNode& node, std::uint64_t acknowledged) {
    std::atomic<std::uint64_t> done{0};
    std::atomic<std::size_t> working{crew_count};
    std::vector<std::thread> threads;
    std::vector<Complaint> complaints(crew_count);
    for (std::size_t i = 0; i < crew_count; ++i) {
      threads.emplace_back([&, i] {
        const auto client = connect_to(node.url).value();
        for (std::uint64_t n = 0; n < writes_per_life && crews_[i].write(*client); ++n) {
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
    const Commands commands = commands_in((*node)->store(), (*node)->log()).value();
    INFO(commands.doubled.value_or(""));
    REQUIRE_FALSE(commands.doubled);
    REQUIRE(commands.count == acknowledged());
  }

  Nodes nodes_;
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
