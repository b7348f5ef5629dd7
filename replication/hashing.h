// XXH3-128 of bytes: checksums of frames and digests that say quickly whether two nodes have the
// same. It guards against damage and accident, not against an author: events are protected by their
// SHA-256 chains.
#pragma once

#include "engine/projection.h"

#include <string_view>

namespace genlock::replication {

// Of `first` followed by `second`.
Digest hash_128(std::string_view first, std::string_view second = {});

}  // namespace genlock::replication
