// Opens what a command was pointed at: a running node, or a data directory.
#pragma once

#include "cli/api_client.h"
#include "cli/node.h"
#include "cli/options.h"

namespace genlock::cli {

struct Door {
  std::unique_ptr<Node> node;  // of a data directory
  std::unique_ptr<ApiClient> client;
};

enum class Access { look, rehearse, write };
// A look at a directory works while a node serves it, too: it sees what was there when it began.
// What is written through one that rehearses is forgotten; not with a running node.
Result<Door> open_door(const Target& target, Access access, const std::string& version);

// Prints why a command could not do its work, and gives its exit status.
int report_failure(const Error& error);

// `on_rebuild` of Node::open: a bar.
OnProgress rebuild_bar();

}  // namespace genlock::cli
