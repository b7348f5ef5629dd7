// The asking end of a link in the simulated network: sessions and polls, with HTTP's time-outs.
#include "replication/wire.h"
#include "simulation/simulator.h"

namespace genlock::simulation {
namespace {

using replication::Message;
using replication::Scheduler;

constexpr std::int64_t session_timeout_ms = 8'000;
constexpr std::int64_t wait_timeout_ms = 40'000;

}  // namespace

void Simulator::drive_all() {
  for (std::size_t i = 0; i < links_.size(); ++i) drive(i);
}

void Simulator::drive(std::size_t number) {
  SimLink& link = *links_[number];
  if (!nodes_[link.from]->up() || paused_until_[link.from] > now_ms_) return;
  Scheduler::Step step = link.scheduler.next(now_ms_);
  if (step == Scheduler::Step::nothing) return;
  if (step == Scheduler::Step::wait) return begin_wait(number);
  link.running = step;
  ++link.sessions;
  ++outcome_.sessions;
  auto plan = step == Scheduler::Step::full ? replication::Plan::full : replication::Plan::push;
  link.session.emplace(SimLink::Session{
      replication::SyncSession::initiator(nodes_[link.from]->ports(), plan, link.peer), 0});
  say(number);
}

void Simulator::say(std::size_t number) {
  SimLink& link = *links_[number];
  std::optional<Message> message = link.session->session.next();
  if (stopped(link.from)) return;
  if (!message) return session_over(number);
  std::uint64_t request = ++request_count_;
  link.session->request = request;
  at(now_ms_ + session_timeout_ms, [this, number, request] {
    SimLink& late = *links_[number];
    if (!late.session || late.session->request != request) return;
    note(Branch::session_timed_out);
    late.session->session.receive(Error{ErrorCode::unavailable, "timed out"});
    say(number);
    drive_all();
  });
  send({link.from, link.to, request, false, false, number,
        encode(link.from, link.to, std::move(*message))});
}

void Simulator::hear(const Letter& letter) {
  SimLink& link = *links_[letter.link];
  if (letter.is_wait) {
    if (letter.request == link.wait_request)
      end_wait(letter.link, replication::decode(letter.bytes));
    return;
  }
  // A late or doubled reply may reach a session that asks something else by now: it must not mind.
  if (!link.session) return;
  bool mine = link.session->request == letter.request;
  Result<Message> reply = replication::decode(letter.bytes);
  if (!mine && !reply.ok()) return;
  if (!mine && reply->exchange == 0) return;
  std::uint64_t before =
      number(nodes_[link.from]->log().last_position(nodes_[link.from]->store).value());
  link.session->session.receive(std::move(reply));
  if (stopped(link.from)) return;
  if (number(nodes_[link.from]->log().last_position(nodes_[link.from]->store).value()) != before)
    wrote(link.from);
  if (mine) say(letter.link);
}

void Simulator::session_over(std::size_t number) {
  SimLink& link = *links_[number];
  const replication::SessionReport& report = link.session->session.report();
  if (report.peer) link.peer = report.peer->node;
  trace(name(link.from) + " -> " + name(link.to) + ": session over, " +
        std::to_string(report.requests) + " requests, sent " + std::to_string(report.sent_events) +
        ", received " + std::to_string(report.received_events) +
        (report.error ? ", " + report.error->message : "") + (report.in_sync ? ", in sync" : ""));
  for (const replication::Failure& failure : report.failures)
    trace("  stream " + failure.stream.to_string() + " stopped: " + failure.message);
  if (report.requests > 6) note(Branch::download);
  if (report.error && report.error->code == ErrorCode::unsupported) note(Branch::refused_protocol);
  link.last_in_sync = report.in_sync;
  link.last_requests = report.requests;
  link.last_was_full = link.running == Scheduler::Step::full;
  if (!report.diverged.empty())
    fail("rows diverged in stream " + report.diverged.front().to_string() + ": " +
         difference(link.from, link.to, Space::rows));
  link.scheduler.session_ended(now_ms_, !report.error, report.refused, report.in_sync);
  link.session.reset();
  at(std::max(link.scheduler.wake_at(), now_ms_), [this] { drive_all(); });
}

void Simulator::begin_wait(std::size_t number) {
  SimLink& link = *links_[number];
  Result<Message> message = replication::make_wait(nodes_[link.from]->ports(), link.peer);
  if (!message.ok()) {
    link.scheduler.wait_ended(now_ms_, true, true);
    at(now_ms_ + 1, [this] { drive_all(); });
    return;
  }
  std::uint64_t request = ++request_count_;
  link.wait_request = request;
  at(now_ms_ + wait_timeout_ms, [this, number, request] {
    if (links_[number]->wait_request != request) return;
    note(Branch::wait_timed_out);
    end_wait(number, Error{ErrorCode::unavailable, "timed out"});
  });
  send({link.from, link.to, request, false, true, number,
        encode(link.from, link.to, std::move(message).value())});
}

void Simulator::end_wait(std::size_t number, Result<Message> reply) {
  SimLink& link = *links_[number];
  link.wait_request = 0;
  auto taken =
      replication::take_wait_reply(nodes_[link.from]->ports(), link.peer, std::move(reply));
  if (stopped(link.from)) return;
  bool worked = taken.ok() || taken.error().code == ErrorCode::gone ||
                taken.error().code == ErrorCode::corruption;
  trace(name(link.from) + " -> " + name(link.to) + ": poll over, " +
        (taken.ok() ? std::to_string(taken->stored) + " events" : taken.error().message));
  link.scheduler.wait_ended(now_ms_, worked, !taken.ok() || taken->session_needed);
  if (taken.ok() && taken->stored > 0) wrote(link.from);
  at(now_ms_ + 1, [this] { drive_all(); });
  if (link.scheduler.wake_at() > now_ms_) at(link.scheduler.wake_at(), [this] { drive_all(); });
}

// The log of this node grew: tell whoever waits for that.
void Simulator::wrote(std::size_t node) {
  if (swarm_.compacts()) chronicle(node);
  for (auto& link : links_) {
    if (link->from != node) continue;
    link->scheduler.local_write();
    link->last_in_sync = false;
  }
  keep_lineage_soon(node);
  look_at_parked(node);
}

}  // namespace genlock::simulation
