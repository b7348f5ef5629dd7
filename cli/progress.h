// A line that tells how far a long piece of work has come: on a terminal it is redrawn in place,
// elsewhere it says nothing. Goes to stderr, so that results can be piped. Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace genlock::cli {

class Progress {
 public:
  // `what`: "importing". Silent where `quiet`, or where stderr is no terminal.
  explicit Progress(std::string what, bool quiet = false);
  // Wipes the line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `total` 0: not known. Draws ten times a second at most.
  void show(std::uint64_t done, std::uint64_t total, const std::string& unit);

 private:
  std::string what_;
  bool drawn_ = false;
  bool silent_;
  std::chrono::steady_clock::time_point began_, next_;
};

}  // namespace genlock::cli
