// What programs have in common that run seed after seed: `--seeds A..B`, or as many as `--minutes
// N` take.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace genlock::test {

struct SeedRun {
  std::uint64_t first = 1, last = 1;
  std::optional<double> minutes = {};  // from `first` on, whatever `last` says
  std::uint64_t step = 1;              // each so-manieth seed

  static bool is_option(std::string_view name) { return name == "--seeds" || name == "--minutes"; }

  // "7", "1..500", or a number of minutes; false: the value is none.
  bool read(std::string_view name, const std::string& value) {
    char* end = nullptr;
    if (name == "--minutes") {
      minutes = std::strtod(value.c_str(), &end);
      return *end == '\0' && *minutes > 0;
    }
    first = last = std::strtoull(value.c_str(), &end, 10);
    if (std::string_view(end).starts_with("..")) last = std::strtoull(end + 2, &end, 10);
    return end != value.c_str() && *end == '\0' && first <= last;
  }

  // Until `run_one` returns false; then so does this.
  template <class RunOne>
  bool each(const RunOne& run_one) const {
    const auto start = std::chrono::steady_clock::now();
    const auto is_over = [&](std::uint64_t seed) {
      if (!minutes) return seed > last;
      return std::chrono::steady_clock::now() - start >
             std::chrono::duration<double, std::ratio<60>>(*minutes);
    };
    for (std::uint64_t seed = first; !is_over(seed); seed += step)
      if (!run_one(seed)) return false;
    return true;
  }
};

// How often what happened.
inline void print(const std::map<std::string, std::uint64_t>& tally) {
  for (const auto& [what, count] : tally)
    std::printf("%10llu %s\n", static_cast<unsigned long long>(count), what.c_str());
}

}  // namespace genlock::test
