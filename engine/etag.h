// The ETag of a record: its heads and a short hash of what is shown, in base64url. Opaque to clients, the same on every
// node for the same state; any node reads the base version back from it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ids.h"
#include "engine/result.h"

namespace genlock {

struct ETag {
  std::vector<Dot> heads;         // sorted
  std::uint64_t shown_hash = 0;   // of what is shown, conflicts included
  bool operator==(const ETag&) const = default;
};

// Quoted, as in the ETag header.
std::string format(const ETag& etag);
// ERRORS: invalid_argument for text that is no ETag of ours.
Result<ETag> parse_etag(std::string_view text);

}  // namespace genlock
