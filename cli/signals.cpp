#include "cli/signals.h"

#include "engine/check.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

namespace genlock::cli {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

StopSignal::StopSignal() {
  sigset_t set = stop_signals();
  CHECK(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0, errno);
  descriptor_ = signalfd(-1, &set, SFD_CLOEXEC);
  CHECK(descriptor_ >= 0, errno);
  // A client that went away is an error of a write, not the end of the process.
  signal(SIGPIPE, SIG_IGN);
}

StopSignal::~StopSignal() { close(descriptor_); }

int StopSignal::wait() {
  int signal_number = 0;
  while (signal_number == 0) signal_number = wait_for(std::chrono::hours(1));
  return signal_number;
}

int StopSignal::wait_for(std::chrono::milliseconds timeout) {
  pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
  if (poll(&waiting, 1, static_cast<int>(timeout.count())) <= 0) return 0;
  signalfd_siginfo info{};
  if (read(descriptor_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return 0;
  return static_cast<int>(info.ssi_signo);
}

}  // namespace genlock::cli
