#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace genlock::cli {
namespace {

constexpr std::size_t bar_width = 24;

std::string bar(std::uint64_t done, std::uint64_t total) {
  auto filled = static_cast<std::size_t>(std::min(done, total) * bar_width / total);
  return '[' + std::string(filled, '#') + std::string(bar_width - filled, '.') + ']';
}

}  // namespace

Progress::Progress(std::string what, bool quiet)
    : what_(std::move(what)),
      silent_(quiet || !isatty(STDERR_FILENO)),
      began_(std::chrono::steady_clock::now()),
      next_(began_) {}

Progress::~Progress() {
  if (drawn_) fmt::print(stderr, "\r\033[K");
}

void Progress::show(std::uint64_t done, std::uint64_t total, const std::string& unit) {
  auto now = std::chrono::steady_clock::now();
  if (silent_ || now < next_) return;
  next_ = now + std::chrono::milliseconds(100);
  drawn_ = true;
  double seconds = std::chrono::duration<double>(now - began_).count();
  double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  if (total > 0)
    fmt::print(stderr, "\r\033[K{} {} {}/{} {}, {:.0f}/s", what_, bar(done, total), done, total,
               unit, rate);
  else
    fmt::print(stderr, "\r\033[K{} {} {}, {:.0f}/s", what_, done, unit, rate);
  std::fflush(stderr);
}

}  // namespace genlock::cli
