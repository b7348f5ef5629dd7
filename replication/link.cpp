#include "replication/link.h"

#include "replication/limits.h"
#include "replication/parked_wait.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace genlock::replication {

SteadyMs steady_now() {
  auto since_start = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_start).count();
}

Replicator::Link::Link(SessionPorts& ports, const PeerAddress& address, const Options& options,
                       SyncedTimes& synced)
    : ports_(ports),
      options_(options),
      synced_(synced),
      url_(address.url.to_string()),
      session_transport_(address.url, address.http),
      poll_transport_(address.url, address.http),
      scheduler_(options.schedule, ports.random) {
  status_.url = url_;
}

void Replicator::Link::start(bool paused) {
  scheduler_.set_paused(paused);
  sessions_ = std::thread([this] { run_sessions(); });
  polls_ = std::thread([this] { run_polls(); });
}

void Replicator::Link::begin_stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  session_transport_.cancel();
  poll_transport_.cancel();
}

void Replicator::Link::stop() {
  begin_stop();
  if (sessions_.joinable()) sessions_.join();
  if (polls_.joinable()) polls_.join();
}

void Replicator::Link::log_grew() {
  std::lock_guard lock(mutex_);
  scheduler_.local_write();
  changed_.notify_all();
}

void Replicator::Link::set_paused(bool paused) {
  {
    std::lock_guard lock(mutex_);
    scheduler_.set_paused(paused);
    changed_.notify_all();
  }
  if (paused) {
    // What is on its way is cut; what was committed stays.
    session_transport_.cancel();
    poll_transport_.cancel();
  }
  session_transport_.resume();
  poll_transport_.resume();
}

void Replicator::Link::sync_now(Request request) {
  std::lock_guard lock(mutex_);
  asked_.push_back(std::move(request));
  scheduler_.sync_now();
  changed_.notify_all();
}

void Replicator::Link::drop_cancelled() {
  std::list<Request> dropped;
  const auto take = [&dropped](std::list<Request>& from) {
    for (auto at = from.begin(); at != from.end();) {
      auto next = std::next(at);
      if (at->cancelled.stop_requested()) dropped.splice(dropped.end(), from, at);
      at = next;
    }
  };
  {
    std::lock_guard one_at_a_time(cut_mutex_);
    std::unique_lock lock(mutex_);
    bool was_serving = !served_.empty();
    take(served_);
    take(asked_);
    if (asked_.empty()) scheduler_.nobody_asks();
    bool cuts = was_serving && served_.empty();
    if (cuts) cut_ = true;
    lock.unlock();
    if (cuts) session_transport_.cancel();
  }
  end(std::move(dropped), {ErrorCode::unavailable, "it was cancelled"});
}

// What the requests hold is let go without a lock: it may wait for somebody who cancels.
void Replicator::Link::end(std::list<Request> requests, const Error& error) {
  SessionReport report;
  report.error = error;
  for (Request& request : requests)
    if (request.ended) request.ended(report);
}

// --- sessions
// ---------------------------------------------------------------------------------------------------------

void Replicator::Link::run_sessions() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    switch (scheduler_.next(steady_now())) {
      case Scheduler::Step::full:
        served_.splice(served_.end(), asked_);
        lock.unlock();
        run_session(Plan::full);
        lock.lock();
        break;
      case Scheduler::Step::push:
        lock.unlock();
        run_session(Plan::push);
        lock.lock();
        break;
      case Scheduler::Step::wait:
        poll_due_ = true;
        changed_.notify_all();
        break;
      case Scheduler::Step::nothing: {
        SteadyMs sleep_ms = std::clamp<SteadyMs>(scheduler_.wake_at() - steady_now(), 1, 60'000);
        changed_.wait_for(lock, std::chrono::milliseconds(sleep_ms));
        break;
      }
    }
  }
  std::list<Request> left = std::move(served_);
  left.splice(left.end(), asked_);
  lock.unlock();
  end(std::move(left), {ErrorCode::unavailable, "the node is shutting down"});
}

Result<Message> Replicator::Link::carry(const Message& message) {
  {
    std::lock_guard lock(mutex_);
    if (cut_) return Error{ErrorCode::unavailable, "it was cancelled"};
  }
  return session_transport_.ask(message, options_.request_timeout_ms);
}

