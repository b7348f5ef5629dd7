// Preloaded into a process (LD_PRELOAD), cuts its power at the n-th step of its storage, counted
// over fsync, fdatasync, rename, link and removal: GENLOCK_POWER_CUT=n. Before that step happens,
// every file that it opened for writing loses what was not synced, all of it at an odd n and a part
// at an even one, at every fourth with zeros in its place, and the process is killed. Names stay as
// they are by then, so a file may be there by its last name without its bytes, as on file systems
// that write names first.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <vector>

namespace {

struct Written {
  int file = -1;  // our own descriptor: names may change, the file may be closed
  dev_t device = 0;
  ino_t number = 0;
  off_t synced_bytes = 0;
};

// Never destroyed: files are written until the very end of a process.
struct Power {
  std::mutex mutex;
  std::vector<Written> files;
  long steps = 0;
  const long at = [] {
    const char* text = std::getenv("GENLOCK_POWER_CUT");
    return text ? std::atol(text) : 0L;
  }();

  void cut() {
    for (const Written& one : files) {
      struct stat now {};
      if (::fstat(one.file, &now) != 0 || now.st_size <= one.synced_bytes) continue;
      const off_t unsynced = now.st_size - one.synced_bytes;
      const off_t left = at % 2 == 1 ? 0 : at * 7'919 % unsynced;
      (void)!::ftruncate(one.file, one.synced_bytes + left);
      if (at % 4 == 2) (void)!::ftruncate(one.file, now.st_size);  // with zeros behind it
    }
    ::kill(::getpid(), SIGKILL);
  }

  void step() {
    if (at == 0) return;
    const std::lock_guard lock(mutex);
    if (++steps == at) cut();
  }

  void opened(int file, int flags) {
    struct stat facts {};
    if (at == 0 || file < 0 || (flags & O_ACCMODE) == O_RDONLY) return;
    if (::fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) return;
    const std::lock_guard lock(mutex);
    for (Written& one : files)
      if (one.device == facts.st_dev && one.number == facts.st_ino) {
        if (flags & O_TRUNC) one.synced_bytes = 0;
        return;
      }
    const int ours = ::fcntl(file, F_DUPFD_CLOEXEC, 500);
    if (ours >= 0) files.push_back({ours, facts.st_dev, facts.st_ino, facts.st_size});
  }

  void synced(int file) {
    struct stat facts {};
    if (at == 0 || ::fstat(file, &facts) != 0) return;
    const std::lock_guard lock(mutex);
    for (Written& one : files)
      if (one.device == facts.st_dev && one.number == facts.st_ino)
        one.synced_bytes = facts.st_size;
  }
};

Power& power() {
  static Power* const one = new Power;
  return *one;
}

template <class Call>
Call real(const char* name) {
  return reinterpret_cast<Call>(::dlsym(RTLD_NEXT, name));
}

mode_t mode_of(int flags, va_list more) {
  return flags & O_CREAT ? va_arg(more, mode_t) : mode_t{0};
}

int sync_with(int (*call)(int), int file) {
  power().step();
  const int result = call(file);
  if (result == 0) power().synced(file);
  return result;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  static const auto call = real<int (*)(const char*, int, ...)>("open");
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  const int file = call(path, flags, mode);
  power().opened(file, flags);
  return file;
}

int openat(int folder, const char* path, int flags, ...) {
  static const auto call = real<int (*)(int, const char*, int, ...)>("openat");
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  const int file = call(folder, path, flags, mode);
  power().opened(file, flags);
  return file;
}

int fsync(int file) {
  static const auto call = real<int (*)(int)>("fsync");
  return sync_with(call, file);
}

int fdatasync(int file) {
  static const auto call = real<int (*)(int)>("fdatasync");
  return sync_with(call, file);
}

int rename(const char* from, const char* to) noexcept {
  static const auto call = real<int (*)(const char*, const char*)>("rename");
  power().step();
  return call(from, to);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept {
  static const auto call = real<int (*)(int, const char*, int, const char*, unsigned)>("renameat2");
  power().step();
  return call(from_folder, from, to_folder, to, flags);
}

int link(const char* from, const char* to) noexcept {
  static const auto call = real<int (*)(const char*, const char*)>("link");
  power().step();
  return call(from, to);
}

int unlink(const char* path) noexcept {
  static const auto call = real<int (*)(const char*)>("unlink");
  power().step();
  return call(path);
}

int unlinkat(int folder, const char* path, int flags) noexcept {
  static const auto call = real<int (*)(int, const char*, int)>("unlinkat");
  power().step();
  return call(folder, path, flags);
}

int remove(const char* path) noexcept {
  static const auto call = real<int (*)(const char*)>("remove");
  power().step();
  return call(path);
}

}  // extern "C"
