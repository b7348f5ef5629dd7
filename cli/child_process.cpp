#include "cli/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>

namespace genlock::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Error failed(const std::string& what) {
  return {ErrorCode::unavailable, what + ": " + std::strerror(errno)};
}

// Between fork and exec: only what is safe there.
[[noreturn]] void become(char* const* arguments, int output, int errors) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);  // our own mask may hold SIGTERM back (cli/signals.h)
  // Ctrl-C is for us alone: we stop the children in order.
  setpgid(0, 0);
  dup2(output, STDOUT_FILENO);
  if (errors >= 0) dup2(errors, STDERR_FILENO);
  execv(arguments[0], arguments);
  _exit(127);
}

int exit_status(int waited) {
  return WIFEXITED(waited) ? WEXITSTATUS(waited) : 128 + WTERMSIG(waited);
}

std::optional<std::string> take_line(std::string& read) {
  auto end = read.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = read.substr(0, end);
  read.erase(0, end + 1);
  return line;
}

milliseconds left_until(steady_clock::time_point deadline) {
  auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
  return std::max(left, milliseconds(0));
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const std::vector<std::string>& arguments,
                                                          const std::string& error_log) {
  std::vector<char*> raw;
  for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return failed("can't make a pipe");
  int errors = -1;
  if (!error_log.empty()) {
    errors = open(error_log.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
    if (errors < 0) return failed("can't write " + error_log);
  }
  pid_t pid = fork();
  if (pid == 0) become(raw.data(), ends[1], errors);
  close(ends[1]);
  if (errors >= 0) close(errors);
  std::unique_ptr<ChildProcess> child(new ChildProcess(pid, ends[0]));
  if (pid < 0) {
    child->status_ = 127;
    return failed("can't start " + arguments[0]);
  }
  return child;
}

ChildProcess::~ChildProcess() {
  kill();
  close(output_);
}

Result<std::string> ChildProcess::wait_for_line(const std::string& prefix, milliseconds timeout) {
  auto deadline = steady_clock::now() + timeout;
  while (true) {
    while (auto line = take_line(read_))
      if (line->starts_with(prefix)) return line->substr(prefix.size());
    pollfd waiting{.fd = output_, .events = POLLIN, .revents = 0};
    const int ready = poll(&waiting, 1, static_cast<int>(left_until(deadline).count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0)
      return Error{ErrorCode::unavailable, "it did not print '" + prefix + "..' in time"};
    char buffer[4096];
    auto got = read(output_, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Error{ErrorCode::unavailable, "it ended before it was ready"};
    read_.append(buffer, static_cast<std::size_t>(got));
  }
}

Result<int> ChildProcess::stop(milliseconds timeout) {
  if (!status()) ::kill(pid_, SIGTERM);
  if (auto ended = wait_until(steady_clock::now() + timeout)) return *ended;
  kill();
  return Error{ErrorCode::unavailable, "it did not end in time and was killed"};
}

void ChildProcess::kill() {
  if (status()) return;
  ::kill(pid_, SIGKILL);
  int waited = 0;
  while (waitpid(pid_, &waited, 0) < 0 && errno == EINTR) {
  }
  status_ = exit_status(waited);
}

std::optional<int> ChildProcess::status() {
  int waited = 0;
  if (!status_ && waitpid(pid_, &waited, WNOHANG) == pid_) status_ = exit_status(waited);
  return status_;
}

std::optional<int> ChildProcess::wait_until(steady_clock::time_point deadline) {
  while (!status() && steady_clock::now() < deadline) std::this_thread::sleep_for(milliseconds(5));
  return status_;
}

std::string own_program() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

}  // namespace genlock::cli
