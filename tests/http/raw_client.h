// A client without any manners: sends the bytes it is told to, and reads answers byte by byte.
// Fails a test by exception.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace genlock::http {

struct RawAnswer {
  int status = 0;
  std::multimap<std::string, std::string> headers;
  std::string body;

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

class RawClient {
 public:
  static constexpr std::chrono::milliseconds patience{30'000};

  explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer_bytes > 0)
      setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("connect");
  }
  RawClient(RawClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), input_(std::move(other.input_)) {}
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() {
    if (fd_ >= 0) ::close(fd_);
  }

  // False once the other end has reset the connection.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void finish_sending() { ::shutdown(fd_, SHUT_WR); }

  RawAnswer ask(std::string_view bytes) {
    send(bytes);
    return read_answer();
  }
  RawAnswer get(const std::string& target) {
    return ask("GET " + target + " HTTP/1.1\r\nHost: n\r\n\r\n");
  }

  RawAnswer read_head() {
    RawAnswer answer;
    std::string_view line;
    const std::string head = read_until("\r\n\r\n");
    std::string_view rest = head;
    line = next_line(rest);
    answer.status = std::atoi(std::string(line.substr(9, 3)).c_str());
    while (!(line = next_line(rest)).empty()) {
      const std::size_t colon = line.find(':');
      answer.headers.emplace(line.substr(0, colon), line.substr(colon + 2));
    }
    return answer;
  }
  // An answer with Content-Length, chunks, or neither. `head_only`: to a HEAD.
  RawAnswer read_answer(bool head_only = false) {
    RawAnswer answer = read_head();
    if (head_only) return answer;
    if (answer.header("Transfer-Encoding") == "chunked") {
      for (std::string piece = read_chunk(); !piece.empty(); piece = read_chunk())
        answer.body += piece;
    } else {
      answer.body =
          read_exactly(std::strtoul(answer.header("Content-Length").c_str(), nullptr, 10));
    }
    return answer;
  }
  // One chunk; "" is the last.
  std::string read_chunk() {
    const std::string size = read_until("\r\n");
    const std::string bytes = read_exactly(std::strtoul(size.c_str(), nullptr, 16));
    read_until("\r\n");
    return bytes;
  }
  // What comes until the other end closes, or nothing came for `quiet`.
  std::string read_rest(std::chrono::milliseconds quiet = patience) {
    while (receive(quiet)) {
    }
    return std::exchange(input_, {});
  }
  // Did the other end close, without a further byte, within `wait`?
  bool closed_within(std::chrono::milliseconds wait) {
    return input_.empty() && !receive(wait) && at_end_;
  }

 private:
  static std::string_view next_line(std::string_view& rest) {
    const std::size_t end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    return line;
  }
  bool receive(std::chrono::milliseconds wait) {
    pollfd ready{fd_, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(wait.count())) <= 0) return false;
    char buffer[16 * 1024];
    const ssize_t count = ::recv(fd_, buffer, sizeof buffer, 0);
    at_end_ = count <= 0;
    if (count > 0) input_.append(buffer, static_cast<std::size_t>(count));
    return count > 0;
  }
  std::string read_until(std::string_view mark) {
    for (;;) {
      if (const std::size_t at = input_.find(mark); at != std::string::npos)
        return take(at + mark.size());
      if (!receive(patience)) throw std::runtime_error("no answer; so far: " + input_);
    }
  }
  std::string read_exactly(std::size_t bytes) {
    while (input_.size() < bytes)
      if (!receive(patience)) throw std::runtime_error("short answer: " + input_);
    return take(bytes);
  }
  std::string take(std::size_t bytes) {
    std::string taken = input_.substr(0, bytes);
    input_.erase(0, bytes);
    return taken;
  }

  int fd_;
  std::string input_;
  bool at_end_ = false;
};

}  // namespace genlock::http
