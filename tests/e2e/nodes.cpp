#include "nodes.h"

#include "support/places.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace genlock::cli {

namespace {

// A busy machine may have no process to give for a moment.
constexpr std::chrono::seconds patience{30};
constexpr std::chrono::milliseconds pause{100};

// Its stdout and stderr go to `output`. An error number, or 0.
int spawn(const std::vector<std::string>& arguments, int output, pid_t& pid) {
  std::vector<char*> raw;
  for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  const int failure = posix_spawn(&pid, raw[0], &actions, nullptr, raw.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failure;
}

int spawn_patiently(const std::vector<std::string>& arguments, int output, pid_t& pid) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const int failure = spawn(arguments, output, pid);
    const bool may_pass = failure == EAGAIN || failure == ENOMEM;
    if (!may_pass || std::chrono::steady_clock::now() > deadline) return failure;
    std::this_thread::sleep_for(pause);
  }
}

std::string read_to_end(int input) {
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t got = ::read(input, buffer.data(), buffer.size());
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
    if (got == 0 || (got < 0 && errno != EINTR)) return text;
  }
}

int status_of(pid_t pid) {
  int waited = 0;
  while (::waitpid(pid, &waited, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(waited) ? WEXITSTATUS(waited) : 128 + WTERMSIG(waited);
}

}  // namespace

Nodes::Ran Nodes::run(const std::vector<std::string>& arguments) {
  std::vector<std::string> line = {genlock_program()};
  line.insert(line.end(), arguments.begin(), arguments.end());
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  pid_t pid = 0;
  const int failure = spawn_patiently(line, ends[1], pid);
  ::close(ends[1]);
  Ran ran;
  if (failure == 0) ran.output = read_to_end(ends[0]);
  ::close(ends[0]);
  INFO("can't run " << line.front() << ": " << std::strerror(failure));
  REQUIRE(failure == 0);
  ran.status = status_of(pid);
  return ran;
}

}  // namespace genlock::cli
