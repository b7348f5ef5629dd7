#include "nodes.h"

#include "support/places.h"

#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace genlock::cli {

Nodes::Ran Nodes::run(const std::vector<std::string>& arguments) {
  std::string line = genlock_program();
  for (const std::string& argument : arguments) line += " '" + argument + '\'';
  std::FILE* pipe = popen((line + " 2>&1").c_str(), "r");
  INFO(line << ": " << std::strerror(errno));
  REQUIRE(pipe != nullptr);
  Ran ran;
  std::array<char, 4096> buffer;
  while (auto got = std::fread(buffer.data(), 1, buffer.size(), pipe))
    ran.output.append(buffer.data(), got);
  int waited = pclose(pipe);
  ran.status = WIFEXITED(waited) ? WEXITSTATUS(waited) : 128 + WTERMSIG(waited);
  return ran;
}

}  // namespace genlock::cli