void Replicator::Link::run_session(Plan plan) {
  UnixMs started_ms = ports_.clock.now();
  SyncSession session = SyncSession::initiator(ports_, plan, peer());
  while (auto message = session.next()) {
    session.receive(carry(*message));
    const SessionReport& report = session.report();
    std::lock_guard lock(mutex_);
    for (Request& request : served_)
      if (request.advance)
        request.advance(report.sent_events + report.received_events, report.total_events);
  }
  note_end(session.report(), plan, started_ms);
  end_cut();
}

// The next session may talk again.
void Replicator::Link::end_cut() {
  std::lock_guard one_at_a_time(cut_mutex_);
  std::lock_guard lock(mutex_);
  if (std::exchange(cut_, false) && !stopping_) session_transport_.resume();
}

// A time that could not be noted is noted the next time.
void Replicator::Link::note_synced(UnixMs at_ms) {
  if (NodeId node = peer(); node != NodeId{}) (void)synced_.note(ports_, node, at_ms);
}

void Replicator::Link::note_end(const SessionReport& report, Plan plan, UnixMs started_ms) {
  UnixMs now_ms = ports_.clock.now();
  std::list<Request> served;
  {
    std::lock_guard lock(mutex_);
    bool was_cut = cut_ && report.error;
    if (was_cut) {
      scheduler_.session_cut(steady_now());
    } else {
      scheduler_.session_ended(steady_now(), !report.error, report.refused, report.in_sync);
    }
    if (report.peer) {
      status_.peer = report.peer;
      peer_ = report.peer->node;
    }
    if (report.peer && report.requests > 0 && !report.error) status_.last_contact_ms = now_ms;
    if (!report.error) status_.last_success_ms = now_ms;
    if (!was_cut) status_.last_error = report.error;
    if (report.rtt_ms >= 0) {
      status_.last_contact_ms = now_ms;
      status_.rtt_ms = report.rtt_ms;
      status_.clock_offset_ms = report.clock_offset_ms;
    }
    if (plan == Plan::full) served = std::move(served_);
    changed_.notify_all();
  }
  if (!report.error) note_synced(now_ms);
  for (Request& request : served)
    if (request.ended) request.ended(report);
  bool worth_telling = report.error || report.sent_events + report.received_events > 0 ||
                       !report.failures.empty() || !report.diverged.empty();
  if (!options_.on_session || !worth_telling) return;
  SessionReport told = report;
  told.url = url_;
  options_.on_session(told, plan, started_ms, now_ms);
}

// --- the long poll
// ----------------------------------------------------------------------------------------------------

void Replicator::Link::run_polls() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (!poll_due_) {
      changed_.wait(lock);
      continue;
    }
    poll_due_ = false;
    lock.unlock();
    run_poll();
    lock.lock();
    changed_.notify_all();
  }
}

void Replicator::Link::run_poll() {
  Result<WaitOutcome> outcome = Error{ErrorCode::gone, ""};
  Result<Message> request = make_wait(ports_, peer());
  if (request.ok()) {
    // Proxies and slow links may hold the answer a little longer than the peer does.
    Result<Message> reply = poll_transport_.ask(*request, limits::park_ms + 10'000);
    outcome = take_wait_reply(ports_, peer(), std::move(reply));
  } else {
    outcome = request.error();
  }
  if (outcome.ok() && !outcome->session_needed) note_synced(ports_.clock.now());
  std::lock_guard lock(mutex_);
  // A peer that forgot us, or a damaged answer: a full session mends it.
  bool mendable = !outcome.ok() && (outcome.error().code == ErrorCode::gone ||
                                    outcome.error().code == ErrorCode::corruption);
  scheduler_.wait_ended(steady_now(), outcome.ok() || mendable,
                        mendable || (outcome.ok() && outcome->session_needed));
  if (outcome.ok()) status_.last_contact_ms = status_.last_success_ms = ports_.clock.now();
  if (!outcome.ok() && !mendable) status_.last_error = outcome.error();
}

// --- status
// -----------------------------------------------------------------------------------------------------------

LinkStatus Replicator::Link::status() const {
  std::lock_guard lock(mutex_);
  LinkStatus status = status_;
  status.state = scheduler_.state();
  if (SteadyMs retry = scheduler_.retry_at())
    status.next_retry_ms = ports_.clock.now() + (retry - steady_now());
  return status;
}

bool Replicator::Link::syncing() const {
  std::lock_guard lock(mutex_);
  return scheduler_.session_running();
}

NodeId Replicator::Link::peer() const {
  std::lock_guard lock(mutex_);
  return peer_;
}

}  // namespace genlock::replication
