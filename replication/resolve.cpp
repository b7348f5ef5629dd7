#include "replication/resolve.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace genlock::replication {
namespace {

struct Lookup {
  std::mutex mutex;
  std::condition_variable done;
  std::optional<std::string> address;  // empty text: not found
};

std::string look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
  char text[NI_MAXHOST] = "";
  if (getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, nullptr, 0,
                  NI_NUMERICHOST) != 0)
    text[0] = '\0';
  freeaddrinfo(found);
  return text;
}

bool is_address(const std::string& host) {
  in6_addr buffer;
  return inet_pton(AF_INET, host.c_str(), &buffer) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &buffer) == 1 || host.find(':') != std::string::npos;
}

}  // namespace

// The thread that asks is left behind when it takes too long: it owns all it uses.
Result<std::string> resolve(const std::string& host, std::int64_t timeout_ms,
                            const std::atomic<bool>& cancelled) {
  if (is_address(host)) return host;
  auto lookup = std::make_shared<Lookup>();
  std::thread([lookup, host] {
    std::string address = look_up(host);
    std::lock_guard lock(lookup->mutex);
    lookup->address = std::move(address);
    lookup->done.notify_one();
  }).detach();
  auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  std::unique_lock lock(lookup->mutex);
  while (!lookup->address && !cancelled && std::chrono::steady_clock::now() < deadline)
    lookup->done.wait_for(lock, std::chrono::milliseconds(100));
  if (lookup->address && !lookup->address->empty()) return *lookup->address;
  return Error{ErrorCode::unavailable,
               "no address for '" + host + "'" + (lookup->address ? "" : " in time")};
}

}  // namespace genlock::replication
