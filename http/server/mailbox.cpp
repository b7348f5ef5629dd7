#include "http/server/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace genlock::http {

Mailbox::Mailbox() : bell_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

void Mailbox::post(Outcome outcome) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = posted_.empty();
    posted_.push_back(std::move(outcome));
  }
  if (first) ring();
}

// Fails after 2^64 rings.
void Mailbox::ring() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(bell_.get(), &one, sizeof one);
}

std::vector<Outcome> Mailbox::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(posted_, {});
}

}  // namespace genlock::http
