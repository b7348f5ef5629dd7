// The addresses that a node answers on: those of its network interfaces, asked anew each time,
// since a venue's Wi-Fi comes and goes.
#pragma once

#include "cli/address.h"
#include "http/api.h"

#include <cstdint>
#include <vector>

namespace genlock::cli {

// `listened` as the node was told, on the port that it got. Where that is all interfaces (0.0.0.0,
// ::), one entry for each of their addresses: first IPv4, then IPv6, then loopback; link-local IPv6
// needs the name of an interface of the other side, and is left out. Otherwise the host alone.
std::vector<http::NodeAddress> addresses_of(const Address& listened, std::uint16_t port);

}  // namespace genlock::cli
