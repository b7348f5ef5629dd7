#include "http/server/guarded_server.h"

#include "http/server/hub.h"

#include <mutex>
#include <thread>
#include <utility>

namespace genlock::http {

class GuardedServer::Impl {
 public:
  Impl(const Router& router, Settings settings)
      : settings_(std::move(settings)),
        answering_(router, settings_, counters_, wakes_, mailbox_),
        hub_(settings_.limits, counters_, wakes_, answering_, mailbox_) {}

  ~Impl() { stop(std::chrono::milliseconds{0}); }

  Result<std::uint16_t> bind(const std::string& host, std::uint16_t port) {
    const std::lock_guard lock(mutex_);
    if (state_ != State::made) return Error{ErrorCode::invalid_argument, "bound before"};
    TRY_ASSIGN(Listeners listeners, open_listeners(host, port, settings_.limits.backlog));
    const std::uint16_t bound = listeners.port;
    TRY(hub_.listen(std::move(listeners)));
    state_ = State::bound;
    return bound;
  }

  Result<void> start() {
    const std::lock_guard lock(mutex_);
    if (state_ != State::bound)
      return Error{ErrorCode::invalid_argument, "bind first, and start once"};
    state_ = State::serving;
    hub_thread_ = std::thread([this] { hub_.run(); });
    return {};
  }

  bool stop(std::chrono::milliseconds deadline) {
    const std::lock_guard lock(mutex_);
    const auto until = std::chrono::steady_clock::now() + deadline;
    if (state_ == State::serving) {
      hub_.request_stop(until);
      hub_thread_.join();
      all_answered_ = hub_.ended_clean();
    }
    state_ = State::stopped;
    return answering_.wait_idle(until) && all_answered_;
  }

  void wake(std::string_view topic) { hub_.wake(topic); }
  const Counters& counters() const { return counters_; }
  const Limits& limits() const { return settings_.limits; }

 private:
  enum class State { made, bound, serving, stopped };

  const Settings settings_;
  Counters counters_;
  WakeBoard wakes_;
  Mailbox mailbox_;  // outlives the workers, who post to it
  Answering answering_;
  Hub hub_;
  std::mutex mutex_;  // guards all below
  State state_ = State::made;
  bool all_answered_ = true;
  std::thread hub_thread_;
};

GuardedServer::GuardedServer(const Router& router, Settings settings)
    : impl_(std::make_unique<Impl>(router, std::move(settings))) {}
GuardedServer::~GuardedServer() = default;

Result<std::uint16_t> GuardedServer::bind(const std::string& host, std::uint16_t port) {
  return impl_->bind(host, port);
}

Result<void> GuardedServer::start() { return impl_->start(); }

bool GuardedServer::stop(std::chrono::milliseconds deadline) { return impl_->stop(deadline); }

void GuardedServer::wake(std::string_view topic) { impl_->wake(topic); }

const Counters& GuardedServer::counters() const { return impl_->counters(); }

const Limits& GuardedServer::limits() const { return impl_->limits(); }

}  // namespace genlock::http
