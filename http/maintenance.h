// What the API needs of whoever checks and mends a running node, as a port: cli has the whole node.
// All calls from any thread; none waits for the work.
#pragma once

#include "engine/result.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace genlock::http {

enum class Upkeep { verify, rebuild };

// How the work tells how far it is. May be called from any thread, also after the API is gone.
struct UpkeepProgress {
  std::function<void(std::uint64_t done_events, std::uint64_t total_events)> advance;
  // Once. What was found or done, as a JSON object.
  std::function<void(Result<std::string> result)> finished;
  std::stop_token cancelled = {};  // nobody wants it any more: it ends soon and leaves no trace
};

class Maintenance {
 public:
  virtual ~Maintenance() = default;

  // Begins and returns. False: something is under way already; one piece of work at a time.
  virtual Result<bool> begin(Upkeep work, UpkeepProgress progress) = 0;
  // 0..100 while the rows are made anew. Reads go on meanwhile, writes would wait: they are
  // refused.
  virtual std::optional<int> rebuilding_percent() const = 0;
};

}  // namespace genlock::http
