// What a peer may send to /sync/v1. input = kind frame, where an odd kind says that `frame` is a
// payload still to be sealed, so that the checksum does not end every try. A node answers each
// message, whatever it says.
#include "fuzz/fuzz.h"
#include "replication/frame.h"
#include "replication/session.h"
#include "replication/wire.h"
#include "simulation/sim_node.h"

using namespace genlock;

namespace {

Identity cloud() {
  Identity identity;
  identity.node.uuid.bytes[0] = 0xaa;
  identity.origin.uuid.bytes[0] = 0xbb;
  identity.role = Role::cloud;
  return identity;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(fuzz::as_text(data, size));
  bool is_payload = input.byte() % 2 == 1;
  std::string frame(input.rest());
  if (is_payload) frame = replication::seal(frame);
  Result<replication::Message> message = replication::decode(frame);
  if (message.ok()) {
    std::string bytes = replication::encode(*message);
    Result<replication::Message> again = replication::decode(bytes);
    CHECK(again.ok() && replication::encode(*again) == bytes);
  }
  std::int64_t now_ms = 0;
  simulation::SimNode node(cloud(), now_ms, 1);
  auto session = replication::SyncSession::responder(node.ports());
  session.receive(std::move(message));
  std::optional<replication::Message> reply = session.next();
  CHECK(reply && replication::decode(replication::encode(*reply)).ok());
  return 0;
}
