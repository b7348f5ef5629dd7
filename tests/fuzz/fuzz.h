// A fuzz target: one function that takes any bytes, and must neither crash nor break a law that it
// states with CHECK. libFuzzer runs it (./dev fuzz); so does replay_main.cpp, in ctest, on the
// corpus and on drawn changes of it.
#pragma once

#include "engine/check.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace genlock::fuzz {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Reads an input from its front; behind its end there are zeros.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  std::uint16_t number() {
    unsigned low = byte();
    return static_cast<std::uint16_t>(low | (unsigned{byte()} << 8U));
  }
  // Two bytes of length, and as many bytes as there are.
  std::string_view part() {
    std::size_t length = number();
    std::string_view found = rest_.substr(0, length);
    rest_.remove_prefix(found.size());
    return found;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace genlock::fuzz
