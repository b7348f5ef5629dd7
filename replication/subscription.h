// Which streams a node wants. The equipment library and the directory always come along. What two
// nodes share, their scope, is what both want.
#pragma once

#include "engine/ids.h"
#include "engine/projection.h"

#include <vector>

namespace genlock::replication {

struct Subscription {
  bool everything = true;        // then `listed` are the exceptions
  std::vector<StreamId> listed;  // ascending, each once

  bool wants(StreamId stream) const;
  // Of all the above; never zero.
  Digest digest() const;
  bool operator==(const Subscription&) const = default;
};

struct Scope {
  Subscription ours, theirs;

  bool covers(StreamId stream) const { return ours.wants(stream) && theirs.wants(stream); }
  // Both want everything without exception.
  bool is_all() const {
    return ours.everything && theirs.everything && ours.listed.empty() && theirs.listed.empty();
  }
  Digest digest() const;
};

}  // namespace genlock::replication
