// Two real nodes over real sockets: threads, the long poll, pause, a peer that goes and comes back,
// a quick end.
#include "replication/replicator.h"

#include "catch.h"
#include "replication/catalog_query.h"
#include "replication/sync_server.h"
#include "replication/test_node.h"

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace genlock::replication::test {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

// Far less than a request or a long poll may take, and enough for a busy machine.
constexpr milliseconds soon{10'000};

bool eventually(const std::function<bool()>& holds, int timeout_ms = 20'000) {
  auto end = Steady::now() + milliseconds(timeout_ms);
  while (Steady::now() < end) {
    if (holds()) return true;
    std::this_thread::sleep_for(milliseconds(2));
  }
  return holds();
}

class SteadyClock : public Clock {
 public:
  UnixMs now() override { return 1'000'000 + steady_ms(); }
  bool suspect() const override { return false; }

 private:
  static std::int64_t steady_ms() {
    return std::chrono::duration_cast<milliseconds>(Steady::now().time_since_epoch()).count();
  }
};

class SharedRandom : public Random {
 public:
  std::uint64_t next_u64() override { return next_ += 0x9e3779b97f4a7c15U; }

 private:
  std::atomic<std::uint64_t> next_{1};
};

// A node that may be used from several threads.
struct LiveNode {
  explicit LiveNode(std::uint8_t n, Role role)
      : node(n, role), ports{node.engine, node.store,         node.writer, clock,    random,
                             node.index,  node.subscriptions, node.peers,  observer, "test"} {
    node.writer.on_commit([this] {
      if (replicator) replicator->log_grew();
      std::lock_guard lock(mutex);
      grown.notify_all();
    });
  }
  TestNode node;
  SteadyClock clock;
  SharedRandom random;
  SyncObserver observer;
  SessionPorts ports;
  std::unique_ptr<Replicator> replicator;
  std::mutex mutex;
  std::condition_variable grown;
};

// Serves /sync/v1/ as the node's own server does, with a thread per parked request.
class TestServer {
 public:
  explicit TestServer(LiveNode& live, int fixed_port = 0) : live_(live), sync_(live.ports) {
    server_.set_tcp_nodelay(true);
    server_.set_keep_alive_max_count(1'000'000);
    server_.new_task_queue = [] { return new httplib::ThreadPool(16); };
    server_.Post("/sync/v1/.*",
                 [this](const httplib::Request& request, httplib::Response& response) {
                   ++requests;
                   bytes += request.body.size();
                   while (silent && !stopping_) std::this_thread::sleep_for(milliseconds(5));
                   if (status != 200) {
                     response.status = status;
                     return;
                   }
                   SyncAnswer answer = sync_.handle(request.body);
                   while (answer.body.empty()) {
                     std::unique_lock lock(live_.mutex);
                     live_.grown.wait_for(lock, milliseconds(100));
                     lock.unlock();
                     if (auto later = answer.later(stopping_)) answer.body = *later;
                   }
                   bytes += answer.body.size();
                   response.set_content(answer.body, "application/octet-stream");
                 });
    port = fixed_port;
    if (port == 0) {
      port = server_.bind_to_any_port("127.0.0.1");
    } else {
      REQUIRE(server_.bind_to_port("127.0.0.1", port));
    }
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::sleep_for(milliseconds(1));
  }
  ~TestServer() {
    stopping_ = true;
    server_.stop();
    thread_.join();
  }
  PeerAddress address() const {
    return {*parse_peer_url("http://127.0.0.1:" + std::to_string(port)), {}};
  }

  int port = 0;
  std::atomic<int> status{200};
  std::atomic<bool> silent{false};  // takes requests and does not answer
  std::atomic<std::uint64_t> requests{0}, bytes{0};

 private:
  LiveNode& live_;
  SyncServer sync_;
  std::atomic<bool> stopping_{false};
  httplib::Server server_;
  std::thread thread_;
};

void connect(LiveNode& lan, const PeerAddress& address) {
  Replicator::Options options;
  options.peers = {address};
  options.schedule.interval_ms = 600'000;  // what is seen did not wait for it
  lan.replicator = std::make_unique<Replicator>(lan.ports, options);
  REQUIRE(lan.replicator->start().ok());
}

bool same(const LiveNode& a, const LiveNode& b, StreamId stream) {
  return !a.node.vector(stream).empty() && a.node.vector(stream) == b.node.vector(stream);
}

LinkState link_state(LiveNode& lan) { return lan.replicator->status().links.at(0).state; }

TEST_CASE("live: a write on either side is there at once", "[replicator]") {
  LiveNode cloud(1, Role::cloud), lan(2, Role::lan);
  TestServer server(cloud);
  cloud.node.edit(show(1));
  connect(lan, server.address());
  REQUIRE(eventually(
      [&] { return same(cloud, lan, show(1)) && link_state(lan) == LinkState::connected; }));
  std::this_thread::sleep_for(milliseconds(200));  // the poll is parked

  cloud.node.edit(show(1), "from the cloud");
  REQUIRE(eventually([&] { return same(cloud, lan, show(1)); }));
  lan.node.edit(show(1), "from the truck");
  REQUIRE(eventually([&] { return same(cloud, lan, show(1)); }));

  REQUIRE(eventually([&] {
    SyncStatus status = lan.replicator->status();
    return status.state == SyncState::idle && status.queue.total.events == 0;
  }));
  LinkStatus link = lan.replicator->status().links.at(0);
  REQUIRE(link.peer->name == "node 1");
  REQUIRE(link.rtt_ms >= 0);
  REQUIRE(link.to_send.total.events == 0);

  auto start = Steady::now();
  lan.replicator->stop();
  REQUIRE(Steady::now() - start < soon);
  lan.replicator = nullptr;
}

TEST_CASE("a peer that is away is waited for, and the queue says how much waits", "[replicator]") {
  LiveNode cloud(1, Role::cloud), lan(2, Role::lan);
  auto server = std::make_unique<TestServer>(cloud);
  int port = server->port;
  lan.node.edit(show(1));
  connect(lan, server->address());
  REQUIRE(eventually([&] { return same(cloud, lan, show(1)); }));
  server = nullptr;
  lan.node.edit(show(1), "offline 1");
  lan.node.edit(show(1), "offline 2");
  REQUIRE(eventually([&] { return link_state(lan) == LinkState::backoff; }));
  SyncStatus status = lan.replicator->status();
  REQUIRE(status.queue.total.events == 2);
  REQUIRE(status.queue.total.bytes > 100);
  REQUIRE(status.queue.total.oldest_ms > 0);
  REQUIRE(status.links[0].last_error);
  REQUIRE(status.links[0].next_retry_ms > 0);
  server = std::make_unique<TestServer>(cloud, port);
  REQUIRE(eventually([&] { return same(cloud, lan, show(1)); }));
  lan.replicator = nullptr;
}

TEST_CASE("a stream was last synced when a peer had all of it", "[replicator]") {
  LiveNode cloud(1, Role::cloud), lan(2, Role::lan);
  auto server = std::make_unique<TestServer>(cloud);
  const int port = server->port;
  cloud.replicator = std::make_unique<Replicator>(cloud.ports, Replicator::Options{});
  REQUIRE(cloud.replicator->start().ok());
  const auto at = [](LiveNode& node, StreamId stream) {
    const auto times = node.replicator->status().last_synced_ms;
    const auto found = times.find(stream);
    return found == times.end() ? UnixMs{0} : found->second;
  };
  lan.node.edit(show(1));
  connect(lan, server->address());
  REQUIRE(eventually([&] { return at(lan, show(1)) > 0 && at(cloud, show(1)) > 0; }));
  server = nullptr;
  REQUIRE(eventually([&] { return link_state(lan) == LinkState::backoff; }));
  const UnixMs then = at(lan, show(1));
  lan.node.edit(show(1), "offline");
  lan.node.edit(show(2));
  REQUIRE(at(lan, show(1)) == then);  // what came after it waits
  REQUIRE(at(lan, show(2)) == 0);
  server = std::make_unique<TestServer>(cloud, port);
  REQUIRE(eventually([&] { return at(lan, show(1)) > then && at(lan, show(2)) > then; }));
  lan.replicator = nullptr;
  server = nullptr;
  cloud.replicator = nullptr;
}

TEST_CASE("paused, only what was asked for is sent; and it stays so", "[replicator]") {
  LiveNode cloud(1, Role::cloud), lan(2, Role::lan);
  TestServer server(cloud);
  connect(lan, server.address());
  REQUIRE(eventually([&] { return link_state(lan) == LinkState::connected; }));
  REQUIRE(lan.replicator->set_paused(true).ok());
  lan.node.edit(show(1));
  std::this_thread::sleep_for(milliseconds(200));
  REQUIRE(cloud.node.vector(show(1)).empty());
  lan.replicator = nullptr;
  connect(lan, server.address());
  REQUIRE(lan.replicator->paused());

  std::atomic<int> finished{0};
  std::atomic<bool> worked{false};
  SyncWish wish;
  wish.finished = [&](Result<void> outcome) {
    worked = outcome.ok();
    ++finished;
  };
  lan.replicator->begin(wish);
  REQUIRE(eventually([&] { return finished == 1; }));
  REQUIRE(worked);
  REQUIRE(same(cloud, lan, show(1)));
  REQUIRE(lan.replicator->status().state == SyncState::paused);
  lan.replicator = nullptr;
}

TEST_CASE("a wish ends with what went wrong", "[replicator]") {
  LiveNode cloud(1, Role::cloud), lan(2, Role::lan);
  TestServer server(cloud);
  connect(lan, server.address());
  std::mutex mutex;
  std::vector<Result<void>> outcomes;
  auto ask = [&](StreamId stream) {
    SyncWish wish;
    wish.stream = stream;
    wish.must_exist = true;
    wish.finished = [&](Result<void> outcome) {
      std::lock_guard lock(mutex);
      outcomes.push_back(std::move(outcome));
    };
    lan.replicator->begin(wish);
  };
  auto count = [&] {
    std::lock_guard lock(mutex);
    return outcomes.size();
  };
  ask(show(9));
  REQUIRE(eventually([&] { return count() == 1; }));
  REQUIRE(outcomes[0].error().code == ErrorCode::not_found);
  server.status = 401;
  ask(show(9));
  REQUIRE(eventually([&] { return count() == 2; }));
  REQUIRE(outcomes[1].error().code == ErrorCode::unsupported);
  REQUIRE(eventually([&] { return link_state(lan) == LinkState::refused; }));
  REQUIRE(lan.replicator->status().state == SyncState::error);
  ask(show(9));
  lan.replicator->stop();
  REQUIRE(count() == 3);
  lan.replicator = nullptr;
}

// What somebody waits for, and can cancel.
struct Waiting {
  SyncWish wish() {
    SyncWish made;
    made.finished = [this](Result<void> result) {
      outcome = std::move(result);
      ++finished;
    };
    made.cancelled = source.get_token();
    return made;
  }
  std::stop_source source;
  std::atomic<int> finished{0};
  Result<void> outcome;
};

TEST_CASE("who cancels a wish ends its session at once, and the next one works", "[replicator]") {
  LiveNode cloud(1, Role::cloud), lan(2, Role::lan);
  TestServer server(cloud);
  connect(lan, server.address());
  REQUIRE(eventually([&] { return link_state(lan) == LinkState::connected; }));
  REQUIRE(lan.replicator->set_paused(true).ok());
  server.silent = true;
  std::uint64_t before = server.requests;
  Waiting first;
  lan.replicator->begin(first.wish());
  REQUIRE(eventually([&] { return server.requests > before; }));
  auto start = Steady::now();
  first.source.request_stop();
  REQUIRE(first.finished == 1);
  REQUIRE(first.outcome.error().code == ErrorCode::unavailable);
  REQUIRE(Steady::now() - start < soon);

  server.silent = false;
  cloud.node.edit(show(1));
  Waiting second;
  lan.replicator->begin(second.wish());
  REQUIRE(eventually([&] { return second.finished == 1; }));
  REQUIRE(second.outcome.ok());
  REQUIRE(same(cloud, lan, show(1)));
  REQUIRE_FALSE(lan.replicator->status().links.at(0).last_error);
  second.source.request_stop();
  REQUIRE(second.finished == 1);
  lan.replicator = nullptr;
}

TEST_CASE("a session that somebody else waits for goes on", "[replicator]") {
  LiveNode cloud(1, Role::cloud), lan(2, Role::lan);
  TestServer server(cloud);
  connect(lan, server.address());
  REQUIRE(eventually([&] { return link_state(lan) == LinkState::connected; }));
  REQUIRE(lan.replicator->set_paused(true).ok());
  server.silent = true;
  cloud.node.edit(show(1));
  Waiting first, second, never;
  lan.replicator->begin(first.wish());
  lan.replicator->begin(second.wish());
  never.source.request_stop();
  lan.replicator->begin(never.wish());
  REQUIRE(never.finished == 1);
  first.source.request_stop();
  REQUIRE(first.finished == 1);
  REQUIRE(second.finished == 0);
  server.silent = false;
  REQUIRE(eventually([&] { return second.finished == 1; }));
  REQUIRE(second.outcome.ok());
  REQUIRE(same(cloud, lan, show(1)));
  lan.replicator = nullptr;
}

TEST_CASE("wishes that come and are cancelled at random all end once", "[replicator]") {
  LiveNode cloud(1, Role::cloud), lan(2, Role::lan);
  TestServer server(cloud);
  connect(lan, server.address());
  constexpr int wish_count = 200;
  std::vector<Waiting> wishes(wish_count);
  std::thread cancels([&] {
    for (int i = 0; i < wish_count; ++i) {
      std::this_thread::sleep_for(std::chrono::microseconds(700));
      wishes[static_cast<std::size_t>(i)].source.request_stop();
    }
  });
  for (Waiting& one : wishes) {
    lan.replicator->begin(one.wish());
    std::this_thread::sleep_for(std::chrono::microseconds(700));
  }
  cancels.join();
  for (Waiting& one : wishes) REQUIRE(eventually([&] { return one.finished == 1; }));
  cloud.node.edit(show(1));
  REQUIRE(eventually([&] { return same(cloud, lan, show(1)); }));
  lan.replicator = nullptr;
  for (Waiting& one : wishes) REQUIRE(one.finished == 1);
}

CatalogEntry offered(StreamId production) {
  CatalogEntry entry;
  entry.production = production;
  entry.client = "Acme";
  return entry;
}

TEST_CASE("a peer is asked for its catalog page by page, with a deadline", "[replicator]") {
  LiveNode cloud(1, Role::cloud), lan(2, Role::lan);
  TestServer server(cloud);
  HttpTransport peer(server.address().url, {});
  REQUIRE(ask_catalog(lan.ports, peer, 20'000).error().code == ErrorCode::unsupported);
  cloud.ports.catalog = [](StreamId after) -> Result<CatalogPage> {
    CatalogPage page;
    for (std::uint8_t n = 1; n <= 5 && page.entries.size() < 2; ++n)
      if (after < show(n)) page.entries.push_back(offered(show(n)));
    page.more = page.entries.size() == 2;
    return page;
  };
  auto catalog = ask_catalog(lan.ports, peer, 20'000);
  REQUIRE(catalog.ok());
  REQUIRE(catalog->size() == 5);
  REQUIRE(catalog->back().production == show(5));
  cloud.ports.catalog = [](StreamId) -> Result<CatalogPage> {
    return CatalogPage{{offered(show(1))}, true};
  };
  REQUIRE(ask_catalog(lan.ports, peer, 20'000).error().code == ErrorCode::corruption);
  server.silent = true;
  auto start = Steady::now();
  REQUIRE(ask_catalog(lan.ports, peer, 300).error().code == ErrorCode::unavailable);
  REQUIRE(Steady::now() - start < soon);
}

TEST_CASE("a host that does not answer does not hold the end up", "[replicator]") {
  LiveNode lan(2, Role::lan);
  connect(lan, {*parse_peer_url("http://10.255.255.1:9"), {}});
  std::this_thread::sleep_for(milliseconds(100));
  auto start = Steady::now();
  lan.replicator->stop();
  REQUIRE(Steady::now() - start < soon);
  lan.replicator = nullptr;
}

}  // namespace
}  // namespace genlock::replication::test
