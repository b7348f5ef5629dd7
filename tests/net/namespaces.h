// A user and a network namespace for this process: in there it is root, over a network that nobody
// else sees, without being anybody outside. Nothing is made that has a name, so nothing has to be
// taken away: it is gone with the last process in it, however that ends.
#pragma once

#include "engine/result.h"

#include <string>

namespace genlock::net {

// The exit status by which ctest knows that a test was skipped.
inline constexpr int skipped_status = 77;

// REQUIRES: one thread. Also tries whether a TUN device can be had, of which PacketNetwork is made.
// ERRORS: unsupported, with the reason: this machine or container forbids it.
Result<void> enter_namespaces();

// A TUN device of the present namespace with this address, up; the descriptor of its packets.
// ERRORS: unsupported.
Result<int> open_tun(const std::string& address);
// The namespace's own loopback. ERRORS: unsupported.
Result<void> raise_loopback();

}  // namespace genlock::net
