// Real processes for the end-to-end tests: nodes, and the program's other commands.
#pragma once

#include "catch.h"
#include "cli/served_node.h"
#include "support/places.h"
#include "support/temp_dir.h"

#include <string>
#include <vector>

namespace genlock::cli {

inline constexpr const char* small_show = "c719ce4d-ec5a-4c32-916a-c51c767e9d3b";

// One folder with any number of nodes in it.
class Nodes {
 public:
  ServedNode start(Role role, const std::string& name, std::vector<std::string> more = {}) {
    Result<ServedNode> node = ServedNode::start({.program = genlock_program(),
                                                 .role = role,
                                                 .name = name,
                                                 .data = data_of(name),
                                                 .log = path(name + ".log"),
                                                 .more = std::move(more)});
    INFO((node.ok() ? "" : node.error().message));
    REQUIRE(node.ok());
    return *std::move(node);
  }
  std::string data_of(const std::string& name) const { return path(name); }
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  struct Ran {
    int status = 0;
    std::string output;
  };
  // Another command of the program, to its end.
  static Ran run(const std::vector<std::string>& arguments);

 private:
  TempDir folder_;
};

}  // namespace genlock::cli
