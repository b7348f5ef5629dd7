// `genlock demo partition`: plays the story in a folder of its own.
#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/door.h"
#include "cli/partition_story.h"
#include "transfer/json_print.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace genlock::cli {
namespace {

Result<std::string> make_folder() {
  std::error_code failed;
  std::string pattern = (std::filesystem::temp_directory_path(failed) / "genlock-XXXXXX").string();
  if (failed || !mkdtemp(pattern.data()))
    return Error{ErrorCode::unavailable, "can't make a folder for the nodes' data"};
  return pattern;
}

}  // namespace

int run_demo_partition(const DemoPartitionCommand& command) {
  Result<std::string> folder = make_folder();
  if (!folder.ok()) return report_failure(folder.error());
  Teller teller(command.json);
  const std::unique_ptr<Stage> stage = loopback_stage(*folder);
  Result<bool> told = tell_partition_story(*stage, teller);
  if (command.json) fmt::print("{}", pretty(teller.document()));
  teller.tell(fmt::format("\n{} of {} claims hold", teller.claim_count() - teller.wrong_count(),
                          teller.claim_count()));
  bool keep = command.keep || !told.ok() || !*told;
  if (keep)
    fmt::print(stderr, "data and logs of both nodes: {}\n", *folder);
  else
    std::filesystem::remove_all(*folder);
  if (!told.ok()) return report_failure(told.error());
  return *told ? 0 : 1;
}

}  // namespace genlock::cli
