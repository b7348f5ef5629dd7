#include "cli/served_node.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace genlock::cli {
namespace {

constexpr std::chrono::seconds start_timeout{60};  // the machine may be busy
constexpr std::chrono::milliseconds poll_pause{50};

std::string last_line(const std::string& path) {
  std::ifstream in(path);
  std::string line, last;
  while (std::getline(in, line))
    if (!line.empty()) last = line;
  return last;
}

}  // namespace

Result<ServedNode> ServedNode::start(const ServedNodeOptions& options) {
  std::vector<std::string> arguments = {
      options.program, "serve",
      "--role",        to_string(options.role),
      "--data",        options.data,
      "--name",        options.name,
      "--listen",      options.host + ':' + std::to_string(options.port)};
  arguments.insert(arguments.end(), options.more.begin(), options.more.end());
  ServedNode node;
  node.name = options.name;
  TRY_ASSIGN(node.process, ChildProcess::start(arguments, options.log));
  Result<std::string> url = node.process->wait_for_line("listening on ", start_timeout);
  if (!url.ok())
    return Error{ErrorCode::unavailable,
                 "the node " + options.name + " did not start: " +
                     (options.log.empty() ? url.error().message : last_line(options.log))};
  node.url = *url;
  node.port = static_cast<std::uint16_t>(std::stoi(url->substr(url->rfind(':') + 1)));
  TRY_ASSIGN(node.client, connect_to(node.url));
  return node;
}

Result<void> wait_until(const std::string& what, std::chrono::milliseconds timeout,
                        const std::function<Result<bool>()>& done) {
  auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    TRY_ASSIGN(bool yes, done());
    if (yes) return {};
    if (std::chrono::steady_clock::now() > deadline)
      return Error{ErrorCode::unavailable, what + " did not happen in time"};
    std::this_thread::sleep_for(poll_pause);
  }
}

Result<void> run_job(ApiClient& client, const std::string& target,
                     std::chrono::milliseconds timeout) {
  TRY_ASSIGN(Json job, client.fetch({.method = "POST", .target = target}));
  std::string one = "/api/sync/jobs/" + text_of(job, "id");
  return wait_until(target, timeout, [&]() -> Result<bool> {
    TRY_ASSIGN(Json now, client.get(one));
    std::string state = text_of(now, "state");
    if (state == "failed" || state == "cancelled")
      return Error{ErrorCode::unavailable, target + ": " + at(now, "error.detail").text};
    return state == "done";
  });
}

Result<std::map<std::string, std::string>> stream_digests(ApiClient& client) {
  TRY_ASSIGN(Json status, client.get("/api/sync/status"));
  std::map<std::string, std::string> digests;
  for (const Json& stream : member(status, "streams").items)
    digests[text_of(stream, "id")] =
        dump(member(stream, "vector")) + ' ' + text_of(stream, "digest");
  return digests;
}

}  // namespace genlock::cli
