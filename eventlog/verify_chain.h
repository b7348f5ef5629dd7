// `genlock verify`: walks one origin's events in a stream and recomputes everything that can be
// recomputed: checksums, the numbering without holes, the chain of hashes, the order of this node,
// and the head that ends it. Of a compacted stream what was kept behind the floor is compared with
// its checksums, and the chain is computed from the last event there on.
#pragma once

#include "engine/event_log.h"

#include <cstdint>
#include <functional>

namespace genlock {

struct VerifiedChain {
  std::uint64_t event_count = 0;
  Sequence compacted_to = Sequence::none;  // events up to here may have been dropped
  ChainHash chain{};  // of the last event; tell it to somebody else, and this history can't be
                      // rewritten unnoticed
};

// Called after each event.
using VerifyProgress = std::function<void(Sequence verified)>;

// ERRORS: corruption, naming the first bad event and what is wrong with it.
Result<VerifiedChain> verify_chain(const Reader& reader, StreamId stream, OriginId origin,
                                   const VerifyProgress& progress = {});

}  // namespace genlock
