#include "cli/address.h"

#include <fmt/format.h>

namespace genlock::cli {

Result<Address> parse_address(const std::string& text) {
  auto colon = text.rfind(':');
  Error error{ErrorCode::invalid_argument, "'" + text + "' is no address: write HOST:PORT"};
  if (colon == std::string::npos || colon + 1 == text.size()) return error;
  std::string digits = text.substr(colon + 1);
  if (digits.size() > 5 || digits.find_first_not_of("0123456789") != std::string::npos)
    return error;
  int port = std::stoi(digits);
  if (port > 65535) return error;
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return Address{host.empty() ? "127.0.0.1" : host, static_cast<std::uint16_t>(port)};
}

std::string default_address(Role role) {
  return role == Role::cloud ? "127.0.0.1:3000" : "127.0.0.1:3001";
}

std::string url_of(const Address& address, std::uint16_t port) {
  bool v6 = address.host.find(':') != std::string::npos;
  return fmt::format("http://{}:{}", v6 ? '[' + address.host + ']' : address.host, port);
}

}  // namespace genlock::cli
