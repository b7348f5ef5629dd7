#include "http/server/session.h"

#include <algorithm>
#include <utility>

namespace genlock::http {
namespace {

constexpr Session::Time never = Session::Time::max();
constexpr std::size_t max_thrown_away_bytes = 4 * 1024 * 1024;
constexpr std::string_view heartbeat_comment = ":\n\n";

}  // namespace

Session::Session(SessionId id, Descriptor socket_fd, std::string ip, SessionContext& context,
                 Time now)
    : id_(id),
      ip_(std::move(ip)),
      context_(context),
      connection_(std::move(socket_fd)),
      intake_(context.limits) {
  ++context_.counters.connections;
  enter(Phase::reading, now + context_.limits.idle_ms);
}

Session::~Session() {
  enter(Phase::over, never);
  release_body();
  --context_.counters.connections;
}

void Session::on_ready(const Readiness& ready, Time now) {
  if (ready.broken) return enter(Phase::over, never);
  peer_done_ = peer_done_ || ready.peer_done;
  const bool waits = schedule_ && !(feed_ && feed_->length);
  if (peer_done_ && waits) return enter(Phase::over, never);
  if (ready.writable && connection_.unsent_bytes() > 0) flush(now);
  if (!ready.readable) return;
  if (phase_ == Phase::reading) read_on(now);
  if (phase_ == Phase::lingering) throw_away_input();
}

void Session::on_outcome(Outcome outcome, Time now) {
  if (schedule_) return after_look(std::move(outcome), now);
  if (phase_ != Phase::working) return;
  release_body();
  const bool waits = outcome.long_poll || (outcome.feed && !outcome.feed->length);
  if (waits && peer_done_) return enter(Phase::over, never);
  if (outcome.long_poll) return park(std::move(outcome), now);
  if (outcome.feed) return begin_feed(std::move(outcome), now);
  const bool close = outcome.close;
  write(std::move(outcome.bytes), close, now);
}

void Session::on_wake(const std::vector<std::string>& topics, Time now) {
  if (!schedule_) return;
  schedule_->wake(topics);
  look_if_due(now);
}

void Session::on_time(Time now) {
  switch (phase_) {
    case Phase::reading:
      if (intake_.stage() == Intake::Stage::idle) return enter(Phase::over, never);
      return refuse({408, "send the whole request without a pause"}, now);
    case Phase::parked:
      return look_if_due(now);
    case Phase::feeding:
      return keep_feed_alive(now);
    case Phase::writing:
    case Phase::lingering:
      return enter(Phase::over, never);
    case Phase::working:
    case Phase::over:
      return;
  }
}

void Session::on_stop(Time now) {
  if (phase_ == Phase::reading || phase_ == Phase::lingering) return enter(Phase::over, never);
  if (!schedule_) return;  // what runs is finished, and closed after its answer
  schedule_->stop();
  look_if_due(now);
}

Session::Time Session::deadline() const {
  return schedule_ && keeps_up() ? std::min(deadline_, schedule_->deadline()) : deadline_;
}

void Session::enter(Phase phase, Time deadline) {
  count(phase_, false);
  phase_ = phase;
  deadline_ = deadline;
  count(phase_, true);
}

void Session::count(Phase phase, bool entered) {
  Counters& counters = context_.counters;
  if (phase != Phase::parked && phase != Phase::feeding) return;
  auto& gauge = phase == Phase::parked ? counters.parked : counters.feeds;
  entered ? ++gauge : --gauge;
}

// Reads until there is a whole request, or nothing more to read.
void Session::read_on(Time now) {
  while (phase_ == Phase::reading) {
    const Intake::Stage before = intake_.stage();
    const Intake::Step step = intake_.advance(connection_.input());
    if (step == Intake::Step::request) return hand_over(now);
    if (step == Intake::Step::refused) return refuse(intake_.refusal(), now);
    if (!charge_body()) return refuse({503, "too many uploads at once; try again"}, now);
    set_reading_deadline(before, now);
    if (!send_continue()) return enter(Phase::over, never);
    const Connection::Io io = connection_.receive();
    if (io == Connection::Io::would_block) return;
    if (io == Connection::Io::closed) return enter(Phase::over, never);
  }
}

// Each stage has its time from its first byte on, however slowly the rest drips.
void Session::set_reading_deadline(Intake::Stage before, Time now) {
  const Intake::Stage stage = intake_.stage();
  if (stage == before) return;
  const Limits& limits = context_.limits;
  deadline_ = now + (stage == Intake::Stage::head ? limits.head_ms : limits.body_ms);
}

// The interim answer that some clients wait for before they send a body. False: they are gone.
bool Session::send_continue() {
  if (!intake_.take_continue()) return true;
  connection_.queue("HTTP/1.1 100 Continue\r\n\r\n");
  return connection_.send() != Connection::Io::closed;
}

// Notes how much of a body is held in memory; false when all bodies together are too much.
bool Session::charge_body() {
  release_body();
  const std::size_t held = connection_.input().size();
  const std::size_t free = context_.limits.body_free_bytes;
  charged_ = held > free ? held - free : 0;
  context_.bodies_bytes += charged_;
  return charged_ == 0 || context_.bodies_bytes <= context_.limits.bodies_total_bytes;
}

void Session::release_body() { context_.bodies_bytes -= std::exchange(charged_, 0); }

void Session::hand_over(Time now) {
  RequestHead& head = intake_.head();
  HttpRequest request;
  request.remote_ip = ip_;
  request.request_id = context_.answering.request_id(head.headers);
  request.method = head.method;
  request.path = head.path;
  request.query = std::move(head.query);
  request.headers = std::move(head.headers);
  request.body = std::move(intake_.body());

  const bool last = ++served_ >= context_.limits.requests_per_connection;
  exchange_ = {head.method, head.path, request.request_id, head.close || last, head.http_1_0, now};
  enter(Phase::working, never);
  if (context_.answering.answer(id_, std::move(request), exchange_)) {
    ++context_.counters.requests;
  } else {
    ++context_.counters.shed;
    write(context_.answering.overloaded(exchange_), true, now);
  }
}

void Session::refuse(const Refusal& refusal, Time now) {
  ++context_.counters.refused;
  release_body();
  write(context_.answering.refusal(intake_.head(), refusal), true, now);
}

void Session::write(std::string bytes, bool close, Time now) {
  close_ = close || bytes.empty();
  queue(std::move(bytes), now);
  enter(Phase::writing, stalled_at_);
  flush(now);
}

// The first unsent byte starts the time of the reader.
void Session::queue(std::string bytes, Time now) {
  if (connection_.unsent_bytes() == 0) stalled_at_ = now + context_.limits.write_ms;
  connection_.queue(std::move(bytes));
}

// Sends what the socket takes. Each byte taken gives the reader new time.
void Session::flush(Time now) {
  const std::size_t before = connection_.unsent_bytes();
  if (connection_.send() == Connection::Io::closed) return enter(Phase::over, never);
  const std::size_t after = connection_.unsent_bytes();
  if (after < before) stalled_at_ = now + context_.limits.write_ms;
  if (phase_ == Phase::writing) {
    if (after == 0) return after_answer(now);
    deadline_ = stalled_at_;
  } else if (phase_ == Phase::feeding) {
    deadline_ = after == 0 ? heartbeat_at_ : stalled_at_;
    look_if_due(now);
  }
}

void Session::after_answer(Time now) {
  if (context_.stopping) return enter(Phase::over, never);
  if (!close_) {
    enter(Phase::reading, now + context_.limits.idle_ms);
    return read_on(now);
  }
  connection_.finish_sending();
  enter(Phase::lingering, now + context_.limits.linger_ms);
  throw_away_input();
}

void Session::throw_away_input() {
  for (;;) {
    thrown_away_ += std::exchange(connection_.input(), {}).size();
    const Connection::Io io = connection_.receive();
    if (io == Connection::Io::would_block) return;
    if (io == Connection::Io::closed || thrown_away_ > max_thrown_away_bytes)
      return enter(Phase::over, never);
  }
}

void Session::park(Outcome outcome, Time now) {
  long_poll_ = std::move(outcome.long_poll);
  const auto wait = std::min(long_poll_->wait, context_.limits.park_ms);
  schedule_.emplace(long_poll_->topics, now + wait);
  enter(Phase::parked, never);
  if (context_.stopping) schedule_->stop();
  if (context_.wakes.woken_since(schedule_->topics(), outcome.seen)) schedule_->wake();
  look_if_due(now);
}

void Session::begin_feed(Outcome outcome, Time now) {
  feed_ = std::move(outcome.feed);
  schedule_.emplace(feed_->topics, feed_->tick, now);
  enter(Phase::feeding, never);
  if (context_.stopping) schedule_->stop();
  extend_feed(std::move(outcome), now);
}

// A feed is asked for more only while its reader keeps up.
void Session::look_if_due(Time now) {
  if (!keeps_up()) return;
  const std::optional<Wake> wake = schedule_->start_look(now);
  if (!wake) return;
  if (long_poll_) {
    context_.answering.look(id_, long_poll_, *wake, exchange_);
  } else {
    context_.answering.look(id_, feed_, *wake, exchange_);
  }
}

bool Session::keeps_up() const {
  return connection_.unsent_bytes() <= context_.limits.feed_refill_bytes;
}

void Session::after_look(Outcome outcome, Time now) {
  schedule_->look_done();
  const bool final = long_poll_ ? !outcome.bytes.empty() : outcome.end;
  if (final) {
    long_poll_.reset();
    feed_.reset();
    schedule_.reset();
    const bool close = outcome.close;
    return write(std::move(outcome.bytes), close, now);
  }
  if (feed_) return extend_feed(std::move(outcome), now);
  look_if_due(now);
}

void Session::extend_feed(Outcome outcome, Time now) {
  owes_more_ = outcome.more;
  if (outcome.more) schedule_->wake();
  if (!outcome.bytes.empty()) {
    queue(std::move(outcome.bytes), now);
    heartbeat_at_ = now + context_.limits.heartbeat_ms;
  }
  flush(now);
  if (connection_.unsent_bytes() > context_.limits.feed_unsent_bytes) drop_feed();
}

// Something to send now and then, so that nobody on the way takes the connection for dead.
void Session::keep_feed_alive(Time now) {
  look_if_due(now);
  if (now < deadline_) return;
  if (connection_.unsent_bytes() > 0) return drop_feed();
  heartbeat_at_ = now + context_.limits.heartbeat_ms;
  if (feed_->length || owes_more_) {  // its next piece is late; a comment would become a part of it
    deadline_ = heartbeat_at_;
    return;
  }
  queue(exchange_.http_1_0 ? std::string(heartbeat_comment) : chunk(heartbeat_comment), now);
  flush(now);
}

void Session::drop_feed() {
  ++context_.counters.dropped_feeds;
  enter(Phase::over, never);
}

}  // namespace genlock::http
