#include "replication/replicator.h"

#include "replication/link.h"
#include "replication/peers.h"
#include "replication/subscriptions.h"
#include "replication/synced_times.h"

#include <algorithm>
#include <atomic>
#include <mutex>

namespace genlock::replication {
namespace {

constexpr std::string_view paused_key = "sync/paused";

// A wish that is fulfilled when every link has had its session: well where one did well.
class Fulfilment {
 public:
  Fulfilment(SessionPorts& ports, SyncWish wish, std::size_t links)
      : ports_(ports), wish_(std::move(wish)), left_(links) {}

  void advance(std::uint64_t done, std::uint64_t total) {
    if (wish_.advance) wish_.advance(done, total);
  }
  // `cut` is called once, when nobody waits for the wish any more; maybe now.
  void on_cancel(std::function<void()> cut) { cancel_.emplace(wish_.cancelled, std::move(cut)); }
  std::stop_token cancelled() const { return wish_.cancelled; }
  void ended(const SessionReport& report) {
    std::unique_lock lock(mutex_);
    Result<void> outcome = outcome_of(report);
    if (outcome.ok() || !best_.ok()) best_ = std::move(outcome);
    if (--left_ > 0) return;
    Result<void> best = best_;
    lock.unlock();
    if (wish_.finished) wish_.finished(std::move(best));
  }

 private:
  Result<void> outcome_of(const SessionReport& report) const {
    if (report.error) return *report.error;
    for (const Failure& failure : report.failures)
      if (!wish_.stream || failure.stream == *wish_.stream)
        return Error{failure.code, failure.message};
    if (!wish_.must_exist) return {};
    auto head = ports_.engine.log().head(*ports_.store.snapshot(), *wish_.stream);
    if (!head.ok()) return head.error();
    if (head->origins.empty()) return Error{ErrorCode::not_found, "no peer has this production"};
    return {};
  }

  SessionPorts& ports_;
  const SyncWish wish_;
  std::mutex mutex_;
  std::size_t left_;
  Result<void> best_ = Error{ErrorCode::unavailable, "no peer was reached"};
  std::optional<std::stop_callback<std::function<void()>>> cancel_;
};

}  // namespace

class Replicator::Impl {
 public:
  Impl(SessionPorts& ports, Options options) : ports_(ports), options_(std::move(options)) {
    for (const PeerAddress& address : options_.peers)
      links_.push_back(std::make_unique<Link>(ports_, address, options_, synced_));
    since_ms_ = ports_.clock.now();
  }

  Result<void> start() {
    TRY_ASSIGN(auto paused, ports_.store.get(Space::local, paused_key));
    paused_ = paused.has_value();
    for (auto& link : links_) link->start(paused_);
    return {};
  }
  // Cuts all first, then waits, so that the waits run side by side.
  void stop() {
    for (auto& link : links_) link->begin_stop();
    for (auto& link : links_) link->stop();
  }
  void log_grew() {
    for (auto& link : links_) link->log_grew();
  }

  Result<void> set_paused(bool paused) {
    TRY(ports_.committer.run([paused](Overlay& overlay) -> Result<void> {
      if (paused) {
        overlay.put(Space::local, std::string(paused_key), "1");
      } else {
        overlay.erase(Space::local, std::string(paused_key));
      }
      return {};
    }));
    paused_ = paused;
    for (auto& link : links_) link->set_paused(paused);
    return {};
  }

  void begin(SyncWish wish) {
    auto fulfilment = std::make_shared<Fulfilment>(ports_, std::move(wish), links_.size());
    for (auto& link : links_) {
      if (NodeId peer = link->peer(); peer != NodeId{}) ports_.peers.retry_blocked(peer);
      link->sync_now({[fulfilment](std::uint64_t done, std::uint64_t total) {
                        fulfilment->advance(done, total);
                      },
                      [fulfilment](const SessionReport& report) { fulfilment->ended(report); },
                      fulfilment->cancelled()});
    }
    fulfilment->on_cancel([this, weak = std::weak_ptr(fulfilment)] {
      auto alive = weak.lock();  // until the links are through with it
      for (auto& link : links_) link->drop_cancelled();
    });
  }

