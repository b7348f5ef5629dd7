#include "cli/door.h"

#include "cli/local_client.h"
#include "cli/progress.h"

#include <fmt/format.h>

namespace genlock::cli {

Result<Door> open_door(const Target& target, Access access, const std::string& version) {
  Door door;
  if (!target.url.empty()) {
    TRY_ASSIGN(door.client, connect_to(target.url));
    return door;
  }
  NodeOptions options;
  options.data = target.data;
  options.read_only = access != Access::write;
  TRY_ASSIGN(door.node, Node::open(options, rebuild_bar()));
  if (access == Access::rehearse) {
    door.client = rehearsal_of(*door.node);
    return door;
  }
  TRY_ASSIGN(door.client, client_of(*door.node, version));
  return door;
}

int report_failure(const Error& error) {
  fmt::print(stderr, "genlock: {}\n", error.message);
  for (const FieldError& field : error.fields)
    fmt::print(stderr, "  {} {}\n", field.pointer, field.detail);
  return 2;
}

OnProgress rebuild_bar() {
  return [bar = std::make_shared<Progress>("rebuilding rows")](const RebuildProgress& progress) {
    bar->show(progress.streams_done, progress.stream_count,
              "streams, " + std::to_string(progress.events) + " events");
  };
}

}  // namespace genlock::cli
