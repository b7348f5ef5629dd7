// `genlock serve`: a node with everything, until it is told to stop.
#include "cli/commands.h"
#include "cli/door.h"
#include "cli/node_sync.h"
#include "cli/node_upkeep.h"
#include "cli/open_files.h"
#include "cli/signals.h"
#include "http/api.h"
#include "http/guarded_server.h"
#include "http/static_files.h"

#include <fmt/format.h>

#include <filesystem>

namespace genlock::cli {
namespace {

constexpr std::chrono::milliseconds stop_deadline{8'000};  // of the 10 s we promise
constexpr std::string_view changes_topic = "changes";      // of the API's feeds

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

// "host:port", "[::1]:port", ":port" (loopback).
Result<Address> parse_address(const std::string& text) {
  auto colon = text.rfind(':');
  Error error{ErrorCode::invalid_argument, "'" + text + "' is no address: write HOST:PORT"};
  if (colon == std::string::npos || colon + 1 == text.size()) return error;
  std::string digits = text.substr(colon + 1);
  if (digits.size() > 5 || digits.find_first_not_of("0123456789") != std::string::npos)
    return error;
  int port = std::stoi(digits);
  if (port > 65535) return error;
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return Address{host.empty() ? "127.0.0.1" : host, static_cast<std::uint16_t>(port)};
}

Result<Address> address_of(const ServeOptions& options) {
  if (!options.listen.empty()) return parse_address(options.listen);
  return Address{"127.0.0.1",
                 static_cast<std::uint16_t>(options.role == Role::cloud ? 3000 : 3001)};
}

std::string url_of(const Address& address, std::uint16_t port) {
  bool v6 = address.host.find(':') != std::string::npos;
  return fmt::format("http://{}:{}", v6 ? '[' + address.host + ']' : address.host, port);
}

http::NodeFacts facts_of(const Node& node, SystemClock& clock) {
  http::NodeFacts facts;
  std::error_code ignored;
  auto space = std::filesystem::space(node.data(), ignored);
  if (!ignored) facts.disk_free_bytes = space.available;
  facts.clock_offset_ms = clock.offset_ms();
  return facts;
}

http::Settings settings_of(Node& node, Logger& log) {
  http::Settings settings;
  settings.new_request_id = [&node] {
    return Uuid::make_v7(node.clock().now(), node.random()).to_string();
  };
  settings.report_bug = [&log](std::string_view request, std::string_view what) {
    log.error("a handler failed", {{"request", std::string(request)}, {"what", std::string(what)}});
  };
  return settings;
}

Result<int> serve(const ServeOptions& options, const std::string& version, StopSignal& stop,
                  Logger& log) {
  TRY_ASSIGN(Address address, address_of(options));
  if (!options.web.empty()) TRY(http::StaticFiles::check(options.web));
  OpenFiles files = raise_open_files();
  log.write(LogLevel::debug, "open files",
            {{"before", static_cast<std::int64_t>(files.before)},
             {"now", static_cast<std::int64_t>(files.now)}});
  NodeOptions how;
  how.data = options.data;
  how.role = options.role;
  how.name = options.name;
  how.has_peer = !options.peers.empty();
  TRY_ASSIGN(std::unique_ptr<Node> node, Node::open(how, rebuild_bar()));

  SyncOptions sync_options{.peers = options.peers,
                           .subscriptions = options.subscriptions,
                           .interval_ms = options.sync_interval_ms,
                           .version = version};
  TRY_ASSIGN(std::unique_ptr<NodeSync> sync, NodeSync::open(*node, sync_options, log));

  NodeUpkeep upkeep(*node, log);
  http::Router router;
  TRY_ASSIGN(std::unique_ptr<http::Api> api,
             http::Api::open({.engine = node->engine(),
                              .committer = node->writer(),
                              .store = node->store(),
                              .clock = node->clock(),
                              .random = node->random(),
                              .sync = sync.get(),
                              .maintenance = &upkeep,
                              .version = version,
                              .web_directory = options.web,
                              .ready = [&upkeep] { return upkeep.ready(); },
                              .facts = [&node] { return facts_of(*node, node->clock()); }}));
  api->add_routes(router);
  sync->add_routes(router);
  http::GuardedServer server(router, settings_of(*node, log));
  TRY_ASSIGN(std::uint16_t port, server.bind(address.host, address.port));
  node->on_growth([&] {
    sync->log_grew();
    server.wake(NodeSync::topic);
    server.wake(changes_topic);
  });
  TRY(server.start());
  TRY(sync->run());

  const Identity& self = node->identity();
  log.info("serving", {{"node", self.node.to_string()},
                       {"origin", self.origin.to_string()},
                       {"role", to_string(self.role)},
                       {"url", url_of(address, port)},
                       {"version", version}});
  fmt::print("listening on {}\n", url_of(address, port));
  std::fflush(stdout);

  int signal_number = stop.wait();
  log.info("stopping", {{"signal", std::int64_t{signal_number}}});
  upkeep.end();
  sync->end();
  bool finished = server.stop(stop_deadline);
  log.info("stopped", {{"finished", finished}});
  return 0;
}

}  // namespace

int run_serve(const ServeOptions& options, const std::string& version) {
  StopSignal stop;
  SystemClock wall;
  Logger log(options.log_level, wall);
  Result<int> result = serve(options, version, stop, log);
  if (result.ok()) return *result;
  log.error("can't serve", {{"reason", result.error().message}});
  return report_failure(result.error());
}

}  // namespace genlock::cli
