#include "http/server/hub.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace genlock::http {
namespace {

// Keys of what epoll watches: the bell, the listeners, and from first_session on the sessions.
constexpr std::uint64_t bell_key = 0;
constexpr std::uint64_t first_listener = 1;
constexpr std::uint64_t first_session = 64;

constexpr std::chrono::milliseconds shortest_pause{10};  // between two looks at all deadlines
constexpr std::chrono::milliseconds accept_pause{100};   // when descriptors run out
constexpr int accepts_at_once = 64;                      // then the others get their turn

bool is_short_of_resources(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

// The other end as text. IPv4 over an IPv6 socket is written as IPv4, so that it counts as the same
// client.
std::string text_of(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  } else {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    const bool mapped = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) != 0;
    inet_ntop(mapped ? AF_INET : AF_INET6, v6.sin6_addr.s6_addr + (mapped ? 12 : 0), text.data(),
              text.size());
  }
  return text.data();
}

Readiness readiness(std::uint32_t events) {
  return {.readable = (events & (EPOLLIN | EPOLLRDHUP)) != 0,
          .writable = (events & EPOLLOUT) != 0,
          .peer_done = (events & EPOLLRDHUP) != 0,
          .broken = (events & (EPOLLERR | EPOLLHUP)) != 0};
}

int timeout_ms(Hub::Time due, Hub::Time now) {
  constexpr std::chrono::milliseconds longest{60'000};
  if (due == Hub::Time::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - now);
  return static_cast<int>(std::clamp(left, std::chrono::milliseconds{0}, longest).count());
}

}  // namespace

Hub::Hub(const Limits& limits, Counters& counters, WakeBoard& wakes, Answering& answering,
         Mailbox& mailbox)
    : context_{limits, counters, wakes, answering},
      mailbox_(mailbox),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

Result<void> Hub::listen(Listeners listeners) {
  listeners_ = std::move(listeners.sockets);
  bool watching = watch(mailbox_.bell(), bell_key, EPOLLIN | EPOLLET);
  for (std::size_t i = 0; i < listeners_.size(); ++i)
    watching = watching && watch(listeners_[i].get(), first_listener + i, EPOLLIN);
  if (watching) return {};
  return Error{ErrorCode::unavailable, std::string("epoll: ") + std::strerror(errno)};
}

void Hub::run() {
  for (Time now = std::chrono::steady_clock::now(); !finished(now);) {
    const std::vector<Event> events = wait_for_events();
    now = std::chrono::steady_clock::now();
    for (const Event& event : events) handle(event, now);
    deliver_outcomes(now);
    deliver_wakes(now);
    if (stop_requested_ && !context_.stopping) begin_stop(now);
    keep_time(now);
  }
  ended_clean_ = sessions_.empty();
  sessions_.clear();
}

void Hub::request_stop(Time until) {
  stop_until_ = until;
  stop_requested_ = true;
  mailbox_.ring();
}

void Hub::wake(std::string_view topic) {
  if (context_.wakes.wake(topic)) mailbox_.ring();
}

bool Hub::watch(int fd, std::uint64_t key, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = key;
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

std::vector<Hub::Event> Hub::wait_for_events() {
  std::array<epoll_event, 256> ready;
  const Time due = std::min({next_due_, accept_again_, stop_until_.load()});
  const int timeout = timeout_ms(due, std::chrono::steady_clock::now());
  const int count =
      ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), timeout);
  std::vector<Event> events;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = ready[static_cast<std::size_t>(i)];
    events.push_back({event.data.u64, readiness(event.events)});
  }
  return events;
}

void Hub::handle(const Event& event, Time now) {
  if (event.key == bell_key) return;  // what it rang for is taken after all events
  if (event.key >= first_session)
    return with_session(SessionId{event.key},
                        [&](Session& session) { session.on_ready(event.ready, now); });
  if (event.key - first_listener < listeners_.size())
    accept_all(listeners_[event.key - first_listener], now);
}

