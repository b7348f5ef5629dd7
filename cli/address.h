// Where a node listens.
#pragma once

#include "engine/event.h"
#include "engine/result.h"

#include <cstdint>
#include <string>

namespace genlock::cli {

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

// "host:port", "[::1]:port", ":port" (loopback). ERRORS: invalid_argument.
Result<Address> parse_address(const std::string& text);
// Of a node that was told nothing: this machine alone, on the role's usual port.
std::string default_address(Role role);
std::string url_of(const Address& address, std::uint16_t port);

}  // namespace genlock::cli
