// What `serve` refuses before it has touched anything.
#include "catch.h"
#include "cli/commands.h"
#include "support/temp_dir.h"

#include <signal.h>

#include <filesystem>

using namespace genlock;
using namespace genlock::cli;

namespace {

// serve waits for signals and so blocks them, which the other tests must not inherit.
int served(const ServeOptions& options) {
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  const int status = run_serve(options, "0.1.0");
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return status;
}

}  // namespace

TEST_CASE("serve refuses a --web without an app and leaves the data alone", "[cli]") {
  TempDir dir;
  ServeOptions options;
  options.data = (dir.path() / "data").string();
  options.log_level = LogLevel::off;
  options.listen = "127.0.0.1:0";
  SECTION("no such directory") { options.web = (dir.path() / "none").string(); }
  SECTION("no index.html in it") { options.web = dir.path().string(); }
  REQUIRE(served(options) == 2);
  REQUIRE(!std::filesystem::exists(options.data));
}

TEST_CASE("--web is judged by serve, not by the command line", "[cli]") {
  const char* arguments[] = {"genlock", "serve", "--role", "lan", "--data", "d", "--web", "none"};
  const CommandLine line = parse_command_line(8, arguments, "0.1.0");
  const Settings settings = read_settings(std::get<ServeCommand>(line).flags, {});
  REQUIRE(serve_options(settings).web == "none");
}
