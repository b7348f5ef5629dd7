// The ETag of a record: its heads and a short hash of what is shown, in base64url. Opaque to
// clients, the same on every node for the same state; any node reads the base version back from it.
#pragma once

#include "engine/ids.h"
#include "engine/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace genlock {

struct ETag {
  std::vector<Dot> heads;        // sorted
  std::uint64_t shown_hash = 0;  // of what is shown, conflicts included
  bool operator==(const ETag&) const = default;
};

// Quoted, as in the ETag header. Of more than 64 heads (concurrent events on one row) the first 64:
// a base version read back from it then covers less, which is safe.
std::string format(const ETag& etag);
// Strict: one value has one text, and weak tags (W/) are none of ours.
// ERRORS: bad_request for text that is no ETag of ours.
Result<ETag> parse_etag(std::string_view text);

}  // namespace genlock
