#include "replication/http_transport.h"

#include "replication/limits.h"
#include "replication/quiet_pipe.h"
#include "replication/resolve.h"
#include "replication/wire.h"

#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace genlock::replication {
namespace {

constexpr std::int64_t connect_timeout_ms = 2'000;
constexpr std::chrono::milliseconds cut_again{10};
constexpr const char* content_type = "application/octet-stream";

using Steady = std::chrono::steady_clock;

Error unavailable(std::string message) { return Error{ErrorCode::unavailable, std::move(message)}; }

Error from_status(int status, const std::string& where) {
  std::string text = where + " answered " + std::to_string(status);
  if (status == 401 || status == 403)
    return {ErrorCode::unsupported, text + ": it does not accept this node's token"};
  if (status == 404 || status == 405)
    return {ErrorCode::unsupported, text + ": there is no sync at this address"};
  if (status == 413) return {ErrorCode::too_large, text};
  return unavailable(text);
}

}  // namespace

class HttpTransport::Impl {
 public:
  Impl(PeerUrl url, HttpOptions options) : url_(std::move(url)), options_(std::move(options)) {}

  Result<Message> ask(const Message& request, std::int64_t timeout_ms) {
    const Asking asking(*this);
    const QuietPipe quiet;
    auto deadline = Steady::now() + std::chrono::milliseconds(timeout_ms);
    TRY(connect(timeout_ms));
    set_timeouts(timeout_ms);
    std::string answer;
    bool in_time = true;
    httplib::Request post = make_post(request);
    // A read timeout begins anew with each byte, so the total is watched here.
    post.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
      in_time = Steady::now() < deadline;
      if (cancelled_ || !in_time || answer.size() + size > limits::max_frame_bytes) return false;
      answer.append(data, size);
      return true;
    };
    httplib::Result result = client()->send(post);
    if (options_.on_bytes) options_.on_bytes(post.body.size(), answer.size());
    if (cancelled_) return unavailable("cancelled");
    if (!in_time) return unavailable(url_.to_string() + " took too long to answer");
    if (!result) {
      // After an error the next request looks the name up again: the peer may have moved.
      drop_client();
      if (answer.size() > 0 && result.error() == httplib::Error::Canceled)
        return Error{ErrorCode::too_large,
                     url_.to_string() + " sent more than a sync message may hold"};
      return unavailable(url_.to_string() + ": " + httplib::to_string(result.error()));
    }
    if (result->status != 200) return from_status(result->status, url_.to_string());
    return decode(answer);
  }

  // The client cuts only a request whose connection stands: one that is about to begin is cut when
  // it has begun.
  void cancel() {
    cancelled_ = true;
    std::unique_lock lock(mutex_);
    while (asking_) {
      if (const auto client = client_) {
        lock.unlock();
        client->stop();
        lock.lock();
      }
      asked_.wait_for(lock, cut_again, [this] { return !asking_; });
    }
  }
  void resume() { cancelled_ = false; }

 private:
  // As long as it lives a request is under way.
  class Asking {
   public:
    explicit Asking(Impl& impl) : impl_(impl) { set(true); }
    ~Asking() { set(false); }
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;

   private:
    void set(bool asking) {
      const std::lock_guard lock(impl_.mutex_);
      impl_.asking_ = asking;
      impl_.asked_.notify_all();
    }
    Impl& impl_;
  };

  httplib::Request make_post(const Message& message) const {
    httplib::Request post;
    post.method = "POST";
    post.path = url_.path + "/sync/v1/" + kind_of(message);
    post.body = encode(message);
    post.set_header("Content-Type", content_type);
    if (!options_.token.empty()) post.set_header("Authorization", "Bearer " + options_.token);
    return post;
  }

  // Makes the client of the kept-alive connection, where there is none.
  Result<void> connect(std::int64_t timeout_ms) {
    if (cancelled_) return unavailable("cancelled");
    if (client()) return {};
    TRY_ASSIGN(std::string address,
               resolve(url_.host, std::min(timeout_ms, connect_timeout_ms), cancelled_));
    auto fresh =
        std::make_shared<httplib::Client>((url_.tls ? "https://" : "http://") +
                                          bracketed(url_.host) + ":" + std::to_string(url_.port));
    if (!fresh->is_valid()) return unavailable("TLS could not be set up for " + url_.to_string());
    if (address != url_.host) fresh->set_hostname_addr_map({{url_.host, address}});
    fresh->set_tcp_nodelay(true);
    fresh->set_keep_alive(true);
    fresh->set_follow_location(false);
    fresh->set_decompress(false);
    fresh->set_connection_timeout(std::chrono::milliseconds(connect_timeout_ms));
    if (!options_.ca_file.empty()) fresh->set_ca_cert_path(options_.ca_file.c_str());
    fresh->enable_server_certificate_verification(options_.verify_tls);
    std::lock_guard lock(mutex_);
    client_ = std::move(fresh);
    return {};
  }

  static std::string bracketed(const std::string& host) {
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
  }
  void set_timeouts(std::int64_t timeout_ms) {
    auto client = this->client();
    client->set_read_timeout(std::chrono::milliseconds(timeout_ms));
    client->set_write_timeout(
        std::chrono::milliseconds(std::min<std::int64_t>(timeout_ms, 30'000)));
  }
  std::shared_ptr<httplib::Client> client() {
    std::lock_guard lock(mutex_);
    return client_;
  }
  void drop_client() {
    std::lock_guard lock(mutex_);
    client_ = nullptr;
  }

  const PeerUrl url_;
  const HttpOptions options_;
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;  // guards all below
  std::condition_variable asked_;
  bool asking_ = false;
  std::shared_ptr<httplib::Client> client_;
};

HttpTransport::HttpTransport(PeerUrl url, HttpOptions options)
    : impl_(std::make_unique<Impl>(std::move(url), std::move(options))) {}
HttpTransport::~HttpTransport() = default;

Result<Message> HttpTransport::ask(const Message& request, std::int64_t timeout_ms) {
  return impl_->ask(request, timeout_ms);
}
void HttpTransport::cancel() { impl_->cancel(); }
void HttpTransport::resume() { impl_->resume(); }

}  // namespace genlock::replication
