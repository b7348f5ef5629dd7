#include "cli/repair.h"

#include "cli/api_client.h"
#include "cli/node.h"
#include "cli/node_check.h"
#include "cli/salvage.h"
#include "eventlog/durable_files.h"
#include "eventlog/node_meta.h"
#include "replication/http_transport.h"
#include "replication/peers.h"
#include "replication/session.h"
#include "replication/stream_index.h"
#include "replication/subscriptions.h"
#include "transfer/json_print.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace genlock::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t request_timeout_ms = 60'000;

// The new directory while it is made: a node without a server.
class Workshop : private replication::SyncObserver {
 public:
  Workshop(std::unique_ptr<RocksStore> store, const Identity& identity, const std::string& version)
      : store_(std::move(store)),
        projection_(identity.role),
        engine_(identity, log_, projection_, clock_, random_),
        writer_(*store_),
        index_(log_, projection_),
        ports_{engine_, *store_,        writer_, clock_, random_,
               index_,  subscriptions_, peers_,  *this,  version} {}
  ~Workshop() override { writer_.stop(); }

  Result<void> load() {
    TRY(subscriptions_.load(*store_));
    return peers_.load(*store_);
  }
  Result<void> take_everything() { return subscriptions_.set_everything(writer_, true); }
  Result<std::uint64_t> pour(Salvage& salvage) { return salvage.pour(*store_, engine_, writer_); }
  Result<VersionVector> vector(StreamId stream) {
    TRY_ASSIGN(const StreamHead head, log_.head(*store_, stream));
    return head.vector();
  }
  // One session to its end; how many events came.
  Result<std::uint64_t> fetch(replication::HttpTransport& peer) {
    TRY(index_.refresh(*store_));
    auto session = replication::SyncSession::initiator(ports_, replication::Plan::full);
    while (auto request = session.next()) session.receive(peer.ask(*request, request_timeout_ms));
    const replication::SessionReport report = session.report();
    if (report.error) return *report.error;
    return report.received_events;
  }

 private:
  std::unique_ptr<RocksStore> store_;
  SystemClock clock_;
  SystemRandom random_;
  Log log_;
  RowProjection projection_;
  Engine engine_;
  LogWriter writer_;
  replication::StreamIndex index_;
  replication::Subscriptions subscriptions_;
  replication::Peers peers_;
  replication::SessionPorts ports_;
};

Error trouble(const std::string& what, const std::error_code& failure) {
  return {ErrorCode::unavailable, what + ": " + failure.message(), {}};
}

