#include "cli/addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace genlock::cli {
namespace {

bool is_any(const std::string& host) { return host == "0.0.0.0" || host == "::"; }

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// nullopt: no address that a client could use.
std::optional<std::string> text_of(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (!address) return std::nullopt;
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    return inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
  }
  if (address->sa_family != AF_INET6) return std::nullopt;
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
  if (IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr)) return std::nullopt;
  return inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
}

int rank(const http::NodeAddress& address) {
  if (address.loopback) return 2;
  return address.address.find(':') == std::string::npos ? 0 : 1;
}

}  // namespace

std::vector<http::NodeAddress> addresses_of(const Address& listened, std::uint16_t port) {
  const std::string& host = listened.host;
  if (!is_any(host)) return {{url_of(listened, port), host, "", is_loopback(host)}};
  ifaddrs* listed = nullptr;
  if (getifaddrs(&listed) != 0) return {};
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(listed, freeifaddrs);
  std::vector<http::NodeAddress> addresses;
  for (const ifaddrs* one = listed; one; one = one->ifa_next) {
    const auto text = text_of(one->ifa_addr);
    const bool serves = text && (host == "::" || text->find(':') == std::string::npos);
    if (serves && (one->ifa_flags & IFF_UP))
      addresses.push_back(
          {url_of(Address{*text, port}, port), *text, one->ifa_name, is_loopback(*text)});
  }
  std::ranges::stable_sort(addresses, {}, rank);
  return addresses;
}

}  // namespace genlock::cli
