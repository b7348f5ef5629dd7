// Opaque JSON merges key path by key path (merging rule 8).
//
// A path is a chain of object keys. Objects are merged key by key, as deep as both sides have
// objects; an array or a scalar is one value. A path that one side changed, put in or took out
// shows that side's value. A change that a higher sibling made too counts once. Where both changed
// a path, or one a path and the other one below it, the higher rank's value of the shorter path
// shows. Values count as equal whatever the order of their keys.
//
// Keys stand in the order of the base; those that are new come after them, what the lower ranks
// alone put in first.
// Values are never taken apart or spelled anew: numbers and text keep their bytes.
#pragma once

#include "engine/fine_merge.h"

#include <optional>
#include <utility>

namespace genlock {

class JsonMerge : public FineMerge {
 public:
  // Begins with the sibling of the highest rank.
  JsonMerge(std::size_t sibling, std::string_view text);
  // False for what is no JSON, is beyond limits::max_json_bytes or max_json_depth, or has a key
  // twice or one with an escape in it. O(bytes log keys).
  bool add(std::size_t sibling, std::string_view base, std::string_view text) override;
  std::string text() const override;

  struct Node {
    enum class Kind { absent, whole, object };
    Kind kind = Kind::absent;
    std::string whole = {};                                  // an array or a scalar, as it came
    std::vector<std::pair<std::string, Node>> members = {};  // keys with their quotes
    std::size_t sibling = 0;                                 // who put it there, or took it away
  };

 private:
  std::optional<Node> merged_;
};

}  // namespace genlock
