// Preloaded into a process (LD_PRELOAD), counts its calls of fdatasync and does at the n-th what
// GENLOCK_SYNC_FAULT says:
//   "before N"  ends the process with SIGKILL, nothing synced by that call
//   "after N"   the same once it is synced, and nobody was told
//   "eio N"     fails it with EIO, once
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace {

enum class Kind { none, before, after, eio };

struct Fault {
  Kind kind = Kind::none;
  long at = 0;

  Fault() {
    const char* text = std::getenv("GENLOCK_SYNC_FAULT");
    if (!text) return;
    if (std::strncmp(text, "before ", 7) == 0) kind = Kind::before, at = std::atol(text + 7);
    if (std::strncmp(text, "after ", 6) == 0) kind = Kind::after, at = std::atol(text + 6);
    if (std::strncmp(text, "eio ", 4) == 0) kind = Kind::eio, at = std::atol(text + 4);
  }
};

}  // namespace

extern "C" int fdatasync(int file) {
  using Call = int (*)(int);
  static const Call real = reinterpret_cast<Call>(::dlsym(RTLD_NEXT, "fdatasync"));
  static const Fault fault;
  static std::atomic<long> calls{0};
  const bool is_due = ++calls == fault.at;
  if (is_due && fault.kind == Kind::before) ::kill(::getpid(), SIGKILL);
  if (is_due && fault.kind == Kind::eio) {
    errno = EIO;
    return -1;
  }
  const int result = real(file);
  if (is_due && fault.kind == Kind::after) ::kill(::getpid(), SIGKILL);
  return result;
}
