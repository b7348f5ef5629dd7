// CHECK(condition, operands...): a broken invariant is a bug. Prints the condition, the operands
// and the place, and stops the process; in release builds too. Never used for what a caller or a
// peer may send.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

namespace genlock::internal {

template <class T>
void print_operand(std::ostringstream& out, const T& operand) {
  if constexpr (requires { out << operand; }) {
    out << ' ' << operand;
  } else if constexpr (requires { operand.to_string(); }) {
    out << ' ' << operand.to_string();
  } else {
    out << " ?";
  }
}

template <class... Operands>
[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               const Operands&... operands) {
  std::ostringstream out;
  (print_operand(out, operands), ...);
  std::fprintf(stderr, "%s:%d: CHECK failed: %s;%s\n", file, line, condition, out.str().c_str());
  std::abort();
}

}  // namespace genlock::internal

#define CHECK(condition, ...)                                                   \
  do {                                                                          \
    if (!(condition)) [[unlikely]]                                              \
      ::genlock::internal::check_failed(__FILE__, __LINE__,                     \
                                        #condition __VA_OPT__(, ) __VA_ARGS__); \
  } while (false)
