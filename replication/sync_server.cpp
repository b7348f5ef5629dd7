#include "replication/sync_server.h"

#include "replication/parked_wait.h"
#include "replication/session.h"
#include "replication/wire.h"

#include <memory>

namespace genlock::replication {

SyncAnswer SyncServer::handle(std::string_view body) {
  Result<Message> request = decode(body);
  if (request.ok() && std::holds_alternative<Wait>(request->body)) {
    auto wait = std::make_shared<ParkedWait>(ports_, std::move(request).value());
    if (auto answer = wait->look(false)) return {encode(*answer), {}};
    return {{}, [wait](bool last_word) -> std::optional<std::string> {
              auto answer = wait->look(last_word);
              if (!answer) return std::nullopt;
              return encode(*answer);
            }};
  }
  SyncSession session = SyncSession::responder(ports_);
  session.receive(std::move(request));
  return {encode(*session.next()), {}};
}

}  // namespace genlock::replication
