// A library of ours in every process that starts within the scope, and what it is told.
#pragma once

#include <cstdlib>
#include <string>

namespace genlock::crash {

class Preload {
 public:
  Preload(const std::string& library, std::string variable, const std::string& value)
      : variable_(std::move(variable)) {
    setenv("LD_PRELOAD", library.c_str(), 1);
    setenv(variable_.c_str(), value.c_str(), 1);
    setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 0);
  }
  ~Preload() {
    unsetenv("LD_PRELOAD");
    unsetenv(variable_.c_str());
  }
  Preload(const Preload&) = delete;
  Preload& operator=(const Preload&) = delete;

 private:
  const std::string variable_;
};

}  // namespace genlock::crash
