#include "http/server/worker_pool.h"

#include "catch.h"

#include <atomic>
#include <chrono>
#include <future>

namespace genlock::http {
namespace {

using namespace std::chrono_literals;

TEST_CASE("requests beyond the queue are refused, looks never", "[http][pool]") {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  std::promise<void> begun;
  std::atomic<int> ran{0};
  WorkerPool pool(1, 2);
  REQUIRE(pool.submit_request([&](unsigned) {
    begun.set_value();
    released.wait();
  }));
  begun.get_future().wait();
  REQUIRE(pool.submit_request([&](unsigned) { ++ran; }));
  REQUIRE(pool.submit_request([&](unsigned) { ++ran; }));
  REQUIRE_FALSE(pool.submit_request([&](unsigned) { ++ran; }));
  for (int i = 0; i < 10; ++i) pool.submit_look([&](unsigned) { ++ran; });
  REQUIRE_FALSE(pool.wait_idle(std::chrono::steady_clock::now() + 10ms));
  release.set_value();
  REQUIRE(pool.wait_idle(std::chrono::steady_clock::now() + 60s));
  REQUIRE(ran == 12);
}

TEST_CASE("looks leave half of the workers to requests", "[http][pool]") {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  std::promise<void> done;
  WorkerPool pool(2, 8);
  for (int i = 0; i < 20; ++i) pool.submit_look([&](unsigned) { released.wait(); });
  REQUIRE(pool.submit_request([&](unsigned) { done.set_value(); }));
  REQUIRE(done.get_future().wait_for(60s) == std::future_status::ready);
  release.set_value();
}

}  // namespace
}  // namespace genlock::http
