#include "replication/hashing.h"

#include <xxhash.h>

namespace genlock::replication {

Digest hash_128(std::string_view first, std::string_view second) {
  XXH3_state_t state;
  XXH3_INITSTATE(&state);
  XXH3_128bits_reset(&state);
  XXH3_128bits_update(&state, first.data(), first.size());
  if (!second.empty()) XXH3_128bits_update(&state, second.data(), second.size());
  XXH128_hash_t hash = XXH3_128bits_digest(&state);
  return {hash.high64, hash.low64};
}

}  // namespace genlock::replication
