// Numbers as eight bytes of a given order: one load, which a compiler does not make of a loop.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace genlock {

namespace byte_order_parts {
template <std::endian order>
std::uint64_t turned(std::uint64_t n) {
  return order == std::endian::native ? n : __builtin_bswap64(n);
}
template <std::endian order>
std::uint64_t load(const void* from) {
  std::uint64_t n = 0;
  std::memcpy(&n, from, sizeof n);
  return turned<order>(n);
}
template <std::endian order>
void store(std::uint64_t n, void* to) {
  n = turned<order>(n);
  std::memcpy(to, &n, sizeof n);
}
}  // namespace byte_order_parts

// REQUIRES: eight bytes are there.
inline std::uint64_t load_be64(const void* from) {
  return byte_order_parts::load<std::endian::big>(from);
}
inline std::uint64_t load_le64(const void* from) {
  return byte_order_parts::load<std::endian::little>(from);
}
inline void store_be64(std::uint64_t n, void* to) {
  byte_order_parts::store<std::endian::big>(n, to);
}
inline void store_le64(std::uint64_t n, void* to) {
  byte_order_parts::store<std::endian::little>(n, to);
}

}  // namespace genlock
