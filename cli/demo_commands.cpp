#include "cli/commands.h"

namespace genlock::cli {

int run_demo_up(const DemoUpCommand&) { return 2; }
int run_demo_partition(const DemoPartitionCommand&) { return 2; }

}  // namespace genlock::cli
