#include "http/server/library.h"

#include <httplib.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace genlock::http {
namespace {

// The library's classes grow with CPPHTTPLIB_OPENSSL_SUPPORT, and its .so was built with it:
// without the same flags everything links and then crashes.
#ifndef CPPHTTPLIB_OPENSSL_SUPPORT
#error "compile with the flags of `pkg-config --cflags cpp-httplib`"
#endif

// A connection as the library sees it: a head to read, and memory to write to.
class MemoryStream final : public httplib::Stream {
 public:
  explicit MemoryStream(std::string head) : head_(std::move(head)) {}

  std::string take_written() { return std::move(written_); }

  bool is_readable() const override { return read_ < head_.size(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, size_t size) override {
    const std::size_t count = std::min(size, head_.size() - read_);
    std::memcpy(to, head_.data() + read_, count);
    read_ += count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* from, size_t size) override {
    written_.append(from, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override { forget(ip, port); }
  void get_local_ip_and_port(std::string& ip, int& port) const override { forget(ip, port); }
  // Only compared with FD_SETSIZE, above which the library answers 500.
  socket_t socket() const override { return 0; }

 private:
  static void forget(std::string& ip, int& port) {
    ip.clear();
    port = 0;
  }

  std::string head_;
  std::size_t read_ = 0;
  std::string written_;
};

// RFC 9110, 8.6: no Content-Length with these. (The library adds one to every answer without a
// body.)
bool has_no_length(int status) { return status == 204 || status == 304; }

}  // namespace

class Library::Server final : public httplib::Server {
 public:
  explicit Server(const Limits& limits) {
    const auto idle = std::chrono::duration_cast<std::chrono::seconds>(limits.idle_ms);
    set_keep_alive_timeout(idle.count());
    set_keep_alive_max_count(limits.requests_per_connection);
    set_pre_routing_handler([this](const httplib::Request&, httplib::Response& response) {
      fill(response, (*produce_)());
      return HandlerResponse::Handled;
    });
    set_post_routing_handler([this](const httplib::Request&, httplib::Response& response) {
      if (has_no_length(response.status) || is_feed_) response.headers.erase("Content-Length");
      if (length_) response.set_header("Content-Length", std::to_string(*length_));
      if (!gave_ranges_) response.headers.erase("Accept-Ranges");
    });
  }

  std::string run(std::string_view method, bool close,
                  const std::function<HttpResponse()>& produce) {
    produce_ = &produce;
    MemoryStream stream(std::string(method) + " / HTTP/1.1\r\nHost: node\r\n\r\n");
    bool closed = false;
    process_request(stream, close, closed, nullptr);
    return stream.take_written();
  }

 private:
  void fill(httplib::Response& to, HttpResponse from) {
    is_feed_ = from.feed != nullptr;
    length_ = is_feed_ ? from.feed->length : std::nullopt;
    to.status = from.status;
    for (auto& [name, value] : from.headers) to.headers.emplace(std::move(name), std::move(value));
    if (!from.content_type.empty())
      to.headers.emplace("Content-Type", std::move(from.content_type));
    to.body = std::move(from.body);
    gave_ranges_ = to.has_header("Accept-Ranges");
  }

  const std::function<HttpResponse()>* produce_ = nullptr;
  bool is_feed_ = false;
  std::optional<std::uint64_t> length_;  // of a feed that has one
  bool gave_ranges_ = false;
};

Library::Library(const Limits& limits) : server_(std::make_unique<Server>(limits)) {}
Library::~Library() = default;

std::string Library::exchange(std::string_view method, bool close,
                              const std::function<HttpResponse()>& produce) {
  return server_->run(method, close, produce);
}

}  // namespace genlock::http
