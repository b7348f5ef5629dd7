#include "engine/projection.h"

namespace genlock {

void Digest::add(const Digest& hash) {
  low += hash.low;
  high += hash.high + (low < hash.low ? 1 : 0);
}

void Digest::subtract(const Digest& hash) {
  high -= hash.high + (low < hash.low ? 1 : 0);
  low -= hash.low;
}

std::string Digest::to_string() const {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (std::uint64_t half : {high, low}) {
    for (int shift = 60; shift >= 0; shift -= 4) text += digits[half >> shift & 15];
  }
  return text;
}

}  // namespace genlock
