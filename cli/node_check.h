// Everything of a node that can be recomputed, recomputed: checksums of files and events,
// numbering, chains of hashes, and every row from the log. For `genlock verify`, on a directory and
// inside a node that runs.
#pragma once

#include "cli/node.h"
#include "engine/dropped_events.h"
#include "projections/json.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace genlock::cli {

// A stream whose log was made smaller.
struct CompactedStream {
  StreamId stream;
  UnixMs until_ms = 0;        // when the latest event behind its floor was written
  std::uint64_t dropped = 0;  // events that the log holds no more
  // History files hold all of them, proven by the chain from the first event to those in the log.
  bool is_kept = false;
  std::string lacks;  // why not, for people
};

struct CheckReport {
  std::uint64_t streams = 0, chains = 0, events = 0;
  std::uint64_t keys = 0;  // of state and rows, compared
  std::vector<CompactedStream> compacted;
  std::optional<std::string> history_damage;  // of a history file: the first
  std::optional<std::string> damage;          // of a file or of the log: the first, for people
  std::optional<std::string> difference;      // of the rows: the first; the log is whole

  bool ok() const { return !what_is_wrong(); }
  // The worst of it.
  std::optional<std::string> what_is_wrong() const {
    return damage ? damage : history_damage ? history_damage : difference;
  }
};

// Over both parts of the work: an event is looked at in its chain, and folded.
using OnEvents = std::function<void(std::uint64_t done, std::uint64_t total)>;

// `reader`: one moment of the node's store. Any thread, also while the node writes. ERRORS: what
// keeps from looking (unavailable); damage is no error here. `history`: what was compacted; none:
// it is not looked for.
Result<CheckReport> check_node(Node& node, const Reader& reader, const OnEvents& on_events,
                               WholeLog* history = nullptr);

// {"ok":true,"streams":3,..}
Json to_json(const CheckReport& report);
// Reads it back.
CheckReport check_report_of(const Json& json);

// State and rows folded apart from those of the node, whose engine belongs to its writer.
class Folder {
 public:
  explicit Folder(Node& node)
      : projection_(node.identity().role),
        engine_(node.identity(), node.log(), projection_, node.clock(), node.random()) {}
  Engine& engine() { return engine_; }

 private:
  RowProjection projection_;
  Engine engine_;
};

// Events of all streams. ERRORS: as of Log.
Result<std::uint64_t> event_count(const Node& node, const Reader& reader);

}  // namespace genlock::cli
