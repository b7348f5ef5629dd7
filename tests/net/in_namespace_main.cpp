// in_namespace PROGRAM [ARGUMENTS]: runs it in namespaces of its own (net/namespaces.h). Where that
// is forbidden, says why and exits with the status that ctest takes for "skipped".
#include "net/namespaces.h"

#include <unistd.h>

#include <cstdio>

int main(int argc, char** argv) {
  using namespace genlock::net;
  if (argc < 2) {
    std::fputs("in_namespace PROGRAM [ARGUMENTS]\n", stderr);
    return 2;
  }
  if (const auto entered = enter_namespaces(); !entered.ok()) {
    std::printf("SKIPPED: %s\n", entered.error().message.c_str());
    return skipped_status;
  }
  ::execv(argv[1], argv + 1);
  std::perror(argv[1]);
  return 1;
}
