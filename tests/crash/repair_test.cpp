// Damaged data directories of real nodes: noticed by name, never served as if they were whole, and
// made anew by `genlock repair` with what is left and with what a peer has.
#include "catch.h"
#include "cli/node.h"
#include "crash/crew.h"
#include "e2e/nodes.h"
#include "engine/compaction.h"
#include "eventlog/log.h"
#include "eventlog/log_keys.h"
#include "eventlog/rocks_store.h"
#include "support/places.h"

#include <fstream>

using namespace genlock;
using namespace genlock::cli;
using namespace genlock::crash;
namespace fs = std::filesystem;

namespace {

void flip_bit(const fs::path& path, std::uintmax_t place) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(place));
  const char byte = static_cast<char>(file.get() ^ 1);
  file.seekp(static_cast<std::streamoff>(place));
  file.put(byte);
}

// A venue that has synced with its office, and then written something that the office has not.
class Damaged {
 public:
  explicit Damaged(int unsent_writes = 3) : office_(nodes_.start(Role::cloud, "office")) {
    ServedNode venue = start();
    REQUIRE(make_show(*venue.client).ok());
    for (int i = 0; i < 30; ++i) REQUIRE(crew_.write(*venue.client));
    wait_for_same(venue);
    REQUIRE(venue.stop().value() == 0);
    if (unsent_writes == 0) return;
    ServedNode alone = nodes_.start(Role::lan, "venue");
    for (int i = 0; i < unsent_writes; ++i) REQUIRE(crew_.write(*alone.client));
    REQUIRE(alone.stop().value() == 0);
  }

  fs::path data() const { return nodes_.data_of("venue"); }
  std::vector<fs::path> files(const std::string& extension) const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(data()))
      if (entry.path().extension() == extension && entry.file_size() > 0)
        found.push_back(entry.path());
    REQUIRE_FALSE(found.empty());
    return found;
  }
  // Its own last life may have left all of its events in sorted files.
  void sort_to_files() {
    ServedNode node = nodes_.start(Role::lan, "venue");
    REQUIRE(node.stop().value() == 0);
  }

  // What is stopped and its node has of the show becomes its floor.
  void compact_venue() { compact("venue"); }
  void compact_office() {
    REQUIRE(office_.stop().value() == 0);
    compact("office");
    office_ = nodes_.start(Role::cloud, "office");
  }
  bool is_compacted() const {
    const auto store = RocksStore::open_read_only(data()).value();
    return !Log().floor(*store, *StreamId::parse(show_id)).value().empty();
  }
  // A node without anything, to repair from.
  void lose_office() {
    REQUIRE(office_.stop().value() == 0);
    office_ = nodes_.start(Role::cloud, "another office");
  }

  // One bit of the last event of the crew's show, under checksums that hold: as a disk or a memory
  // gave it to RocksDB.
  EventId flip_last_event() {
    auto store = RocksStore::open(data()).value();
    const Log log;
    const StreamId stream = *StreamId::parse(show_id);
    EventId last;
    REQUIRE(log.read_after(*store, Position::none,
                           [&](const EventId& id, const StoredEvent&) {
                             if (id.stream == stream) last = id;
                             return true;
                           })
                .ok());
    const std::string key = log_keys::event(last);
    std::string bytes = store->get(Space::events, key).value().value();
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    Batch batch;
    batch.at(Space::events)[key] = std::move(bytes);
    REQUIRE(store->commit(batch, true).ok());
    return last;
  }

  bool starts() const {
    return ServedNode::start({.program = genlock_program(),
                              .role = Role::lan,
                              .name = "venue",
                              .data = data().string(),
                              .log = nodes_.path("damaged.log"),
                              .more = {}})
        .ok();
  }
  Nodes::Ran verify() const { return Nodes::run({"verify", "--data", data().string()}); }
  Json repair(int status, const std::vector<std::string>& more = {}) {
    std::vector<std::string> line = {"repair", "--data",    data().string(),
                                     "--peer", office_.url, "--json"};
    line.insert(line.end(), more.begin(), more.end());
    const Nodes::Ran ran = Nodes::run(line);
    INFO(ran.output);
    REQUIRE(ran.status == status);
    auto told = parse_json(ran.output);
    REQUIRE(told.ok());
    return *std::move(told);
  }
  // After a repair: every promise of the crew, a peer that agrees, and a node that takes writes.
  void check() {
    ServedNode venue = start();
    const Complaint wrong = crew_.check(*venue.client);
    INFO(wrong.value_or(""));
    REQUIRE_FALSE(wrong);
    REQUIRE(crew_.write(*venue.client));
    wait_for_same(venue);
    REQUIRE(venue.stop().value() == 0);
    const Nodes::Ran proved = verify();
    INFO(proved.output);
    REQUIRE(proved.status == 0);
  }

 private:
  ServedNode start() {
    return nodes_.start(Role::lan, "venue", {"--peer", office_.url, "--subscribe", "all"});
  }
  void compact(const std::string& name) {
    NodeOptions options;
    options.data = nodes_.data_of(name);
    const auto node = Node::open(options).value();
    const StreamId show = *StreamId::parse(show_id);
    const VersionVector all = node->log().head(node->store(), show)->vector();
    REQUIRE(compact_stream(node->store(), node->log(), node->writer(), show, all).value() > 0);
  }
  void wait_for_same(ServedNode& venue) {
    const auto same =
        wait_until("both have the same", std::chrono::seconds(60), [&]() -> Result<bool> {
          return stream_digests(*venue.client).value() == stream_digests(*office_.client).value();
        });
    INFO((same.ok() ? "" : same.error().message));
    REQUIRE(same.ok());
  }

  Nodes nodes_;
  ServedNode office_;
  Crew crew_{1};
};

}  // namespace

