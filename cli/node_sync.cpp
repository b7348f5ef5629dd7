#include "cli/node_sync.h"

#include "cli/sync_report.h"
#include "engine/event_codec.h"
#include "eventlog/node_meta.h"
#include "http/catalog.h"
#include "projections/catalog.h"
#include "replication/catalog_query.h"
#include "replication/limits.h"
#include "replication/peer_look.h"

#include <algorithm>
#include <cstdlib>

namespace genlock::cli {
namespace {

using replication::PeerIdentity;

constexpr std::string_view subscribed_setting = "subscribed";
constexpr std::size_t marked_at_once = 1'000;    // events decoded together, to bound memory
constexpr std::ptrdiff_t questions_at_once = 4;  // to peers, of the server's 16 workers
constexpr std::int64_t catalog_timeout_ms = 4'000;
constexpr std::int64_t look_timeout_ms = 8'000;   // may be some megabytes
constexpr std::int64_t tolerated_offset_ms = 20;  // less is jitter, not a wrong clock

http::HttpResponse frame_answer(std::string body) {
  http::HttpResponse response;
  response.content_type = "application/octet-stream";
  response.body = std::move(body);
  return response;
}

using OnBytes = decltype(SyncOptions::on_bytes);

// What waits for news is small and not told.
http::HttpResponse answer_peer(replication::SyncServer& server, const http::HttpRequest& request,
                               const OnBytes& on_bytes) {
  replication::SyncAnswer answer = server.handle(request.body);
  if (on_bytes) on_bytes("", answer.body.size(), request.body.size());
  if (!answer.later) return frame_answer(std::move(answer.body));
  http::LongPoll poll;
  poll.topics = {std::string(NodeSync::topic)};
  poll.wait = std::chrono::milliseconds(replication::limits::park_ms);
  poll.next = [later =
                   std::move(answer.later)](http::Wake wake) -> std::optional<http::HttpResponse> {
    std::optional<std::string> body = later(wake != http::Wake::event);
    if (!body) return std::nullopt;
    return frame_answer(*std::move(body));
  };
  return http::HttpResponse::later(std::move(poll));
}

Result<replication::Replicator::Options> replicator_options(const SyncOptions& options) {
  replication::Replicator::Options made;
  for (const std::string& peer : options.peers) {
    TRY_ASSIGN(replication::PeerUrl url, replication::parse_peer_url(peer));
    replication::HttpOptions http;
    if (options.on_bytes)
      http.on_bytes = [told = options.on_bytes, name = url.to_string()](
                          std::size_t sent, std::size_t received) { told(name, sent, received); };
    made.peers.push_back({std::move(url), std::move(http)});
  }
  made.schedule.interval_ms = options.interval_ms;
  return made;
}

}  // namespace

Result<std::unique_ptr<NodeSync>> NodeSync::open(Node& node, const SyncOptions& options,
                                                 Logger& log) {
  std::unique_ptr<NodeSync> sync(new NodeSync(node, options, log));
  TRY(sync->subscriptions_.load(node.store()));
  TRY(sync->peers_.load(node.store()));
  TRY(sync->index_.refresh(node.store()));
  TRY(sync->subscribe(options.subscriptions));
  TRY_ASSIGN(auto how, replicator_options(options));
  sync->addresses_ = how.peers;
  how.on_session = [raw = sync.get()](const replication::SessionReport& report, replication::Plan,
                                      UnixMs started_ms, UnixMs ended_ms) {
    raw->note_session(report, started_ms, ended_ms);
  };
  sync->replicator_ = std::make_unique<replication::Replicator>(sync->ports_, std::move(how));
  return sync;
}

NodeSync::NodeSync(Node& node, const SyncOptions& options, Logger& log)
    : node_(node),
      log_(log),
      options_(options),
      index_(node.log(), node.projection()),
      committer_(node.writer()),
      ports_{node.engine(), node.store(),   committer_, node.clock(), node.random(),
             index_,        subscriptions_, peers_,     *this,        options.version},
      server_(ports_),
      question_turns_(questions_at_once) {
  ports_.catalog = [this](StreamId after) -> Result<CatalogPage> {
    return catalog_page(*node_.store().snapshot(), node_.log(), after);
  };
}

NodeSync::~NodeSync() {
  if (replicator_) replicator_->stop();
}

// A cloud node takes everything. A LAN node takes what it was told to, now or in earlier runs; at
// first that is nothing but what always comes along.
Result<void> NodeSync::subscribe(const std::vector<std::string>& wanted) {
  TRY_ASSIGN(auto chosen, read_setting(node_.store(), subscribed_setting));
  bool all = std::ranges::count(wanted, "all") > 0 || node_.identity().role == Role::cloud;
  if (all || !chosen) TRY(subscriptions_.set_everything(node_.writer(), all));
  if (!chosen) TRY(write_setting(node_.store(), subscribed_setting, "yes"));
  for (const std::string& production : wanted) {
    if (production == "all") continue;
    auto id = StreamId::parse(production);
    if (!id)
      return Error{ErrorCode::invalid_argument,
                   "--subscribe takes a production's id or 'all', not '" + production + "'"};
    TRY(subscriptions_.set(node_.writer(), *id, true));
  }
  return {};
}

void NodeSync::add_routes(http::Router& router) {
  router.add("POST", "/sync/v1/{kind}", "sync", [this](const http::HttpRequest& request) {
    return answer_peer(server_, request, options_.on_bytes);
  });
}

http::SyncStatusReport NodeSync::status() { return report_of(replicator_->status()); }

Result<void> NodeSync::begin(const http::SyncWish& wish, http::SyncProgress progress) {
  bool download = wish.work == http::SyncWork::download;
  if (download && !subscriptions_.wants(*wish.production, index_)) {
    TRY(subscriptions_.set(node_.writer(), *wish.production, true));
    progress = with_subscription(*wish.production, std::move(progress));
  }
  replicator_->begin({.stream = wish.production,
                      .must_exist = download,
                      .advance = std::move(progress.advance),
                      .finished = std::move(progress.finished),
                      .cancelled = std::move(progress.cancelled)});
  return {};
}

// A download that was cancelled takes back the subscription it made: else the node would go on by
// itself to fetch what nobody wants.
http::SyncProgress NodeSync::with_subscription(StreamId production, http::SyncProgress progress) {
  progress.finished = [this, production, cancelled = progress.cancelled,
                       told = std::move(progress.finished)](Result<void> outcome) {
    if (cancelled.stop_requested() && !outcome.ok()) {
      Result<void> undone = subscriptions_.set(node_.writer(), production, false);
      if (!undone.ok()) log_.warning("subscription stays", {{"reason", undone.error().message}});
    }
    told(std::move(outcome));
  };
  return progress;
}

Result<bool> NodeSync::unsubscribe(StreamId production) {
  if (production == library_stream || production == directory_stream) return false;
  TRY_ASSIGN(StreamHead head, node_.log().head(*node_.store().snapshot(), production));
  // Who takes everything is not subscribed to what does not exist.
  if (head.origins.empty() && subscriptions_.everything()) return false;
  bool wanted = subscriptions_.wants(production, index_);
  TRY(subscriptions_.set(node_.writer(), production, false));
  return wanted;
}

// Of the first peer that answers, each given a share of the time; few at once, so that a peer that
// is away does not keep all workers of the server waiting.
template <class Answer, class Ask>
Result<Answer> NodeSync::ask_first_peer(std::int64_t timeout_ms, const Ask& ask) {
  if (!question_turns_.try_acquire())
    return Error{ErrorCode::unavailable, "several are waiting for the peer already"};
  Result<Answer> answer = Error{ErrorCode::unavailable, "there is no peer"};
  const auto share_ms =
      timeout_ms / static_cast<std::int64_t>(std::max<std::size_t>(addresses_.size(), 1));
  for (const replication::PeerAddress& address : addresses_) {
    replication::HttpTransport peer(address.url, address.http);
    answer = ask(peer, share_ms);
    if (answer.ok()) break;
  }
  question_turns_.release();
  return answer;
}

Result<std::vector<http::CatalogEntry>> NodeSync::peer_catalog() {
  TRY_ASSIGN(const auto catalog,
             ask_first_peer<std::vector<CatalogEntry>>(
                 catalog_timeout_ms, [this](replication::Transport& peer, std::int64_t share_ms) {
                   return replication::ask_catalog(ports_, peer, share_ms);
                 }));
  return http::to_catalog(catalog);
}

Result<http::PeerLook> NodeSync::look_at_peer(const std::vector<StreamId>& streams,
                                              std::optional<StreamId> events_of) {
  TRY_ASSIGN(replication::PeerLook look,
             ask_first_peer<replication::PeerLook>(
                 look_timeout_ms, [&](replication::Transport& peer, std::int64_t share_ms) {
                   return replication::look_at_peer(ports_, peer, streams, events_of, share_ms);
                 }));
  return look_of(std::move(look));
}

// Where it was never met since the start: of all that are known from before.
Result<VersionVector> NodeSync::known_at_peers(StreamId stream) {
  std::vector<NodeId> nodes;
  for (const replication::LinkStatus& link : replicator_->status().links)
    if (link.url && link.peer) nodes.push_back(link.peer->node);
  if (nodes.empty())
    for (const PeerIdentity& peer : peers_.all()) nodes.push_back(peer.node);
  const auto snapshot = node_.store().snapshot();
  VersionVector known;
  for (NodeId node : nodes) {
    TRY_ASSIGN(const VersionVector shared, peers_.shared(*snapshot, node, stream));
    known.merge(shared);
  }
  return known;
}

// --- what sessions tell -------------------------------------------------------------------------

void NodeSync::on_note(const replication::SyncNote& note) {
  log_.warning("sync", {{"what", to_string(note.kind)},
                        {"peer", note.peer.to_string()},
                        {"stream", note.stream ? note.stream->to_string() : ""},
                        {"code", to_string(note.code)},
                        {"reason", note.message}});
  if (options_.on_note) options_.on_note(note);
}

void NodeSync::on_received(const PeerIdentity& peer, StreamId, const IngestReport& report) {
  if (options_.on_received) options_.on_received(peer.node, report);
}

// A LAN node follows the clock of the cloud, whose machines have a better one.
void NodeSync::on_clock(const PeerIdentity& peer, bool peer_is_suspect, std::int64_t offset_ms,
                        std::int64_t rtt_ms) {
  bool trusted = peer.role == Role::cloud && !peer_is_suspect;
  if (!trusted || node_.identity().role != Role::lan) return;
  bool is_off = std::abs(offset_ms) > rtt_ms / 2 + tolerated_offset_ms;
  if (!is_off && !node_.clock().suspect()) return;
  Result<void> noted = node_.note_clock_offset(is_off ? offset_ms : 0);
  log_.info("clock compared", {{"peer", peer.node.to_string()},
                               {"offset_ms", node_.clock().offset_ms()},
                               {"kept", noted.ok()}});
}

// What the cloud is known to have is synced (rows say so in synced_at).
Result<void> NodeSync::on_shared(const PeerIdentity& peer, StreamId stream,
                                 const VersionVector& before, const VersionVector& now,
                                 Overlay& overlay) {
  if (peer.role != Role::cloud || node_.identity().role == Role::cloud) return {};
  std::vector<Event> events;
  auto mark = [&]() -> Result<void> {
    TRY(mark_synced(overlay, stream, events, now, node_.clock().now()));
    events.clear();
    return {};
  };
  for (const EventRange& range : before.missing_from(now)) {
    Result<void> marked;
    TRY(node_.log().read_kept(overlay, stream, range,
                              [&](const EventId&, const StoredEvent& stored) {
                                Result<Event> event = decode_stored(stored);
                                if (event.ok()) events.push_back(*std::move(event));
                                if (events.size() >= marked_at_once) marked = mark();
                                return marked.ok();
                              }));
    TRY(std::move(marked));
  }
  return mark();
}

void NodeSync::note_session(const replication::SessionReport& report, UnixMs started_ms,
                            UnixMs ended_ms) {
  SyncLogEntry entry = entry_of(report, started_ms, ended_ms);
  entry.id = Uuid::make_v7(ended_ms, node_.random());
  if (options_.on_session) options_.on_session(report, entry.status);
  Result<void> kept = node_.writer().run(
      [&entry](Overlay& overlay) -> Result<void> { return SyncLog::put(overlay, entry); });
  log_.write(report.ok() ? LogLevel::info : LogLevel::warning, "synced",
             {{"peer", entry.server_id},
              {"status", to_string(entry.status)},
              {"sent", static_cast<std::int64_t>(report.sent_events)},
              {"received", static_cast<std::int64_t>(report.received_events)},
              {"ms", ended_ms - started_ms},
              {"reason", report.error ? report.error->message : ""},
              {"kept", kept.ok()}});
}

}  // namespace genlock::cli
