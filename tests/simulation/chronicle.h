// Every event that any node of a world ever stored, with what its writer had seen: what a compacted
// log does not tell any more. For worlds in which no origin goes on twice, where an event is known
// by its name.
#pragma once

#include "simulation/log_check.h"

#include <map>
#include <string>
#include <vector>

namespace genlock::simulation {

class Chronicle {
 public:
  struct Entry {
    Fact fact;
    ChainHash chain{};
    std::string bytes = {};
  };

  // Notes what this node's log has. A failure, or nothing.
  std::string take(const SimNode& node);
  // Read everything of this node again: its directory may be another one.
  void forget(const SimNode& node) { read_.erase(node.name); }

  // What must hold of a node's log: what it keeps is what was written, it lacks nothing above its
  // floors, and all it says of hashes and contexts is true. A failure, or nothing.
  std::string check(const SimNode& node) const;
  // All events of the stream inside `held`, dropped or not, in an order that extends causality.
  std::vector<Fact> facts(StreamId stream, const VersionVector& held) const;
  // Is the event inside `held`, or one that says the same for the same author: what a node that was
  // away writes again (engine/rebase.h)?
  enum class Found { no, itself, said_again };
  Found find(const EventId& id, const VersionVector& held) const;

 private:
  using Events = std::map<Dot, Entry>;

  const Entry* entry(const EventId& id) const;
  std::string check_stream(const SimNode& node, StreamId stream) const;
  std::string check_event(const SimNode& node, const EventId& id, const StoredEvent& stored) const;

  std::map<StreamId, Events> streams_;
  std::map<std::string, Position> read_;  // up to where, by node
};

// Does what was written again say what it said at first? What says nothing any more is a lock,
// whose moment stays, and of a created row that others made, too, what they show alike.
bool says_the_same(const Event& first, const Event& again);

}  // namespace genlock::simulation
