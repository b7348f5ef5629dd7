#include "crash/crash_node.h"

#include "cli/node_check.h"
#include "crash/disk_file_system.h"
#include "engine/compaction.h"
#include "eventlog/witness.h"
#include "http/api_core.h"
#include "http/inner_client.h"
#include "replication/peers.h"
#include "replication/session.h"
#include "replication/stream_index.h"
#include "replication/subscriptions.h"
#include "replication/wire.h"
#include "support/temp_dir.h"

#include <fmt/format.h>

namespace genlock::crash {

namespace {

const StreamId show = *StreamId::parse(show_id);
constexpr CompactionSlice small_slice{2, 3};  // a show of some rows takes ten slices

// RocksDB's diaries, which are real files.
const std::filesystem::path& scratch() {
  static const TempDir folder;
  return folder.path();
}

// Small, so that a few hundred writes are sorted to disk, and compacted, too.
RocksOptions small_store(rocksdb::Env* env) {
  RocksOptions options;
  options.cache_bytes = 1 << 20;
  options.write_buffer_bytes = 256 << 10;
  options.log_bytes = 128 << 10;
  options.reserve_bytes = 0;
  options.env = env;
  return options;
}

// What a session needs of a node.
struct Syncing : replication::SyncObserver {
  explicit Syncing(cli::Node& node)
      : index(node.log(), node.projection()), ports{node.engine(), node.store(),  node.writer(),
                                                    node.clock(),  node.random(), index,
                                                    subscriptions, peers,         *this,
                                                    "test"} {}
  Result<void> load(const Reader& reader) {
    TRY(subscriptions.load(reader));
    TRY(peers.load(reader));
    TRY(index.refresh(reader));
    return {};
  }
  void on_note(const replication::SyncNote& note) override {
    if (!complaint) complaint = fmt::format("{}: {}", to_string(note.kind), note.message);
  }

