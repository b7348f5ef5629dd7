// Answers that come later: long polls and feeds, and that they cost no thread.
#include "catch.h"
#include "test_server.h"

#include <set>

namespace genlock::http {
namespace {

// A value that tests change, and routes that wait for it.
struct Board {
  std::atomic<int> value{0};
  std::atomic<int> looks{0};

  // Answers once the value is above `since`.
  HttpResponse wait_above(int since, std::chrono::milliseconds wait) {
    LongPoll poll;
    poll.topics = {"value"};
    poll.wait = wait;
    poll.next = [this, since](Wake wake) -> std::optional<HttpResponse> {
      ++looks;
      if (value > since) return text(std::to_string(value));
      if (wake == Wake::deadline) return text("nothing");
      if (wake == Wake::stopping) return text("stopping");
      return std::nullopt;
    };
    if (value > since) return text(std::to_string(value));
    return HttpResponse::later(std::move(poll));
  }

  // An event for each new value. A step takes at most `most` of them.
  HttpResponse feed(int most = 1000) {
    Feed feed;
    feed.topics = {"value"};
    feed.next = [this, most, sent = 0](Wake wake) mutable {
      FeedStep step;
      for (int i = 0; i < most && sent < value; ++i)
        step.bytes += "data: " + std::to_string(++sent) + "\n\n";
      step.more = sent < value;
      if (wake == Wake::stopping) step.bytes += "event: bye\n\n";
      step.end = sent >= 100;
      return step;
    };
    return HttpResponse::stream(std::move(feed));
  }

