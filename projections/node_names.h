// Names of nodes, looked up when something is served: they may change, so they stand in no stored
// row and no digest.
#pragma once

#include "engine/event.h"
#include "engine/store.h"

#include <map>
#include <optional>
#include <string>

namespace genlock {

struct NodeName {
  NodeId id;  // nil: unknown
  std::optional<std::string> name;
  std::optional<std::string> role;
};

// Reads the directory's rows through a Reader, each node once. Not thread-safe: one for each
// answer.
class NodeNames {
 public:
  explicit NodeNames(const Reader& reader) : reader_(reader) {}
  // The node that an origin belonged to.
  Result<NodeName> of(OriginId origin);
  Result<NodeName> of(NodeId node);

 private:
  const Reader& reader_;
  std::map<OriginId, NodeName> by_origin_;
  std::map<NodeId, NodeName> by_node_;
};

// {"id":"uuid","name":"Truck 2","role":"lan"}; unknown parts are null.
void append_json(std::string& out, const NodeName& node);

}  // namespace genlock
