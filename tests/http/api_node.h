// A whole node behind a real socket: store, log, engine, rows, the API and its server; and a client
// that says what it wants in one line.
//
//   ApiNode node;
//   Answer row = node.post("/api/productions", R"({"client":"A","show_name":"Gala"})");
//   REQUIRE(row.status == 201);
//   REQUIRE(row.at("/show_name") == "Gala");
#pragma once

#include "catch.h"
#include "engine/dropped_events.h"
#include "eventlog/memory_store.h"
#include "http/api.h"
#include "http/counters.h"
#include "http/limits.h"
#include "projections/json.h"
#include "projections/note_bounds.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace genlock::http {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct Answer {
  int status = 0;
  std::multimap<std::string, std::string> headers;
  std::string body;

  // The first value of a header, or "".
  std::string header(const std::string& name) const;
  // What stands at a JSON pointer: a text as it is, anything else as JSON; "(none)" where nothing
  // does.
  std::string at(std::string_view pointer) const;
  std::string operator[](std::string_view pointer) const { return at(pointer); }
  // Items of an array, members of an object; 0 where there is neither.
  std::size_t count(std::string_view pointer = "") const;
  std::string etag() const { return header("ETag"); }
  std::string id() const { return at("/id"); }
  // "409 field-conflict": status and problem name; for answers that are no problem the status.
  std::string problem() const;
};

// What stands at a pointer below a value; nullptr where nothing does.
const Json* find_at(const Json& json, std::string_view pointer);

class FakeSync;
class FakeMaintenance;
class FakeBackups;

class ApiNode {
 public:
  // The contract is one for both: ctest runs all cases on a LAN node, and again with
  // GENLOCK_TEST_ROLE=cloud.
  static Role default_role();
  struct Options {
    Role role = default_role();
    std::uint8_t number = 1;  // tells nodes apart
    bool with_sync = false;
    bool with_maintenance = false;
    bool with_backups = false;
    std::filesystem::path web = {};
    LiveLimits live = {};
    std::function<void(Limits&)> limits = {};  // lowers those of the server
    // What a node before this one has written; none: a new one.
    std::shared_ptr<MemoryStore> store = {};
    std::function<bool()> disk_full = {};
    NoteBounds notes = {};  // of the change feed
    std::function<std::vector<NodeAddress>()> addresses = {};
    WholeLog* whole_log = nullptr;
    SilentNodes* silent_nodes = nullptr;
  };
  ApiNode();
  explicit ApiNode(const Options& options);
  ~ApiNode();

  Answer ask(std::string_view method, std::string_view target, std::string_view body = "",
             const HeaderList& headers = {});
  Answer get(std::string_view target, const HeaderList& headers = {});
  Answer post(std::string_view target, std::string_view body = "", const HeaderList& headers = {});
  Answer put(std::string_view target, std::string_view body, const HeaderList& headers = {});
  Answer patch(std::string_view target, std::string_view body, const HeaderList& headers = {});
  Answer del(std::string_view target, const HeaderList& headers = {});
  // Bytes as they are.
  Answer raw(std::string_view bytes, bool head_only = false);
  // The same over a connection of its own: for threads.
  static Answer ask_once(std::uint16_t port, std::string_view bytes);

  // --- shortcuts for what most tests begin with ---
  // Ids are made from small numbers: id_of(7) = 00000000-0000-4000-8000-000000000007.
  std::string make_production(int n = 1);
  std::string make_source(const std::string& production, int n, std::string_view more = "");

  // Everything stored, to see that a refused request changed nothing.
  std::map<std::string, std::string> dump() const;
  // Bugs that handlers were caught at: must stay empty.
  std::vector<std::string> bugs() const;
  // Gives `other` all events of a stream that it lacks.
  void ship_to(ApiNode& other, const std::string& production);

  // At all that the node has: nobody else writes. How many events went; `keep` has them first.
  std::uint64_t compact(const std::string& production, const KeepDropped& keep = {});

  UnixMs now() const;
  void move_clock(UnixMs by_ms);
  FakeSync& sync();
  FakeMaintenance& maintenance();
  FakeBackups& backups();
  // After a commit that failed; the store takes them already.
  void take_writes_again();
  std::uint16_t port() const;
  const Counters& counters() const;
  Engine& engine();
  // What the node does by itself. REQUIRES: it can't fail.
  void commit(const std::function<Result<void>(Overlay& overlay)>& job);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

std::string id_of(int n);
// "/api/sources/" + id
std::string at(std::string_view collection, const std::string& id);

// The port to replication, played by hand.
class FakeSync : public SyncControl {
 public:
  SyncStatusReport status() override { return report; }
  bool has_peer() const override { return peer; }
  Result<void> start() override {
    started = true;
    return {};
  }
  Result<void> stop() override {
    started = false;
    return {};
  }
  Result<void> begin(const SyncWish& wish, SyncProgress progress) override {
    if (refuse) return *refuse;
    wishes.push_back(wish);
    running.push_back(std::move(progress));
    return {};
  }
  Result<bool> unsubscribe(StreamId production) override {
    return subscribed && *subscribed == production && (subscribed.reset(), true);
  }
  bool is_subscribed(StreamId production) const override { return subscribed == production; }
  Result<std::vector<CatalogEntry>> peer_catalog() override { return offered; }
  Result<PeerLook> look_at_peer(const std::vector<StreamId>& streams,
                                std::optional<StreamId> events_of) override {
    return look ? look(streams, events_of) : Result<PeerLook>(Error{ErrorCode::unavailable, ""});
  }
  Result<VersionVector> known_at_peers(StreamId) override { return known; }

  SyncStatusReport report;
  bool peer = true, started = false;
  std::optional<Error> refuse;
  std::optional<StreamId> subscribed;
  std::vector<SyncWish> wishes;
  std::vector<SyncProgress> running;
  Result<std::vector<CatalogEntry>> offered = std::vector<CatalogEntry>{};
  std::function<Result<PeerLook>(const std::vector<StreamId>&, std::optional<StreamId>)> look;
  VersionVector known;
};

// Upkeep, played by hand.
class FakeMaintenance : public Maintenance {
 public:
  Result<bool> begin(Upkeep, UpkeepProgress progress) override {
    if (running) return false;
    running = std::move(progress);
    return true;
  }
  std::optional<int> rebuilding_percent() const override { return percent; }

  std::optional<UpkeepProgress> running;
  std::optional<int> percent;
};

// Backups that a test plays by hand.
class FakeBackups : public Backups {
 public:
  Result<std::vector<BackupEntry>> list() override {
    if (refuse) return *refuse;
    return entries;
  }
  Result<void> begin_backup(BackupProgress progress) override {
    if (refuse) return *refuse;
    running = std::move(progress);
    return {};
  }
  Result<void> begin_verify(const Uuid& id, BackupProgress progress) override {
    TRY(remove(id));
    running = std::move(progress);
    return {};
  }
  Result<void> remove(const Uuid& id) override {
    if (refuse) return *refuse;
    if (std::ranges::find(entries, id, &BackupEntry::id) != entries.end()) return {};
    return Error{ErrorCode::not_found, "there is no backup " + id.to_string()};
  }
  BackupHealth health() override { return told; }
  void before_lock() override { ++locks; }
  void after_download() override { ++downloads; }

  std::vector<BackupEntry> entries;
  std::optional<Error> refuse;
  std::optional<BackupProgress> running;
  BackupHealth told;
  std::atomic<int> locks{0}, downloads{0};
};

}  // namespace genlock::http
