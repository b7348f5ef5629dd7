// The parts of the server that need no socket.
#include "catch.h"
#include "http/intake.h"
#include "http/look_schedule.h"
#include "http/message.h"
#include "http/percent.h"
#include "http/problem.h"
#include "http/wake_board.h"
#include "http/worker_pool.h"

#include <chrono>
#include <future>
#include <set>

namespace genlock::http {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

TEST_CASE("percent-decoding refuses what does not decode", "[http][percent]") {
  REQUIRE(percent_decode("a%20b+c", Plus::literal) == "a b+c");
  REQUIRE(percent_decode("a%20b+c", Plus::space) == "a b c");
  REQUIRE(percent_decode("%C3%a4", Plus::literal) == "\xc3\xa4");
  for (const char* bad : {"%", "%2", "%zz", "%2g", "a%", "%00", "%%20"}) {
    INFO(bad);
    REQUIRE_FALSE(percent_decode(bad, Plus::literal));
  }
}

TEST_CASE("paths are split before they are decoded", "[http][percent]") {
  REQUIRE(*decode_path("/") == Strings{});
  REQUIRE(*decode_path("/a%2Fb/c") == Strings{"a/b", "c"});
  REQUIRE(*decode_path("/a//b/") == Strings{"a", "", "b", ""});
  REQUIRE(*decode_path("//") == Strings{"", ""});
}

TEST_CASE("query parameters keep order and duplicates", "[http][percent]") {
  const Parameters query = *decode_query("order=a%2Cb&x=1&&x=2&flag&=v&X=3");
  REQUIRE(query.get("order") == "a,b");
  REQUIRE(query.values("x") == std::vector<std::string_view>{"1", "2"});
  REQUIRE(query.find("flag") != nullptr);
  REQUIRE(query.get("") == "v");
  REQUIRE(query.find("none") == nullptr);
  REQUIRE_FALSE(decode_query("a=%"));
}

TEST_CASE("header names compare without case", "[http][message]") {
  Headers headers;
  headers.add("Content-Type", "a");
  headers.add("content-type", "b");
  REQUIRE(headers.get("CONTENT-TYPE") == "a");
  REQUIRE(headers.count("Content-type") == 2);
  REQUIRE(headers.find("Content") == nullptr);
}

TEST_CASE("problem bodies are JSON whatever they quote", "[http][problem]") {
  REQUIRE(json_string("a\"b\\c\n\x01") == R"("a\"b\\c\u000a\u0001")");
  REQUIRE(json_string("\xc3\xa4\xf0\x9f\x8e\xa5") == "\"\xc3\xa4\xf0\x9f\x8e\xa5\"");
  REQUIRE(json_string("\xff\xc0\xaf") == "\"\uFFFD\uFFFD\uFFFD\"");
  const HttpResponse response =
      problem_response(standard_problem(413, "at most 5 bytes"), "/api/x", "r1");
  REQUIRE(response.content_type == "application/problem+json");
  REQUIRE(response.body ==
          R"({"type":"/problems/too-large","title":"The body is too large","status":413,)"
          R"("detail":"at most 5 bytes","instance":"/api/x","request_id":"r1"})");
}

TEST_CASE("an intake gives the same requests for any cut of the bytes", "[http][intake]") {
  const std::string bytes =
      "\r\nPOST /a HTTP/1.1\r\nHost: n\r\nContent-Length: 5\r\n\r\nhelloGET /b HTTP/1.1\r\nHost: "
      "n\r\n\r\n"
      "PUT /c HTTP/1.1\r\nHost: n\r\nContent-Length: 1\r\n\r\n!";
  const Limits limits;
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    Intake intake(limits);
    std::string input;
    Strings seen;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      input += bytes.substr(at, step);
      while (intake.advance(input) == Intake::Step::request)
        seen.push_back(intake.head().method + intake.head().path + intake.body());
    }
    REQUIRE(seen == Strings{"POST/ahello", "GET/b", "PUT/c!"});
    REQUIRE(intake.stage() == Intake::Stage::idle);
  }
}