void Hub::deliver_outcomes(Time now) {
  for (Outcome& outcome : mailbox_.take()) {
    with_session(outcome.session,
                 [&](Session& session) { session.on_outcome(std::move(outcome), now); });
  }
}

void Hub::deliver_wakes(Time now) {
  const std::vector<std::string> topics = context_.wakes.take();
  if (topics.empty()) return;
  with_each_session([&](Session& session) { session.on_wake(topics, now); });
}

// Looks at all deadlines, but only when the earliest is reached, and not too often.
void Hub::keep_time(Time now) {
  if (now >= accept_again_) resume_accepting();
  if (now < next_due_) return;
  next_due_ = Time::max();
  with_each_session([&](Session& session) {
    if (now >= session.deadline()) session.on_time(now);
  });
  if (next_due_ != Time::max()) next_due_ = std::max(next_due_, now + shortest_pause);
}

void Hub::accept_all(const Descriptor& listener, Time now) {
  for (int i = 0; i < accepts_at_once; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    Descriptor socket_fd(::accept4(listener.get(), reinterpret_cast<sockaddr*>(&address), &size,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket_fd.valid()) {
      admit(std::move(socket_fd), text_of(address), now);
    } else if (is_short_of_resources(errno)) {
      return pause_accepting(now);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return;
    }
  }
}

void Hub::admit(Descriptor socket_fd, std::string ip, Time now) {
  const Limits& limits = context_.limits;
  std::size_t& of_this_ip = connections_by_ip_[ip];
  if (sessions_.size() >= limits.connection_count || of_this_ip >= limits.connections_per_ip) {
    ++context_.counters.refused;
    if (of_this_ip == 0) connections_by_ip_.erase(ip);
    return turn_away(socket_fd);
  }
  const std::uint64_t key = first_session + next_session_++;
  if (!watch(socket_fd.get(), key, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET)) return;
  ++of_this_ip;
  const SessionId id{key};
  const auto [place, added] = sessions_.emplace(
      id, std::make_unique<Session>(id, std::move(socket_fd), std::move(ip), context_, now));
  settle(*place->second);
}

// A word to the client if it fits into the socket at once.
void Hub::turn_away(const Descriptor& socket_fd) {
  const std::string bytes =
      context_.answering.refusal({}, {503, "too many connections; close some or try again"});
  [[maybe_unused]] const auto sent =
      ::send(socket_fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

// The kernel would report the waiting connection again and again.
void Hub::pause_accepting(Time now) {
  for (const Descriptor& listener : listeners_)
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener.get(), nullptr);
  accept_again_ = now + accept_pause;
}

void Hub::resume_accepting() {
  accept_again_ = Time::max();
  for (std::size_t i = 0; i < listeners_.size(); ++i)
    watch(listeners_[i].get(), first_listener + i, EPOLLIN);
}

// A session that is gone already is no error: its client left while a worker was busy for it.
template <class Action>
void Hub::with_session(SessionId id, Action action) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  Session& session = *found->second;
  action(session);
  settle(session);
  if (session.is_over()) sessions_.erase(found);
}

template <class Action>
void Hub::with_each_session(Action action) {
  for (auto next = sessions_.begin(); next != sessions_.end();) {
    Session& session = *next->second;
    action(session);
    settle(session);
    next = session.is_over() ? sessions_.erase(next) : std::next(next);
  }
}

// After anything that may have changed a session.
void Hub::settle(const Session& session) {
  if (session.is_over()) return forget(session);
  next_due_ = std::min(next_due_, session.deadline());
}

void Hub::forget(const Session& session) {
  const auto count = connections_by_ip_.find(session.ip());
  if (--count->second == 0) connections_by_ip_.erase(count);
}

void Hub::begin_stop(Time now) {
  context_.stopping = true;
  listeners_.clear();
  accept_again_ = Time::max();
  with_each_session([&](Session& session) { session.on_stop(now); });
}

bool Hub::finished(Time now) {
  return context_.stopping && (sessions_.empty() || now >= stop_until_.load());
}

}  // namespace genlock::http
