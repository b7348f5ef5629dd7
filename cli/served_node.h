// A node as a process of its own, for the demos and the end-to-end tests: `genlock serve`, and a
// client of it.
#pragma once

#include "cli/api_client.h"
#include "cli/child_process.h"
#include "engine/event.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace genlock::cli {

struct ServedNodeOptions {
  std::string program;  // genlock
  Role role = Role::lan;
  std::string name;
  std::string data;  // directory
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;         // 0: a free one
  std::string log;                // file; its last lines explain a failure
  std::vector<std::string> more;  // arguments
};

struct ServedNode {
  std::unique_ptr<ChildProcess> process;
  std::unique_ptr<ApiClient> client;
  std::string name, url;
  std::uint16_t port = 0;

  // ERRORS: unavailable, with the end of the node's log.
  static Result<ServedNode> start(const ServedNodeOptions& options);
  // As an operator stops it. ERRORS: unavailable when it takes more than 60 s (a node promises 10;
  // the machine may be busy); the exit status else.
  Result<int> stop() { return process->stop(std::chrono::seconds(60)); }
};

// Asks again every 50 ms until `done` says so. ERRORS: unavailable, after `timeout`.
Result<void> wait_until(const std::string& what, std::chrono::milliseconds timeout,
                        const std::function<Result<bool>()>& done);
// Asks for a job (`POST target`) and waits until it is done.
Result<void> run_job(ApiClient& client, const std::string& target,
                     std::chrono::milliseconds timeout);

// Stream id -> "vector digest" as a node's status tells them.
Result<std::map<std::string, std::string>> stream_digests(ApiClient& client);

}  // namespace genlock::cli