TEST_CASE("repair: a bit flipped in the log file is refused at the start, and mended",
          "[crash][repair]") {
  Damaged venue(0);
  const fs::path log = venue.files(".log").front();
  flip_bit(log, fs::file_size(log) / 2);
  REQUIRE_FALSE(venue.starts());
  REQUIRE(venue.verify().output.find("damaged") != std::string::npos);
  const Json told = venue.repair(1, {"--role", "lan", "--name", "venue"});
  REQUIRE_FALSE(text_of(told, "damaged_log").empty());
  REQUIRE(fs::exists(text_of(told, "kept")));
  venue.check();
}

TEST_CASE("repair: a flipped bit in a stored event is named, and what neither has is told",
          "[crash][repair]") {
  Damaged venue;
  const EventId lost = venue.flip_last_event();
  const Nodes::Ran found = venue.verify();
  INFO(found.output);
  REQUIRE(found.status == 1);
  REQUIRE(found.output.find(lost.to_string()) != std::string::npos);
  const Json told = venue.repair(1);
  REQUIRE(integer_of(told, "unreadable_events") == 1);
  const Json& ranges = member(told, "lost");
  REQUIRE(ranges.items.size() == 1);
  REQUIRE(text_of(ranges.items[0], "origin") == lost.dot.origin.to_string());
  REQUIRE(integer_of(ranges.items[0], "first") ==
          static_cast<std::int64_t>(number(lost.dot.sequence)));
  REQUIRE(text_of(told, "new_origin") != text_of(told, "closed_origin"));
  REQUIRE(venue.verify().status == 0);
}

TEST_CASE("repair: flipped bits in sorted files are named by verify, and mended",
          "[crash][repair]") {
  Damaged venue(0);
  venue.sort_to_files();
  for (const fs::path& file : venue.files(".sst")) flip_bit(file, 40);
  const Nodes::Ran found = venue.verify();
  INFO(found.output);
  REQUIRE(found.status != 0);
  REQUIRE(found.output.find(".sst") != std::string::npos);
  const Json told = venue.repair(0, {"--role", "lan", "--name", "venue"});
  REQUIRE(integer_of(told, "fetched_events") > 0);
  venue.check();
}

TEST_CASE("repair: a deleted log file, whose events the peer has", "[crash][repair]") {
  Damaged venue(0);
  for (const fs::path& log : venue.files(".log")) fs::remove(log);
  const Json told = venue.repair(0, {"--role", "lan", "--name", "venue"});
  REQUIRE(integer_of(told, "fetched_events") > 0);
  venue.check();
}

TEST_CASE("repair: a lost disk comes back from the peer alone", "[crash][repair]") {
  Damaged venue(0);
  fs::remove_all(venue.data());
  const Json told = venue.repair(0, {"--role", "lan", "--name", "venue"});
  REQUIRE(integer_of(told, "salvaged_events") == 0);
  venue.check();
}

TEST_CASE("repair: what a peer never had is kept", "[crash][repair]") {
  Damaged venue;
  venue.sort_to_files();
  const Json whole = venue.repair(0);
  REQUIRE(integer_of(whole, "unreadable_events") == 0);
  REQUIRE(integer_of(whole, "fetched_events") == 0);
  venue.check();
}

TEST_CASE("repair: a lost disk comes back as a snapshot from a peer that has compacted the show",
          "[crash][repair]") {
  Damaged venue(0);
  venue.compact_office();
  fs::remove_all(venue.data());
  const Json told = venue.repair(0, {"--role", "lan", "--name", "venue"});
  REQUIRE(integer_of(told, "fetched_events") > 0);
  REQUIRE(venue.is_compacted());
  venue.check();
}

TEST_CASE("repair: a compacted show is kept whole, also where no peer has any of it",
          "[crash][repair]") {
  Damaged venue;
  venue.compact_venue();
  SECTION("the peer has what the others dropped") {}
  SECTION("the peer has compacted it, too") { venue.compact_office(); }
  SECTION("the peer is new") { venue.lose_office(); }
  const Json told = venue.repair(0);
  REQUIRE(integer_of(told, "salvaged_events") > 0);
  REQUIRE(integer_of(told, "unreadable_events") == 0);
  REQUIRE(member(told, "lost").items.empty());
  REQUIRE(venue.is_compacted());
  venue.check();
}

TEST_CASE("repair: damage in what a compacted show keeps is mended by the peer",
          "[crash][repair]") {
  Damaged venue(0);
  venue.compact_venue();
  SECTION("with the events") {}
  SECTION("with a snapshot") { venue.compact_office(); }
  const EventId damaged = venue.flip_last_event();
  const Nodes::Ran found = venue.verify();
  INFO(found.output);
  REQUIRE(found.output.find(damaged.to_string()) != std::string::npos);
  const Json told = venue.repair(0);
  REQUIRE(integer_of(told, "unreadable_events") == 1);
  REQUIRE(integer_of(told, "fetched_events") > 0);
  venue.check();
}

TEST_CASE("repair: nothing is touched while a node runs, or while the peer is away",
          "[crash][repair]") {
  Damaged venue(0);
  const auto refused = [&](const std::string& peer) {
    return Nodes::run({"repair", "--data", venue.data().string(), "--peer", peer});
  };
  const Nodes::Ran away = refused("http://127.0.0.1:1");
  INFO(away.output);
  REQUIRE(away.status == 2);
  REQUIRE_FALSE(fs::exists(venue.data().string() + ".repairing"));
  REQUIRE_FALSE(fs::exists(venue.data().string() + ".damaged"));
  REQUIRE(venue.verify().status == 0);
}
