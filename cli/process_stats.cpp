#include "cli/process_stats.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace genlock::cli {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::uint64_t count_open_files() {
  DIR* folder = ::opendir("/proc/self/fd");
  if (!folder) return 0;
  std::uint64_t count = 0;
  while (const dirent* entry = ::readdir(folder)) count += entry->d_name[0] != '.';
  ::closedir(folder);
  return count - 1;  // the folder itself
}

// Of the whole machine, since 1970.
double boot_seconds() {
  std::ifstream in("/proc/stat");
  for (std::string word; in >> word;) {
    double seconds = 0;
    if (word == "btime" && in >> seconds) return seconds;
  }
  return 0;
}

// Fields of /proc/self/stat are numbered from 1 (proc(5)); the second is a name in brackets that
// may hold anything.
void read_stat(ProcessStats& stats) {
  std::ifstream in("/proc/self/stat");
  std::string line;
  std::getline(in, line);
  const std::size_t bracket = line.rfind(')');
  if (bracket == std::string::npos) return;
  std::istringstream fields(line.substr(bracket + 1));
  std::string state;
  fields >> state;
  for (int number = 4; number <= 24; ++number) {
    std::int64_t value = 0;
    if (!(fields >> value) || value < 0) value = 0;
    fields.clear();
    const auto count = static_cast<std::uint64_t>(value);
    if (number == 20) stats.thread_count = count;
    if (number == 22)
      stats.start_seconds =
          boot_seconds() + static_cast<double>(value) / static_cast<double>(sysconf(_SC_CLK_TCK));
    if (number == 23) stats.virtual_bytes = count;
    if (number == 24)
      stats.resident_bytes = count * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  }
}

}  // namespace

ProcessStats process_stats() {
  ProcessStats stats;
  read_stat(stats);
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0)
    stats.cpu_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) stats.max_open_files = files.rlim_cur;
  stats.open_files = count_open_files();
  return stats;
}

}  // namespace genlock::cli
