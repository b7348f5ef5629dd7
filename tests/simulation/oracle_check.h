// Holds what a node shows of a stream against the oracle: every row, every value, every conflict
// with its sides, every overruled write.
#pragma once

#include "simulation/fault.h"
#include "simulation/oracle.h"

#include <string>

namespace genlock::simulation {

struct OracleReport {
  std::string difference;  // the first one, for people; empty: none
  std::uint64_t conflicts = 0;
};
// `facts`: all events of the stream. What was met on the way is noted in `tally`.
OracleReport compare_with_oracle(const SimNode& node, StreamId stream,
                                 const std::vector<Fact>& facts, Tally& tally);

}  // namespace genlock::simulation
