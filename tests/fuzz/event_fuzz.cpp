// Events as a peer may send them: input = *( length:u16 event ). What decodes can be encoded and is
// the same again, but for fields that only a newer program knows, which live in the bytes; what a
// node takes in leaves it whole, and folding it again gives the same bytes.
#include "engine/event_codec.h"
#include "fuzz/fuzz.h"
#include "projections/rebuild.h"
#include "simulation/sim_node.h"

using namespace genlock;

namespace {

Identity venue() {
  Identity identity;
  identity.node.uuid.bytes[0] = 0xaa;
  identity.origin.uuid.bytes[0] = 0xbb;
  identity.role = Role::lan;
  return identity;
}

void check_laws(const Event& event, std::string_view bytes) {
  Result<EventHeader> header = decode_header(bytes);
  CHECK(header.ok() && header->stream == event.stream && header->dot == event.dot);
  Result<Event> stored = decode_stored(bytes);
  CHECK(stored.ok() && *stored == event);
  Result<std::string> again = encode(event);
  CHECK(again.ok() && again->size() <= bytes.size());
  Result<Event> same = decode(*again);
  CHECK(same.ok() && *same == event);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::int64_t now_ms = 0;
  simulation::SimNode node(venue(), now_ms, 1);
  bool has_any = false;
  for (fuzz::Input input(fuzz::as_text(data, size)); !input.empty();) {
    // Cap'n Proto reads words: an aligned copy of its own, so that reading past it is seen.
    std::string bytes(input.part());
    Result<Event> event = decode(bytes);
    if (!event.ok()) continue;
    check_laws(*event, bytes);
    Chunk chunk{event->stream, {bytes}, {}};
    has_any |= node.commit([&](Overlay& overlay) -> Result<void> {
                     TRY(node.engine().ingest(chunk, overlay));
                     return {};
                   })
                   .ok();
  }
  if (!has_any) return 0;
  Result<VerifyReport> verified = verify(node.store, node.engine());
  CHECK(verified.ok() && !verified->difference,
        verified.ok() ? *verified->difference : verified.error().message);
  return 0;
}
