#include "cli/node_upkeep.h"

#include "cli/api_client.h"
#include "cli/system_clock.h"
#include "local_node.h"

#include <condition_variable>

using namespace genlock;
using namespace genlock::cli;

namespace {

// A node with a show, and its upkeep.
struct KeptNode {
  KeptNode() { node.take({"show-small.json"}); }

  Result<std::string> run(http::Upkeep work) {
    std::mutex mutex;
    std::condition_variable ended;
    std::optional<Result<std::string>> outcome;
    auto begun =
        upkeep.begin(work, {.advance = [this](std::uint64_t, std::uint64_t) { steps.fetch_add(1); },
                            .finished =
                                [&](Result<std::string> result) {
                                  const std::lock_guard lock(mutex);
                                  outcome = std::move(result);
                                  ended.notify_one();
                                }});
    REQUIRE(begun.ok());
    REQUIRE(*begun);
    std::unique_lock lock(mutex);
    ended.wait(lock, [&] { return outcome.has_value(); });
    return *std::move(outcome);
  }
  Json verify() { return parse_json(run(http::Upkeep::verify).value()).value(); }

  // Changes what is stored of one source behind the node's back.
  void spoil() {
    std::string key, value;
    REQUIRE(node.node()
                .store()
                .scan(Space::rows, "r", "s",
                      [&](std::string_view k, std::string_view v) {
                        if (v.find("\"type\":\"") == std::string_view::npos) return true;
                        key = k, value = v;
                        return false;
                      })
                .ok());
    REQUIRE_FALSE(key.empty());
    value[value.find("\"type\":\"") + 8] ^= 1;
    Batch batch;
    batch.at(Space::rows).emplace(key, value);
    REQUIRE(node.node().store().commit(batch, true).ok());
  }

  LocalNode node;
  SystemClock wall;
  Logger log{LogLevel::off, wall};
  NodeUpkeep upkeep{node.node(), log};
  std::atomic<int> steps{0};
};

}  // namespace

TEST_CASE("a running node verifies itself, and mends rows that are not what its log says",
          "[cli]") {
  KeptNode kept;
  REQUIRE(member(kept.verify(), "ok").boolean);
  REQUIRE(kept.steps > 0);
  kept.spoil();
  Json found = kept.verify();
  REQUIRE_FALSE(member(found, "ok").boolean);
  REQUIRE(text_of(found, "difference").find("column type is stored as") != std::string::npos);
  Json mended = parse_json(kept.run(http::Upkeep::rebuild).value()).value();
  REQUIRE(integer_of(mended, "mended") == 1);
  REQUIRE(integer_of(mended, "events") > 0);
  REQUIRE(member(kept.verify(), "ok").boolean);
  REQUIRE(kept.upkeep.ready().ready);
}

TEST_CASE("what is under way is broken off when the node stops, and leaves no trace", "[cli]") {
  KeptNode kept;
  kept.spoil();
  std::optional<Result<std::string>> outcome;
  std::atomic<bool> is_in{false}, may_go_on{false};
  auto begun = kept.upkeep.begin(
      http::Upkeep::rebuild, {.advance =
                                  [&](std::uint64_t, std::uint64_t) {
                                    is_in = true;
                                    while (!may_go_on) std::this_thread::yield();
                                  },
                              .finished = [&](Result<std::string> r) { outcome = std::move(r); }});
  REQUIRE(*begun);
  while (!is_in) std::this_thread::yield();
  REQUIRE(kept.upkeep.rebuilding_percent());
  REQUIRE_FALSE(kept.upkeep.ready().ready);
  REQUIRE_FALSE(*kept.upkeep.begin(http::Upkeep::verify, {}));  // one at a time
  std::thread stopper([&] { kept.upkeep.end(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  may_go_on = true;
  stopper.join();
  REQUIRE(outcome->error().code == ErrorCode::unavailable);
  REQUIRE(kept.upkeep.begin(http::Upkeep::verify, {}).error().code == ErrorCode::unavailable);
  Folder folder(kept.node.node());
  REQUIRE(verify(kept.node.node().store(), folder.engine())->difference);
}

TEST_CASE("upkeep that is cancelled ends soon and leaves no trace; the next one works", "[cli]") {
  KeptNode kept;
  kept.spoil();
  for (http::Upkeep work : {http::Upkeep::rebuild, http::Upkeep::verify}) {
    std::stop_source source;
    std::atomic<bool> is_in{false}, may_go_on{false}, has_ended{false};
    std::optional<Result<std::string>> outcome;
    auto begun = kept.upkeep.begin(work, {.advance =
                                              [&](std::uint64_t, std::uint64_t) {
                                                is_in = true;
                                                while (!may_go_on) std::this_thread::yield();
                                              },
                                          .finished =
                                              [&](Result<std::string> r) {
                                                outcome = std::move(r);
                                                has_ended = true;
                                              },
                                          .cancelled = source.get_token()});
    REQUIRE(*begun);
    while (!is_in) std::this_thread::yield();
    source.request_stop();
    may_go_on = true;
    while (!has_ended) std::this_thread::yield();
    REQUIRE_FALSE(outcome->ok());
    REQUIRE(outcome->error().message.find("it was cancelled") != std::string::npos);
  }
  Json found = kept.verify();
  REQUIRE_FALSE(member(found, "ok").boolean);
}