  SyncStatus status() {
    SyncStatus status;
    std::vector<NodeId> configured;
    bool syncing = false;
    for (auto& link : links_) {
      LinkStatus one = link->status();
      syncing = syncing || link->syncing();
      if (one.peer) configured.push_back(one.peer->node);
      if (one.peer) add_backlog(one);
      status.last_success_ms = std::max(status.last_success_ms, one.last_success_ms);
      status.links.push_back(std::move(one));
    }
    for (const PeerIdentity& peer : ports_.peers.all()) {
      if (std::find(configured.begin(), configured.end(), peer.node) != configured.end()) continue;
      if (UnixMs contact = ports_.peers.last_contact_ms(peer.node))
        status.links.push_back(caller(peer, contact));
    }
    if (auto queue = unacknowledged(ports_, configured); queue.ok())
      status.queue = std::move(queue).value();
    status.last_synced_ms = synced_.all();
    set_state(status, syncing);
    return status;
  }

  bool has_peer() const { return !links_.empty(); }
  bool paused() const { return paused_; }

 private:
  void add_backlog(LinkStatus& link) {
    NodeId node = link.peer->node;
    if (auto backlog = backlog_of(ports_, node, scope_with(ports_, node)); backlog.ok())
      link.to_send = std::move(backlog).value();
    link.to_receive = ports_.peers.to_receive(node);
  }

  // A peer that calls us counts as connected while its last call is younger than two long polls.
  LinkStatus caller(const PeerIdentity& peer, UnixMs contact) {
    LinkStatus link;
    link.peer = peer;
    link.last_contact_ms = link.last_success_ms = contact;
    link.state = ports_.clock.now() - contact < 60'000 ? LinkState::connected : LinkState::backoff;
    add_backlog(link);
    // Sessions that it runs are not told here, so this is as of when somebody asks.
    (void)synced_.note(ports_, peer.node, contact);
    return link;
  }

  void set_state(SyncStatus& status, bool syncing) {
    status.state = state_of(status, syncing);
    std::lock_guard lock(mutex_);
    if (status.state != state_) since_ms_ = ports_.clock.now();
    state_ = status.state;
    status.since_ms = since_ms_;
  }
  SyncState state_of(SyncStatus& status, bool syncing) const {
    if (paused_) return SyncState::paused;
    if (links_.empty()) return SyncState::idle;
    for (std::size_t i = 0; i < links_.size(); ++i) {
      const LinkStatus& link = status.links[i];
      if (link.last_error && status.reason.empty()) status.reason = link.last_error->message;
      if (link.state == LinkState::refused) return SyncState::error;
    }
    if (syncing) return SyncState::syncing;
    bool any_connected = std::any_of(
        status.links.begin(), status.links.begin() + static_cast<std::ptrdiff_t>(links_.size()),
        [](const LinkStatus& link) { return link.state == LinkState::connected; });
    if (any_connected) status.reason.clear();
    return any_connected ? SyncState::idle : SyncState::offline;
  }

  SessionPorts& ports_;
  const Options options_;
  SyncedTimes synced_;
  std::vector<std::unique_ptr<Link>> links_;
  std::atomic<bool> paused_{false};
  std::mutex mutex_;  // guards the two below
  SyncState state_ = SyncState::idle;
  UnixMs since_ms_ = 0;
};

Replicator::Replicator(SessionPorts& ports, Options options)
    : impl_(std::make_unique<Impl>(ports, std::move(options))) {}
Replicator::~Replicator() { stop(); }

Result<void> Replicator::start() { return impl_->start(); }
void Replicator::stop() { impl_->stop(); }
void Replicator::log_grew() { impl_->log_grew(); }
bool Replicator::has_peer() const { return impl_->has_peer(); }
bool Replicator::paused() const { return impl_->paused(); }
Result<void> Replicator::set_paused(bool paused) { return impl_->set_paused(paused); }
void Replicator::begin(SyncWish wish) { impl_->begin(std::move(wish)); }
SyncStatus Replicator::status() { return impl_->status(); }

}  // namespace genlock::replication
