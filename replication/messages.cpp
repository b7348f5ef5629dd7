#include "replication/messages.h"

#include "engine/bytes.h"
#include "replication/hashing.h"

#include <algorithm>

namespace genlock::replication {

VersionVector StreamState::vector() const {
  VersionVector vector;
  for (const Head& head : have) vector.raise(head.origin, head.last);
  return vector;
}

bool Subscription::wants(StreamId stream) const {
  if (stream == library_stream || stream == directory_stream) return true;
  return std::binary_search(listed.begin(), listed.end(), stream) != everything;
}

Digest Subscription::digest() const {
  ByteWriter out;
  out.byte(everything ? 1 : 0);
  for (const StreamId& stream : listed) out.raw(stream.view());
  Digest digest = hash_128(out.take());
  if (digest == Digest{}) digest.low = 1;
  return digest;
}

Digest Scope::digest() const {
  Digest digest = ours.digest();
  digest.add(theirs.digest());
  return digest;
}

const char* kind_of(const Message& message) {
  static constexpr const char* names[] = {"hello",   "compare", "states",  "exchange", "wait",
                                          "refusal", "catalog", "catalog", "snapshot", "snapshot"};
  static_assert(std::variant_size_v<decltype(Message::body)> == std::size(names));
  return names[message.body.index()];
}

std::size_t event_count(const Exchange& exchange) {
  std::size_t count = 0;
  for (const Chunk& chunk : exchange.chunks) count += chunk.events.size();
  return count;
}

}  // namespace genlock::replication