  replication::StreamIndex index;
  replication::Subscriptions subscriptions;
  replication::Peers peers;
  replication::SessionPorts ports;
  Complaint complaint;
};

Result<replication::Message> carry(const replication::Message& request, Syncing& to) {
  auto responder = replication::SyncSession::responder(to.ports);
  responder.receive(replication::decode(replication::encode(request)));
  return replication::decode(replication::encode(responder.next().value()));
}

}  // namespace

// Reading and writing rows; all of the API would be made anew for each of thousands of openings.
struct CrashNode::Routes {
  explicit Routes(cli::Node& node)
      : core({.engine = node.engine(),
              .committer = node.writer(),
              .store = node.store(),
              .clock = node.clock(),
              .random = node.random()}) {
    http::add_row_routes(router, core);
    http::add_write_routes(router, core);
  }
  http::Router router;
  http::ApiCore core;
  http::InnerClient client{router, "a node that may crash"};
};

CrashNode::CrashNode(VolatileDisk& disk, Role role, std::string name)
    : disk_(disk), files_(disk), env_(env_on(disk)) {
  options_.data = scratch() / name;
  options_.role = role;
  options_.name = std::move(name);
  options_.store = small_store(env_.get());
  // Of another disk, which had the same name.
  for (const char* file : {"HEAD", "TORN", "TORN.kept"})
    std::filesystem::remove(options_.data / file);
}

CrashNode::~CrashNode() { close(); }

void CrashNode::write_witness() {
  const auto witness = witness_of(node_->log(), node_->store(), node_->identity().origin);
  if (witness.ok() && *witness) CHECK(genlock::write_witness(options_.data, **witness).ok());
}

cli::ApiClient& CrashNode::client() { return routes_->client; }

Result<void> CrashNode::open() {
  close();
  TRY_ASSIGN(node_, cli::Node::open(options_));
  history_ = std::make_unique<HistoryFiles>(options_.data.string() + ".history",
                                            HistoryFiles::default_max_bytes, files_);
  routes_ = std::make_unique<Routes>(*node_);
  return {};
}

void CrashNode::close() {
  routes_.reset();
  history_.reset();
  node_.reset();
}

Result<std::uint64_t> CrashNode::compact(StreamId stream, const VersionVector& cut,
                                         const std::function<void()>& between) {
  KeepDropped keep;
  if (keeps_history_)
    keep = [this](StreamId of, const std::vector<DroppedEvent>& events) {
      return history_->keep(of, events);
    };
  const auto next = [&] {
    if (between) between();
    return true;
  };
  return compact_stream(node().store(), node().log(), node().writer(), stream, cut, next, keep,
                        small_slice);
}

Complaint CrashNode::check(Crew& crew) {
  if (Complaint wrong = crew.check(client())) return wrong;
  if (crew.has_open_write() && !crew.write(client()))
    return crew.check(client()).value_or("an open write was not taken when it was sent again");
  const Result<Commands> commands = this->commands();
  if (!commands.ok()) return commands.error().message;
  if (commands->doubled) return commands->doubled;
  const auto floor = node().log().floor(node().store(), show);
  if (!floor.ok()) return floor.error().message;
  const bool is_whole = floor->empty() || keeps_history_;
  if (is_whole ? commands->count != crew.acknowledged_count()
               : commands->count > crew.acknowledged_count())
    return fmt::format("{} writes were acknowledged, {} are in the log", crew.acknowledged_count(),
                       commands->count);
  return prove();
}

// Of the crew, whose show is all that it writes.
Result<Commands> CrashNode::commands() {
  if (!keeps_history_) return commands_in(node().store(), node().log());
  TRY_ASSIGN(const auto whole, history_->whole(node().store(), show));
  return commands_of(*whole, node().log(), show);
}

Complaint CrashNode::prove() {
  const auto report = cli::check_node(
      node(), node().store(), [](auto, auto) {}, keeps_history_ ? history_.get() : nullptr);
  if (!report.ok()) return report.error().message;
  if (report->damage) return report->damage;
  if (report->history_damage) return report->history_damage;
  for (const cli::CompactedStream& stream : report->compacted)
    if (keeps_history_ && !stream.is_kept) return "history is not whole: " + stream.lacks;
  return report->difference;
}

Complaint CrashNode::open_and_check(Crew& crew, bool allows_new_origin) {
  if (const auto opened = open(); !opened.ok())
    return "the directory cannot be opened: " + opened.error().message;
  if (Complaint wrong = new_origin(); wrong && !allows_new_origin) return wrong;
  return check(crew);
}

Complaint CrashNode::new_origin() {
  if (!node().renewed()) return std::nullopt;
  return "a new origin begins without need: " + node().renewed()->detail;
}

void power_cycle(CrashNode& node, VolatileDisk& disk, std::uint64_t seed) {
  disk.cut();
  node.close();
  disk.power_on(seed);
}

std::unique_ptr<VolatileDisk> disk_with_show(const std::string& name) {
  auto disk = std::make_unique<VolatileDisk>();
  CrashNode node(*disk, Role::lan, name);
  CHECK(node.open().ok());
  CHECK(make_show(node.client()).ok());
  node.close();
  return disk;
}

Complaint sync(CrashNode& from, CrashNode& to, std::size_t page_bytes) {
  Syncing caller(from.node()), called(to.node());
  if (!caller.load(from.node().store()).ok() || !called.load(to.node().store()).ok())
    return "a subscription cannot be read";
  caller.ports.page_bytes = called.ports.page_bytes = page_bytes;
  auto session = replication::SyncSession::initiator(caller.ports, replication::Plan::full,
                                                     to.node().identity().node);
  while (auto request = session.next()) session.receive(carry(*request, called));
  if (caller.complaint) return caller.complaint;
  if (called.complaint) return called.complaint;
  const replication::SessionReport report = session.report();
  if (report.error) return "a sync failed: " + report.error->message;
  if (!report.ok() || !report.in_sync) return "after a sync both do not have the same";
  return std::nullopt;
}

}  // namespace genlock::crash
