// `genlock demo up`: a cloud node and a LAN node with a real show, until Ctrl-C.
#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/door.h"
#include "cli/served_node.h"
#include "cli/signals.h"
#include "transfer/import.h"

#include <fmt/format.h>

#include <filesystem>

namespace genlock::cli {
namespace {

constexpr std::chrono::seconds download_timeout{60};
constexpr std::chrono::milliseconds look_interval{500};

Result<std::vector<ImportFile>> read_samples(const std::string& folder) {
  std::vector<ImportFile> files;
  for (const char* name : {"/equipment.json", "/show-large.json"}) {
    TRY_ASSIGN(ImportFile file, read_import_file(folder + name));
    files.push_back(std::move(file));
  }
  return files;
}

class Demo {
 public:
  explicit Demo(const DemoUpCommand& command) : command_(command) {}

  Result<void> start() {
    TRY_ASSIGN(std::vector<ImportFile> files, read_samples(command_.samples));
    std::error_code failed;
    std::filesystem::create_directories(command_.directory, failed);
    if (failed) return Error{ErrorCode::unavailable, "can't make " + command_.directory};
    TRY_ASSIGN(cloud_, start_node(Role::cloud, "Cloud", command_.cloud_port, {}));
    TRY_ASSIGN(ImportReport report, import_files(*cloud_.client, files, {.user = "Demo"}));
    ImportReport::Counts counts = report.total();
    fmt::print("cloud   {}   {} rows taken, {} were there\n", cloud_.url, counts.taken,
               counts.unchanged + counts.different);
    std::fflush(stdout);
    production_ = files.back().shows.front().production.id.to_string();
    TRY_ASSIGN(lan_, start_node(Role::lan, "Venue", command_.lan_port, {"--peer", cloud_.url}));
    TRY(run_job(*lan_.client, "/api/sync/production/" + production_ + "/download",
                download_timeout));
    TRY_ASSIGN(std::vector<Json> sources,
               lan_.client->list("/api/productions/" + production_ + "/sources"));
    fmt::print("venue   {}   downloaded \"{}\", {} sources\n", lan_.url,
               files.back().shows.front().production.label, sources.size());
    std::fflush(stdout);
    return {};
  }

  void print_next_steps() const {
    std::error_code ignored;
    std::string program = std::filesystem::proximate(own_program(), ignored).string();
    fmt::print(
        "\nBoth run the same program; what you change on one is on the other at once:\n"
        "  curl {0}/api/productions\n"
        "  curl -X PUT {1}/api/productions/{2} \\\n"
        "       -H 'Content-Type: application/json' -d '{{\"room\":\"Hall 2\"}}'\n"
        "  curl {0}/api/productions/{2}\n"
        "  {4} status --url {1}\n"
        "  {4} replay --data {3}/cloud --production {2}\n"
        "  {4} demo partition       what happens when the link between two nodes is cut\n\n"
        "Data and logs are in {3}. Ctrl-C stops both.\n",
        cloud_.url, lan_.url, production_, command_.directory, program);
    std::fflush(stdout);
  }

  // Until a signal comes, or one of the nodes ends by itself.
  Result<void> watch(StopSignal& stop) {
    while (stop.wait_for(look_interval) == 0)
      for (ServedNode* node : {&cloud_, &lan_})
        if (auto status = node->process->status())
          return Error{ErrorCode::unavailable,
                       fmt::format("{} ended by itself with {}; its log is "
                                   "in {}",
                                   node->name, *status, command_.directory)};
    return {};
  }

  // The LAN node first: it calls the other.
  Result<void> stop() {
    for (ServedNode* node : {&lan_, &cloud_}) {
      if (!node->process) continue;
      TRY_ASSIGN(int status, node->stop());
      if (status != 0)
        return Error{ErrorCode::unavailable, fmt::format("{} ended with {}", node->name, status)};
    }
    fmt::print("\nboth nodes have stopped\n");
    return {};
  }

 private:
  Result<ServedNode> start_node(Role role, const std::string& name, std::uint16_t port,
                                std::vector<std::string> more) const {
    std::string base = command_.directory + '/' + to_string(role);
    return ServedNode::start({.program = own_program(),
                              .role = role,
                              .name = name,
                              .data = base,
                              .port = port,
                              .log = base + ".log",
                              .more = std::move(more)});
  }

  const DemoUpCommand& command_;
  ServedNode cloud_, lan_;
  std::string production_;
};

Result<void> demo_up(const DemoUpCommand& command) {
  StopSignal stop;
  Demo demo(command);
  Result<void> started = demo.start();
  if (started.ok()) {
    demo.print_next_steps();
    started = demo.watch(stop);
  }
  Result<void> stopped = demo.stop();
  return started.ok() ? stopped : started;
}

}  // namespace

int run_demo_up(const DemoUpCommand& command) {
  Result<void> result = demo_up(command);
  return result.ok() ? 0 : report_failure(result.error());
}

}  // namespace genlock::cli
