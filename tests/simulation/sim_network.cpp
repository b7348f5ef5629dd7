// The simulated network, and what HTTP would do on it: a request, a reply, a time-out.
#include "replication/limits.h"
#include "replication/wire.h"
#include "simulation/simulator.h"

namespace genlock::simulation {
namespace {

using replication::Message;
using replication::Scheduler;

constexpr std::int64_t session_timeout_ms = 8'000;
constexpr std::int64_t wait_timeout_ms = 40'000;
constexpr std::size_t remembered_letters = 200;

}  // namespace

void Simulator::send(Letter letter) {
  ++outcome_.messages;
  old_letters_.push_back(letter);
  if (old_letters_.size() > remembered_letters) old_letters_.pop_front();
  auto travel = [&](Letter copy) {
    if (trouble_ && chance(swarm_.loss_percent)) return;
    if (trouble_ && !copy.bytes.empty() && chance(swarm_.corrupt_percent)) {
      std::size_t place = below(copy.bytes.size());
      if (chance(30)) {
        copy.bytes.resize(place);
      } else {
        copy.bytes[place] = static_cast<char>(copy.bytes[place] ^ (1 << below(8)));
      }
    }
    std::int64_t delay =
        1 + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(swarm_.delay_ms)));
    std::uint64_t life = lives_[copy.to];
    at(now_ms_ + delay, [this, copy = std::move(copy), life] {
      // A connection does not outlive the process; an old request may still find the next one.
      if (copy.is_reply && lives_[copy.to] != life) return;
      deliver(copy);
    });
  };
  travel(letter);
  if (trouble_ && chance(swarm_.duplicate_percent)) travel(letter);
  if (trouble_ && chance(swarm_.replay_percent)) travel(old_letters_[below(old_letters_.size())]);
}

void Simulator::deliver(Letter letter) {
  if (cut_[letter.from][letter.to] || !nodes_[letter.to]->up()) return;
  trace((letter.is_reply ? "reply " : "request ") + std::to_string(letter.request) + " " +
        std::to_string(letter.from) + "->" + std::to_string(letter.to) + " " +
        std::to_string(letter.bytes.size()));
  if (letter.is_reply) {
    hear(letter);
  } else {
    serve(letter);
  }
  drive_all();
}

// --- the answering end
// ------------------------------------------------------------------------------------------------

void Simulator::serve(const Letter& letter) {
  SimNode& node = *nodes_[letter.to];
  Result<Message> request = replication::decode(letter.bytes);
  if (request.ok() && std::holds_alternative<replication::Wait>(request->body)) {
    park(letter, std::move(request).value());
    return;
  }
  replication::SyncSession session = replication::SyncSession::responder(node.ports());
  std::uint64_t before = number(node.log().last_position(node.store).value());
  session.receive(std::move(request));
  std::optional<Message> reply = session.next();
  if (!reply) return fail("a request without a reply");
  Letter answer{letter.to,
                letter.from,
                letter.request,
                true,
                letter.is_wait,
                letter.link,
                replication::encode(*reply)};
  if (node.store.refuses_writes()) return crash(letter.to);
  send(std::move(answer));
  if (number(node.log().last_position(node.store).value()) != before) wrote(letter.to);
}

void Simulator::park(const Letter& letter, Message request) {
  Letter reply{letter.to, letter.from, letter.request, true, true, letter.link, {}};
  std::int64_t until = now_ms_ + replication::limits::park_ms;
  std::size_t node = letter.to;
  parked_[node].push_back(
      {replication::ParkedWait(nodes_[node]->ports(), std::move(request)), reply, until});
  at(until, [this, node] {
    if (nodes_[node]->up()) look_at_parked(node);
  });
  look_at_parked(node);
}

void Simulator::look_at_parked(std::size_t node) {
  std::list<Parked>& parked = parked_[node];
  for (auto at = parked.begin(); at != parked.end();) {
    std::optional<Message> answer = at->wait.look(now_ms_ >= at->until_ms);
    if (nodes_[node]->store.refuses_writes()) return crash(node);
    if (!answer) {
      ++at;
      continue;
    }
    Letter reply = at->reply;
    reply.bytes = replication::encode(*answer);
    send(std::move(reply));
    at = parked.erase(at);
  }
}

// --- the asking end
// ---------------------------------------------------------------------------------------------------

void Simulator::drive_all() {
  for (std::size_t i = 0; i < links_.size(); ++i) drive(i);
}

void Simulator::drive(std::size_t number) {
  SimLink& link = *links_[number];
  if (!nodes_[link.from]->up()) return;
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
  if (nodes_[link.from]->store.refuses_writes()) return crash(link.from);
  if (!message) return session_over(number);
  std::uint64_t request = ++request_count_;
  link.session->request = request;
  at(now_ms_ + session_timeout_ms, [this, number, request] {
    SimLink& late = *links_[number];
    if (!late.session || late.session->request != request) return;
    late.session->session.receive(Error{ErrorCode::unavailable, "timed out"});
    say(number);
    drive_all();
  });
  send({link.from, link.to, request, false, false, number, replication::encode(*message)});
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
  if (nodes_[link.from]->store.refuses_writes()) return crash(link.from);
  if (number(nodes_[link.from]->log().last_position(nodes_[link.from]->store).value()) != before)
    wrote(link.from);
  if (mine) say(letter.link);
}

void Simulator::session_over(std::size_t number) {
  SimLink& link = *links_[number];
  const replication::SessionReport& report = link.session->session.report();
  if (report.peer) link.peer = report.peer->node;
  trace("session of link " + std::to_string(number) + " over: " + std::to_string(report.requests) +
        " requests, sent " + std::to_string(report.sent_events) + ", received " +
        std::to_string(report.received_events) +
        (report.error ? ", " + report.error->message : "") + (report.in_sync ? ", in sync" : ""));
  link.last_in_sync = report.in_sync;
  link.last_requests = report.requests;
  link.last_was_full = link.running == Scheduler::Step::full;
  if (!report.diverged.empty())
    fail("rows diverged in stream " + report.diverged.front().to_string());
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
    if (links_[number]->wait_request == request)
      end_wait(number, Error{ErrorCode::unavailable, "timed out"});
  });
  send({link.from, link.to, request, false, true, number, replication::encode(*message)});
}

void Simulator::end_wait(std::size_t number, Result<Message> reply) {
  SimLink& link = *links_[number];
  link.wait_request = 0;
  auto taken =
      replication::take_wait_reply(nodes_[link.from]->ports(), link.peer, std::move(reply));
  if (nodes_[link.from]->store.refuses_writes()) return crash(link.from);
  bool worked = taken.ok() || taken.error().code == ErrorCode::gone ||
                taken.error().code == ErrorCode::corruption;
  trace("wait of link " + std::to_string(number) + " over: " +
        (taken.ok() ? std::to_string(taken->stored) + " events" : taken.error().message));
  link.scheduler.wait_ended(now_ms_, worked, !taken.ok() || taken->session_needed);
  if (taken.ok() && taken->stored > 0) wrote(link.from);
  at(now_ms_ + 1, [this] { drive_all(); });
  if (link.scheduler.wake_at() > now_ms_) at(link.scheduler.wake_at(), [this] { drive_all(); });
}

// The log of this node grew: tell whoever waits for that.
void Simulator::wrote(std::size_t node) {
  for (auto& link : links_)
    if (link->from == node) link->scheduler.local_write();
  look_at_parked(node);
}

}  // namespace genlock::simulation
