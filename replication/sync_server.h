// The answering end below /sync/v1/, whatever carries the bytes: a request's body in, a reply's
// body out. Thread-safe: any number of peers at once; their writes meet in the committer.
#pragma once

#include "replication/ports.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace genlock::replication {

struct SyncAnswer {
  // The reply, or empty: it is parked, and `later` has it.
  std::string body;
  // Looks whether there is something to say. Called again after each commit; `last_word` when the
  // time (limits::park_ms) is up or the server stops: then there is an answer. One call at a time,
  // from any thread. It outlives the request, not the SyncServer.
  std::function<std::optional<std::string>(bool last_word)> later;
};

class SyncServer {
 public:
  explicit SyncServer(SessionPorts& ports) : ports_(ports) {}

  SyncAnswer handle(std::string_view body);

 private:
  SessionPorts& ports_;
};

}  // namespace genlock::replication
