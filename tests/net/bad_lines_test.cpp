// Real nodes that sync through a line with trouble. Clients reach their node directly; only what
// the nodes say to each other goes through it. At the end both have the same.
#include "catch.h"
#include "crash/crew.h"
#include "e2e/nodes.h"
#include "net/story.h"
#include "net/tcp_proxy.h"
#include "support/places.h"

#include <fstream>
#include <sstream>

using namespace genlock;
using namespace genlock::cli;
using namespace genlock::crash;
using namespace genlock::net;

namespace {

constexpr std::chrono::seconds patience{20};

void require(const Result<void>& result) {
  INFO((result.ok() ? "" : result.error().message));
  REQUIRE(result.ok());
}

// An office, and a venue that reaches it through the line. Each has a crew.
class TwoNodes {
 public:
  TwoNodes() : office_(nodes_.start(Role::cloud, "office")) {
    line_ = TcpProxy::open(office_.port).value();
    REQUIRE(make_show(*office_.client).ok());
    const std::string peer = "http://127.0.0.1:" + std::to_string(line_->port());
    venue_ = nodes_.start(Role::lan, "venue",
                          {"--peer", peer, "--subscribe", "all", "--sync-interval-ms", "200"});
    until("the show is at the venue",
          [&] { return venue_.client->get(std::string("/api/productions/") + show_id).ok(); });
  }

  TcpProxy& line() { return *line_; }
  ServedNode& office() { return office_; }
  ServedNode& venue() { return venue_; }

  void write_in_office(int count) { write(office_crew_, office_, count); }
  void write_at_venue(int count) { write(venue_crew_, venue_, count); }
  // As a person who does not want to wait for the next try.
  void sync_now() {
    REQUIRE(venue_.client->send({.method = "POST", .target = "/api/sync/now"}).ok());
  }
  void until(const std::string& what, const std::function<bool()>& done) {
    require(wait_until(what, patience, [&]() -> Result<bool> { return done(); }));
  }
  // Asks for a sync again and again until `done`.
  void sync_until(const std::string& what, const std::function<bool()>& done) {
    until(what, [&] {
      if (done()) return true;
      sync_now();
      return false;
    });
  }
  bool in_step() {
    return stream_digests(*venue_.client).value() == stream_digests(*office_.client).value();
  }
  std::string log_of(const std::string& name) const {
    std::ifstream file(nodes_.path(name + ".log"));
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  // The line is good again: both nodes have the same, and every write of both crews; whole.
  void check() {
    line_->set_both({});
    line_->reset_all();  // whoever still waits for bytes that never come
    sync_until("both nodes have the same", [&] { return in_step(); });
    for (ServedNode* node : {&office_, &venue_})
      for (Crew* crew : {&office_crew_, &venue_crew_}) {
        const Complaint wrong = crew->check(*node->client);
        INFO(node->name << ": " << wrong.value_or(""));
        REQUIRE_FALSE(wrong);
      }
    for (ServedNode* node : {&venue_, &office_}) {
      REQUIRE(node->stop().value() == 0);
      const Nodes::Ran proved = Nodes::run({"verify", "--data", nodes_.data_of(node->name)});
      INFO(proved.output);
      REQUIRE(proved.status == 0);
    }
  }

 private:
  void write(Crew& crew, ServedNode& node, int count) {
    for (int i = 0; i < count; ++i) REQUIRE(crew.write(*node.client));
  }

  Nodes nodes_;
  ServedNode office_, venue_;
  std::unique_ptr<TcpProxy> line_;
  Crew office_crew_{1}, venue_crew_{2};
};

constexpr std::array<std::uint64_t, 10> places = {1,     17,    120,   333,   700,
                                                  1'100, 1'900, 3'000, 4'700, 8'000};

}  // namespace

TEST_CASE("a line that is cut at many places, in replies and in requests, costs time and no event",
          "[net][process]") {
  for (const Direction direction : {Direction::back, Direction::forth}) {
    TwoNodes two;
    std::uint64_t cuts = 0;
    for (const std::uint64_t place : places) {
      two.line().set(direction, {.cut_at = place, .cut_resets = place % 2 == 0});
      two.write_in_office(8);
      two.write_at_venue(8);
      ++cuts;
      two.sync_until("byte " + std::to_string(place) + " came",
                     [&] { return two.line().cut_count() == cuts; });
    }
    two.check();
  }
}

TEST_CASE("a damaged page is refused whole, named in the log, and asked for again",
          "[net][process]") {
  struct Case {
    Direction direction;
    const char* where;  // whose log names it
  };
  for (const Case& one : {Case{Direction::back, "venue"}, Case{Direction::forth, "office"}}) {
    TwoNodes two;
    two.line().refuse(true);
    one.direction == Direction::back ? two.write_in_office(60) : two.write_at_venue(60);
    // What is said first is small; the first page of 60 writes is many times that.
    two.line().set(one.direction, {.flip_at = 3'000});
    two.line().refuse(false);
    two.sync_until("the byte came", [&] { return two.line().flip_count() == 1; });
    two.check();
    INFO(two.log_of(one.where));
    REQUIRE(two.log_of(one.where).find("damaged_message") != std::string::npos);
  }
}

TEST_CASE("bytes that are damaged anywhere, in heads as in bodies, change no row",
          "[net][process]") {
  TwoNodes two;
  std::uint64_t flips = 0;
  for (const std::uint64_t place : places) {
    const Direction direction = place % 2 == 0 ? Direction::back : Direction::forth;
    two.line().set_both({});
    two.line().set(direction, {.flip_at = place});
    two.write_in_office(4);
    two.write_at_venue(4);
    ++flips;
    two.sync_until("byte " + std::to_string(place) + " came",
                   [&] { return two.line().flip_count() == flips; });
    // A damaged length makes one of them wait for more than there is.
    two.line().reset_all();
  }
  two.check();
}

TEST_CASE("a slow and late line delivers in the end", "[net][process]") {
  TwoNodes two;
  two.line().set_both({.delay_ms = 40, .bytes_per_s = 20'000});
  two.write_in_office(30);
  two.write_at_venue(30);
  two.sync_until("both nodes have the same", [&] { return two.in_step(); });
  two.check();
}

TEST_CASE("a line that falls silent in one direction keeps nobody from working", "[net][process]") {
  for (const Direction direction : {Direction::back, Direction::forth}) {
    TwoNodes two;
    two.line().set(direction, {.stalled = true});
    two.write_in_office(10);
    two.write_at_venue(10);
    REQUIRE_FALSE(two.in_step());
    two.line().set(direction, {});
    two.sync_until("both nodes have the same", [&] { return two.in_step(); });
    two.check();
  }
}

TEST_CASE("resets in the middle of everything are no more than a delay", "[net][process]") {
  TwoNodes two;
  two.line().set_both({.bytes_per_s = 60'000});
  for (int i = 0; i < 20; ++i) {
    two.write_in_office(4);
    two.write_at_venue(4);
    two.sync_now();
    two.line().reset_all();
  }
  two.check();
}

TEST_CASE("a drawn story of bad lines ends with the same everywhere", "[net][process]") {
  for (const std::uint64_t seed : {1, 2}) {
    Tally tally;
    const TempDir folder;
    auto network = bad_lines(genlock_program(), folder.path());
    REQUIRE(network.ok());
    const Complaint wrong = play(**network, seed, tally);
    INFO(wrong.value_or("") << "\nagain: ./dev net --seeds " << seed << ".." << seed);
    REQUIRE_FALSE(wrong);
  }
}
