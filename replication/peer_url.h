// Where a peer is: http[s]://host[:port][/path], as in --peer.
#pragma once

#include "engine/result.h"

#include <string>
#include <string_view>

namespace genlock::replication {

struct PeerUrl {
  bool tls = false;
  std::string host;         // a name, an IPv4 address, or an IPv6 address without brackets
  std::uint16_t port = 80;  // 443 with TLS
  std::string path;         // in front of /sync/v1/, without a slash at its end
  bool operator==(const PeerUrl&) const = default;

  std::string to_string() const;
};

// ERRORS: invalid_argument, with what is wrong.
Result<PeerUrl> parse_peer_url(std::string_view text);

}  // namespace genlock::replication