TEST_CASE("an intake refuses a head that does not end", "[http][intake]") {
  const Limits limits;
  Intake intake(limits);
  std::string input = "GET / HTTP/1.1\r\nHost: n\r\nX: " + std::string(16 * 1024, 'x');
  REQUIRE(intake.advance(input) == Intake::Step::refused);
  REQUIRE(intake.refusal().status == 431);
}

TEST_CASE("a wake between the look and the parking is not lost", "[http][wake]") {
  WakeBoard board;
  const auto before = board.now();
  REQUIRE(board.wake("changes"));
  REQUIRE_FALSE(board.wake("status"));  // the taker was told already
  board.wake("changes");
  REQUIRE(board.take() == Strings{"changes", "status"});
  REQUIRE(board.woken_since({"changes"}, before));
  REQUIRE_FALSE(board.woken_since({"other"}, before));
  REQUIRE_FALSE(board.woken_since({"changes"}, board.now()));
}

TEST_CASE("a wake board forgets topics rather than grow", "[http][wake]") {
  WakeBoard board;
  const auto before = board.now();
  for (int i = 0; i < 5000; ++i) board.wake("production " + std::to_string(i));
  REQUIRE(board.woken_since({"production 1"}, before));  // forgotten, so it may have been
  REQUIRE_FALSE(board.woken_since({"production 1"}, board.now()));
}

TEST_CASE("one look at a time, and none is missed", "[http][schedule]") {
  const LookSchedule::Time start{};
  LookSchedule poll({"changes"}, start + 100ms);
  REQUIRE_FALSE(poll.start_look(start));
  poll.wake({"other"});
  REQUIRE_FALSE(poll.start_look(start));
  poll.wake({"other", "changes"});
  REQUIRE(poll.start_look(start) == Wake::event);
  REQUIRE(poll.deadline() == LookSchedule::never);
  poll.wake({"changes"});
  REQUIRE_FALSE(poll.start_look(start));  // one is on its way
  poll.look_done();
  REQUIRE(poll.start_look(start) == Wake::event);
  poll.look_done();
  REQUIRE(poll.deadline() == start + 100ms);
  REQUIRE(poll.start_look(start + 100ms) == Wake::deadline);
}

TEST_CASE("a feed looks at once and then ticks", "[http][schedule]") {
  const LookSchedule::Time start{};
  LookSchedule feed({}, 10ms, start);
  REQUIRE(feed.start_look(start) == Wake::event);
  feed.look_done();
  REQUIRE(feed.start_look(start + 10ms) == Wake::deadline);
  feed.look_done();
  REQUIRE(feed.deadline() == start + 20ms);
  feed.stop();
  REQUIRE(feed.start_look(start + 11ms) == Wake::stopping);
}

TEST_CASE("requests beyond the queue are refused, looks never", "[http][pool]") {
  WorkerPool pool(1, 2);
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  std::promise<void> begun;
  REQUIRE(pool.submit_request([&](unsigned) {
    begun.set_value();
    released.wait();
  }));
  begun.get_future().wait();
  std::atomic<int> ran{0};
  REQUIRE(pool.submit_request([&](unsigned) { ++ran; }));
  REQUIRE(pool.submit_request([&](unsigned) { ++ran; }));
  REQUIRE_FALSE(pool.submit_request([&](unsigned) { ++ran; }));
  for (int i = 0; i < 10; ++i) pool.submit_look([&](unsigned) { ++ran; });
  REQUIRE_FALSE(pool.wait_idle(std::chrono::steady_clock::now() + 10ms));
  release.set_value();
  REQUIRE(pool.wait_idle(std::chrono::steady_clock::now() + 5s));
  REQUIRE(ran == 12);
}

TEST_CASE("looks leave half of the workers to requests", "[http][pool]") {
  WorkerPool pool(2, 8);
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  for (int i = 0; i < 20; ++i) pool.submit_look([&](unsigned) { released.wait(); });
  std::promise<void> done;
  REQUIRE(pool.submit_request([&](unsigned) { done.set_value(); }));
  REQUIRE(done.get_future().wait_for(5s) == std::future_status::ready);
  release.set_value();
}

}  // namespace
}  // namespace genlock::http