  void add_routes(TestServer& node) {
    node.router.add("GET", "/poll", "poll",
                    [this](const HttpRequest&) { return wait_above(0, 10s); });
    node.router.add("GET", "/poll-short", "poll-short",
                    [this](const HttpRequest&) { return wait_above(0, 50ms); });
    node.router.add("GET", "/feed", "feed", [this](const HttpRequest&) { return feed(); });
    node.router.add("GET", "/feed-by-one", "feed-by-one",
                    [this](const HttpRequest&) { return feed(1); });
  }
  void set(TestServer& node, int to) {
    value = to;
    node.server.wake("value");
  }
};

struct Node : TestServer {
  Board& board;
  template <class Change>
  Node(Board& with, Change change)
      : TestServer(change, [&](TestServer& node) { with.add_routes(node); }), board(with) {}
};

const std::string poll_request = "GET /poll HTTP/1.1\r\nHost: n\r\n\r\n";
const std::string feed_request = "GET /feed HTTP/1.1\r\nHost: n\r\n\r\n";

TEST_CASE("a long poll is answered by a wake, and the connection goes on", "[http][parked]") {
  Board board;
  Node node(board, [](Limits&) {});
  RawClient client = node.client();
  client.send(poll_request);
  REQUIRE(soon([&] { return node.server.counters().parked == 1; }));
  node.server.wake("another topic");
  board.set(node, 7);
  const RawAnswer answer = client.read_answer();
  REQUIRE(answer.body == "7");
  REQUIRE_FALSE(answer.header("Request-Id").empty());
  REQUIRE(board.looks == 1);
  REQUIRE(client.get("/ok").body == "ok");
  REQUIRE(node.server.counters().parked == 0);
}

TEST_CASE("a long poll ends at its deadline", "[http][parked]") {
  Board board;
  Node node(board, [](Limits&) {});
  RawClient client = node.client();
  REQUIRE(client.get("/poll-short").body == "nothing");
  client.send("HEAD /poll HTTP/1.1\r\nHost: n\r\n\r\n");
  REQUIRE(client.read_answer(true).header("Content-Length") == "7");  // HEAD does not wait
}

TEST_CASE("the server's limit shortens a long poll", "[http][parked]") {
  Board board;
  Node node(board, [](Limits& limits) { limits.park_ms = 30ms; });
  REQUIRE(node.client().get("/poll").body == "nothing");
}

TEST_CASE("a wake while the handler still looks is not lost", "[http][parked]") {
  Board board;
  TestServer* made = nullptr;
  TestServer node([](Limits&) {},
                  [&](TestServer& server) {
                    made = &server;
                    server.router.add("GET", "/race", "race", [&](const HttpRequest&) {
                      HttpResponse response = board.wait_above(0, 10s);  // nothing yet
                      board.set(*made, 1);  // a commit before the connection is parked
                      return response;
                    });
                  });
  REQUIRE(node.client().get("/race").body == "1");
}

TEST_CASE("200 parked long polls cost no worker", "[http][parked]") {
  Board board;
  Node node(board, [](Limits& limits) {
    limits.worker_count = 2;
    limits.queue_count = 16;
  });
  std::vector<RawClient> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(node.client());
    clients.back().send(poll_request);
    if (i % 8 == 7)
      REQUIRE(soon([&] { return node.server.counters().parked == static_cast<unsigned>(i + 1); }));
  }
  RawClient other = node.client();
  for (int i = 0; i < 20; ++i) {
    const auto asked = std::chrono::steady_clock::now();
    REQUIRE(other.get("/ok").body == "ok");
    REQUIRE(std::chrono::steady_clock::now() - asked < 8s);
  }
  board.set(node, 1);
  for (RawClient& client : clients) REQUIRE(client.read_answer().body == "1");
  REQUIRE(node.server.counters().shed == 0);
}

TEST_CASE("a client that leaves is forgotten at once", "[http][parked]") {
  Board board;
  Node node(board, [](Limits&) {});
  {
    RawClient poll = node.client();
    RawClient feed = node.client();
    poll.send(poll_request);
    feed.send(feed_request);
    REQUIRE(soon(
        [&] { return node.server.counters().parked == 1 && node.server.counters().feeds == 1; }));
  }
  REQUIRE(soon([&] { return node.server.counters().connections == 0; }));
  REQUIRE(node.server.counters().parked == 0);
  REQUIRE(node.server.counters().feeds == 0);
}

TEST_CASE("exceptions of a parked request are 500", "[http][parked]") {
  TestServer node([](Limits&) {},
                  [](TestServer& made) {
                    made.router.add("GET", "/bad-poll", "bad-poll", [](const HttpRequest&) {
                      LongPoll poll;
                      poll.wait = 1ms;
                      poll.next = [](Wake) -> std::optional<HttpResponse> {
                        throw std::runtime_error("secret");
                      };
                      return HttpResponse::later(std::move(poll));
                    });
                    made.router.add("GET", "/bad-feed", "bad-feed", [](const HttpRequest&) {
                      Feed feed;
                      feed.next = [](Wake) -> FeedStep { throw std::runtime_error("secret"); };
                      return HttpResponse::stream(std::move(feed));
                    });
                  });
  const RawAnswer answer = node.client().get("/bad-poll");
  REQUIRE(answer.status == 500);
  REQUIRE(answer.body.find("secret") == std::string::npos);
  RawClient client = node.client();
  client.send("GET /bad-feed HTTP/1.1\r\nHost: n\r\n\r\n");
  REQUIRE(client.read_head().status == 200);
  REQUIRE(client.read_rest().empty());  // no last chunk: it was cut
  REQUIRE(node.bugs() ==
          std::vector<std::string>{"GET /bad-poll: secret", "GET /bad-feed: secret"});
}

TEST_CASE("a feed sends what a wake brings, in chunks", "[http][feed]") {
  Board board;
  Node node(board, [](Limits&) {});
  RawClient client = node.client();
  client.send(feed_request);
  const RawAnswer head = client.read_head();
  REQUIRE(head.status == 200);
  REQUIRE(head.header("Content-Type") == "text/event-stream");
  REQUIRE(head.header("Cache-Control") == "no-cache");
  REQUIRE(head.header("Transfer-Encoding") == "chunked");
  REQUIRE(head.header("Content-Length").empty());
  REQUIRE(node.server.counters().feeds == 1);
  for (int i = 1; i <= 3; ++i) {
    board.set(node, i);
    REQUIRE(client.read_chunk() == "data: " + std::to_string(i) + "\n\n");
  }
  board.set(node, 100);
  REQUIRE(client.read_chunk().size() > 500);
  REQUIRE(client.read_chunk().empty());  // the end, and the connection goes on
  REQUIRE(client.get("/ok").body == "ok");
}

TEST_CASE("a feed with more to say is asked again", "[http][feed]") {
  Board board;
  board.value = 100;
  Node node(board, [](Limits&) {});
  const RawAnswer answer = node.client().get("/feed-by-one");
  REQUIRE(answer.body.starts_with("data: 1\n\n"));
  REQUIRE(answer.body.ends_with("data: 100\n\n"));
}

TEST_CASE("a feed for HTTP/1.0 has no chunks, for HEAD no body", "[http][feed]") {
  Board board;
  board.value = 100;
  Node node(board, [](Limits&) {});
  RawClient old = node.client();
  old.send("GET /feed HTTP/1.0\r\n\r\n");
  const RawAnswer head = old.read_head();
  REQUIRE(head.header("Transfer-Encoding").empty());
  REQUIRE(head.header("Content-Length").empty());
  REQUIRE(head.header("Connection") == "close");
  REQUIRE(old.read_rest().starts_with("data: 1\n\n"));
  RawClient client = node.client();
  client.send("HEAD /feed HTTP/1.1\r\nHost: n\r\n\r\n");
  REQUIRE(client.read_answer(true).header("Content-Type") == "text/event-stream");
  REQUIRE(client.get("/ok").body == "ok");
}

std::string without_comments(std::string text) {
  const std::string comment = ":\n\n";
  for (std::size_t at; (at = text.find(comment)) != std::string::npos;)
    text.erase(at, comment.size());
  return text;
}

TEST_CASE("a silent feed is kept alive by comments, and a tick lets it speak", "[http][feed]") {
  Board board;
  TestServer node([](Limits& limits) { limits.heartbeat_ms = 30ms; },
                  [&](TestServer& made) {
                    board.add_routes(made);
                    made.router.add("GET", "/tick", "tick", [](const HttpRequest&) {
                      Feed feed;
                      feed.tick = 20ms;
                      feed.next = [ticks = 0](Wake wake) mutable {
                        FeedStep step;
                        if (wake == Wake::deadline)
                          step.bytes = "tick " + std::to_string(++ticks) + "\n";
                        step.end = ticks == 3;
                        return step;
                      };
                      return HttpResponse::stream(std::move(feed));
                    });
                  });
  RawClient client = node.client();
  client.send(feed_request);
  client.read_head();
  REQUIRE(client.read_chunk() == ":\n\n");
  REQUIRE(client.read_chunk() == ":\n\n");
  // On a slow machine a comment may come between ticks.
  REQUIRE(without_comments(node.client().get("/tick").body) == "tick 1\ntick 2\ntick 3\n");
}

// A feed that always has more, in steps of `bytes`.
HttpResponse flood(std::size_t bytes, std::atomic<int>& steps) {
  Feed feed;
  feed.next = [bytes, &steps](Wake) {
    ++steps;
    return FeedStep{std::string(bytes, 'x'), true, false};
  };
  return HttpResponse::stream(std::move(feed));
}

TEST_CASE("a feed whose reader stands still is asked for no more, and dropped", "[http][feed]") {
  std::atomic<int> steps{0};
  TestServer node([](Limits& limits) { limits.write_ms = 300ms; },
                  [&](TestServer& made) {
                    made.router.add("GET", "/flood", "flood",
                                    [&](const HttpRequest&) { return flood(100'000, steps); });
                  });
  RawClient reader = node.client(4096);
  reader.send("GET /flood HTTP/1.1\r\nHost: n\r\n\r\n");
  REQUIRE(soon([&] { return node.server.counters().dropped_feeds == 1; }));
  REQUIRE(node.server.counters().feeds == 0);
  REQUIRE(steps < 200);  // the sockets' buffers and 256 KiB
  REQUIRE(node.client().get("/ok").body == "ok");
}

TEST_CASE("a step beyond the bound of unsent bytes drops a reader at once", "[http][feed]") {
  std::atomic<int> steps{0};
  TestServer node([](Limits&) {},
                  [&](TestServer& made) {
                    made.router.add("GET", "/flood", "flood",
                                    [&](const HttpRequest&) { return flood(16 << 20, steps); });
                  });
  RawClient reader = node.client(4096);
  reader.send("GET /flood HTTP/1.1\r\nHost: n\r\n\r\n");
  REQUIRE(soon([&] { return node.server.counters().dropped_feeds == 1; }));
  REQUIRE(steps == 1);
}

TEST_CASE("a reader that keeps up gets everything", "[http][feed]") {
  std::atomic<int> steps{0};
  TestServer node([](Limits&) {},
                  [&](TestServer& made) {
                    made.router.add("GET", "/file", "file", [&](const HttpRequest&) {
                      Feed feed;
                      feed.next = [&steps](Wake) {
                        return FeedStep{std::string(200'000, 'x'), true, ++steps == 50};
                      };
                      return HttpResponse::stream(std::move(feed));
                    });
                  });
  REQUIRE(node.client().get("/file").body.size() == 50u * 200'000u);
}

TEST_CASE("stop gives parked requests their last word", "[http][parked]") {
  Board board;
  Node node(board, [](Limits&) {});
  std::vector<RawClient> polls;
  for (int i = 0; i < 20; ++i) {
    polls.push_back(node.client());
    polls.back().send(poll_request);
  }
  RawClient feed = node.client();
  feed.send(feed_request);
  REQUIRE(soon(
      [&] { return node.server.counters().parked == 20 && node.server.counters().feeds == 1; }));
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(node.server.stop(5s));
  REQUIRE(std::chrono::steady_clock::now() - begin < 3s);
  for (RawClient& poll : polls) {
    REQUIRE(poll.read_answer().body == "stopping");
    REQUIRE(poll.closed_within(20s));
  }
  feed.read_head();
  REQUIRE(feed.read_chunk() == "event: bye\n\n");
  REQUIRE(feed.read_chunk().empty());
}

TEST_CASE("wakes from many threads reach every feed", "[http][feed]") {
  Board board;
  Node node(board, [](Limits&) {});
  std::vector<RawClient> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(node.client());
    clients.back().send(feed_request);
  }
  REQUIRE(soon([&] { return node.server.counters().feeds == 20; }));
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&] {
      for (int j = 0; j < 25; ++j) {
        ++board.value;
        node.server.wake("value");
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  for (RawClient& client : clients) REQUIRE(client.read_answer().body.ends_with("data: 100\n\n"));
}

}  // namespace
}  // namespace genlock::http
