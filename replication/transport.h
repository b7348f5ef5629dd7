// Carries one request to a peer and brings its reply. Implementation: http_transport.h.
#pragma once

#include "replication/messages.h"

#include <cstdint>

namespace genlock::replication {

class Transport {
 public:
  virtual ~Transport() = default;
  // One request at a time. ERRORS: unavailable (not reachable, cut, timed out, cancelled),
  // corruption (bytes that are no frame), unsupported (there is no sync at this address, or it
  // refuses our credentials), too_large.
  virtual Result<Message> ask(const Message& request, std::int64_t timeout_ms) = 0;
  // Ends a request under way, and refuses new ones until resume(). Any thread.
  virtual void cancel() = 0;
  virtual void resume() = 0;
};

}  // namespace genlock::replication
