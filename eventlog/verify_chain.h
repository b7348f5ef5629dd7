// `genlock verify`: walks one origin's events in a stream and recomputes everything that can be
// recomputed: checksums, the numbering without holes, the chain of hashes, the order of this node,
// and the head that ends it.
#pragma once

#include "engine/event_log.h"

#include <cstdint>
#include <functional>

namespace genlock {

struct VerifiedChain {
  std::uint64_t event_count = 0;
  ChainHash chain{};  // of the last event; tell it to somebody else, and this history can't be
                      // rewritten unnoticed
};

// Called after each event.
using VerifyProgress = std::function<void(Sequence verified)>;

// ERRORS: corruption, naming the first bad event and what is wrong with it.
Result<VerifiedChain> verify_chain(const Reader& reader, StreamId stream, OriginId origin,
                                   const VerifyProgress& progress = {});

}  // namespace genlock