// RocksDB holds a lock on this file for as long as a directory is open.
bool is_in_use(const fs::path& data) {
  const int file = ::open((data / "LOCK").c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return false;
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const bool asked = ::fcntl(file, F_GETLK, &lock) == 0;
  ::close(file);
  return asked && lock.l_type != F_UNLCK;
}

// "venue.damaged", "venue.damaged-2", ..
fs::path free_name(const fs::path& data) {
  for (int n = 1;; ++n) {
    fs::path name = data.string() + ".damaged" + (n == 1 ? "" : "-" + std::to_string(n));
    if (!fs::exists(name)) return name;
  }
}

// The node of the directory under a new origin, or a new node where it does not say who it was.
Result<Identity> identify(RocksStore& store, const std::optional<Salvage>& salvage,
                          const RepairOptions& options, RepairReport& report) {
  SystemRandom random;
  SystemClock clock;
  Result<Identity> former = Error{ErrorCode::not_found, "", {}};
  if (salvage) former = salvage->identity();
  if (!former.ok()) {
    if (!options.role)
      return Error{ErrorCode::invalid_argument,
                   "the directory does not say any more whose it was: give --role, and --name",
                   {}};
    report.took_everything = true;
    return open_identity(store, random, *options.role, options.name);
  }
  TRY(salvage->copy_settings(store));
  report.closed_origin = former->origin;
  TRY(renew_origin(store, random, clock.now(),
                   {NoticeKind::repaired, "What was damaged is kept beside it."}));
  return open_identity(store, random, former->role,
                       options.name.empty() ? former->name : options.name);
}

void find_lost(Workshop& shop, const Salvage& salvage, RepairReport& report) {
  for (const Salvage::Chain& chain : salvage.chains()) {
    const auto vector = shop.vector(chain.stream);
    const Sequence last = vector.ok() ? vector->last_seen(chain.origin) : Sequence::none;
    if (last < chain.last)
      report.lost.push_back({chain.stream, {chain.origin, next(last), chain.last}});
  }
}

Result<void> make_anew(const fs::path& place, const RepairOptions& options,
                       replication::PeerUrl peer_url, RepairReport& report) {
  std::optional<Salvage> salvage;
  if (fs::exists(options.data)) {
    const auto as_usual = RocksStore::open_read_only(options.data);
    auto opened = Salvage::open(options.data);
    if (opened.ok() && !as_usual.ok()) report.damaged_log = as_usual.error().message;
    if (opened.ok())
      salvage.emplace(*std::move(opened));
    else
      report.unopenable = opened.error().message;
  }
  TRY_ASSIGN(auto store, RocksStore::open(place));
  TRY_ASSIGN(const Identity identity, identify(*store, salvage, options, report));
  report.new_origin = identity.origin;
  Workshop shop(std::move(store), identity, options.version);
  TRY(shop.load());
  if (report.took_everything) TRY(shop.take_everything());
  replication::HttpTransport peer(std::move(peer_url), {});
  // What came may make room for what was found behind a hole, and the peer may lack that.
  for (bool found_more = true; found_more;) {
    std::uint64_t poured = 0;
    if (salvage) {
      TRY_ASSIGN(poured, shop.pour(*salvage));
    }
    TRY_ASSIGN(const std::uint64_t fetched, shop.fetch(peer));
    report.salvaged_events += poured;
    report.fetched_events += fetched;
    found_more = poured + fetched > 0;
  }
  if (!salvage) return {};
  for (const Salvage::Chain& chain : salvage->chains())
    report.unreadable_events += chain.unreadable_count;
  find_lost(shop, *salvage, report);
  return {};
}

// As `serve` opens it, and every proof that `verify` has.
Result<void> prove(const fs::path& place) {
  TRY_ASSIGN(auto store, RocksStore::open(place));
  TRY_ASSIGN(const Identity identity, read_identity(*store));
  store.reset();
  NodeOptions options;
  options.data = place;
  options.role = identity.role;
  TRY_ASSIGN(auto node, Node::open(options));
  TRY_ASSIGN(const CheckReport report, check_node(*node, node->store(), [](auto, auto) {}));
  if (report.ok()) return {};
  return Error{ErrorCode::corruption, report.damage.value_or(report.difference.value_or("")), {}};
}

// Where the file system can't exchange two names, a cut between the two leaves none of them in the
// place, and both beside it.
void move_one_by_one(const fs::path& place, const fs::path& data, const fs::path& kept,
                     std::error_code& failure) {
  fs::rename(data, kept, failure);
  if (failure) return;
  fs::rename(place, data, failure);
  std::error_code ignored;
  if (failure) fs::rename(kept, data, ignored);
}

// At every moment there is a whole directory in the place, the old one or the new one: the new one
// takes the name that the old one is to have, and then both change names in one step.
Result<void> put_in_place(const fs::path& place, const fs::path& data, RepairReport& report) {
  std::error_code failure;
  if (!fs::exists(data)) {
    fs::rename(place, data, failure);
    if (failure) return trouble("the new directory cannot be moved to its place", failure);
    return sync_folder(data.parent_path());
  }
  const fs::path kept = free_name(data);
  fs::rename(place, kept, failure);
  if (failure) return trouble("the new directory cannot be renamed", failure);
  if (::renameat2(AT_FDCWD, kept.c_str(), AT_FDCWD, data.c_str(), RENAME_EXCHANGE) != 0) {
    fs::rename(kept, place, failure);
    if (!failure) move_one_by_one(place, data, kept, failure);
    if (failure) return trouble("the damaged directory cannot be moved aside", failure);
  }
  report.kept = kept;
  return sync_folder(data.parent_path());
}

}  // namespace

Result<RepairReport> repair(const RepairOptions& options) {
  TRY_ASSIGN(replication::PeerUrl peer, replication::parse_peer_url(options.peer));
  // Without a last slash, so that names beside it can be made of it.
  RepairOptions how = options;
  how.data = fs::absolute(options.data).lexically_normal();
  if (how.data.filename().empty()) how.data = how.data.parent_path();
  if (is_in_use(how.data))
    return Error{ErrorCode::unavailable,
                 "the data directory " + how.data.string() + " is in use: stop its node first",
                 {}};
  const fs::path place = how.data.string() + ".repairing";
  std::error_code failure;
  fs::remove_all(place, failure);  // of a repair that was cut off
  RepairReport report;
  Result<void> made = make_anew(place, how, std::move(peer), report);
  if (made.ok()) made = prove(place);
  if (made.ok()) made = put_in_place(place, how.data, report);
  if (made.ok()) return report;
  fs::remove_all(place, failure);
  return made.error();
}

Json to_json(const RepairReport& report) {
  const auto count = [](std::uint64_t n) { return json_number(static_cast<std::int64_t>(n)); };
  Json lost;
  lost.kind = Json::Kind::array;
  for (const LostRange& one : report.lost)
    lost.items.push_back(json_object({{"stream", json_text(one.stream.to_string())},
                                      {"origin", json_text(one.range.origin.to_string())},
                                      {"first", count(number(one.range.first))},
                                      {"last", count(number(one.range.last))}}));
  Json json = json_object({{"ok", json_flag(report.ok())},
                           {"salvaged_events", count(report.salvaged_events)},
                           {"fetched_events", count(report.fetched_events)},
                           {"unreadable_events", count(report.unreadable_events)},
                           {"new_origin", json_text(report.new_origin.to_string())}});
  json.members.emplace_back("lost", std::move(lost));
  if (!report.kept.empty()) json.members.emplace_back("kept", json_text(report.kept.string()));
  if (report.closed_origin)
    json.members.emplace_back("closed_origin", json_text(report.closed_origin->to_string()));
  if (report.damaged_log) json.members.emplace_back("damaged_log", json_text(*report.damaged_log));
  if (report.unopenable) json.members.emplace_back("unopenable", json_text(*report.unopenable));
  return json;
}

}  // namespace genlock::cli
