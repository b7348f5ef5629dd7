#include "cli/open_files.h"

#include <sys/resource.h>

#include <algorithm>

namespace genlock::cli {

OpenFiles raise_open_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  OpenFiles files{.before = limit.rlim_cur, .now = limit.rlim_cur};
  rlim_t wanted = std::min<rlim_t>(limit.rlim_max, max_open_files);
  if (wanted <= limit.rlim_cur) return files;
  limit.rlim_cur = wanted;
  if (setrlimit(RLIMIT_NOFILE, &limit) == 0) files.now = wanted;
  return files;
}

}  // namespace genlock::cli
