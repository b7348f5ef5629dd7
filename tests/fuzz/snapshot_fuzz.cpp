// Manifests and blocks of snapshots, as a peer sends them. input = kind bytes; an odd kind: a
// manifest; else the stream (16 bytes) comes before the bytes of a block. What is taken is written
// again, and read as the same.
#include "fuzz/fuzz.h"
#include "replication/snapshot.h"

using namespace genlock;

namespace {

void check_manifest(std::string_view bytes) {
  const auto manifest = replication::decode_manifest(bytes);
  if (manifest.ok())
    CHECK(replication::decode_manifest(replication::encode(*manifest)).value() == *manifest);
  else
    CHECK(!manifest.error().message.empty());
}

void check_block(std::string_view bytes) {
  if (bytes.size() < 16) return;
  const StreamId stream{Uuid::from_bytes(bytes.substr(0, 16))};
  const auto block = replication::decode_block(stream, bytes.substr(16));
  if (!block.ok()) {
    CHECK(!block.error().message.empty());
    return;
  }
  const auto again = replication::decode_block(stream, replication::encode(*block)).value();
  CHECK(again.events == block->events && again.facts == block->facts);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(fuzz::as_text(data, size));
  const bool is_manifest = input.byte() % 2 == 1;
  if (is_manifest)
    check_manifest(input.rest());
  else
    check_block(input.rest());
  return 0;
}
