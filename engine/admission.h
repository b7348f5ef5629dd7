// The doors of a stream (engine/stability.h), asked for each event that comes from a peer.
#pragma once

#include "engine/directory.h"
#include "engine/engine.h"
#include "engine/promises.h"

#include <optional>
#include <span>

namespace genlock {

class Admission {
 public:
  // All outlive this. `chunks`: of one stream, as they come.
  Admission(const Reader& reader, const EventLog& log, std::span<const Chunk> chunks, OriginId self,
            Doors doors)
      : reader_(reader), log_(log), chunks_(chunks), self_(self), doors_(std::move(doors)) {}

  // `sender` as in Door::lets_in. A stream with branches stays whole: nothing is built on what was
  // promised of it. Reads the directory only for what the doors alone keep out. ERRORS: corruption.
  Result<bool> lets_in(OriginId sender, const Dot& event, const VersionVector& context,
                       bool is_forked);
  // Something came in for which the promise of this node has to end, or what was withdrawn for
  // others is to be let in again.
  bool broke_promise() const { return broke_promise_; }
  bool opened_withdrawn() const { return opened_withdrawn_; }

 private:
  Result<void> read_promises();
  Result<void> read_coming_promises();

  const Reader& reader_;
  const EventLog& log_;
  const std::span<const Chunk> chunks_;
  const OriginId self_;
  const Doors doors_;
  bool was_read_ = false;
  std::vector<VersionVector> promises_;           // of others
  VersionVector exempt_, exempt_from_withdrawn_;  // what members hold, by door
  bool broke_promise_ = false, opened_withdrawn_ = false;
};

}  // namespace genlock
