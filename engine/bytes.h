// Compact byte strings for this node's own state: varints and length-prefixed text. Not a wire
// format.
#pragma once

#include "engine/ids.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace genlock {

// Fixed-width big-endian numbers, as keys use them: byte order is number order.
inline void append_be16(std::string& out, std::uint16_t n) {
  out.push_back(static_cast<char>(n >> 8));
  out.push_back(static_cast<char>(n & 0xff));
}
inline void append_be64(std::string& out, std::uint64_t n) {
  char raw[8];
  store_be64(n, raw);
  out.append(raw, 8);
}
inline std::uint16_t read_be16(std::string_view at) {
  return static_cast<std::uint16_t>(static_cast<std::uint8_t>(at[0]) << 8 |
                                    static_cast<std::uint8_t>(at[1]));
}
// REQUIRES: at.size() >= 8.
inline std::uint64_t read_be64(std::string_view at) { return load_be64(at.data()); }

class ByteWriter {
 public:
  void byte(std::uint8_t b) { out_.push_back(static_cast<char>(b)); }
  void varint(std::uint64_t n) {
    while (n >= 0x80) {
      byte(static_cast<std::uint8_t>(n | 0x80));
      n >>= 7;
    }
    byte(static_cast<std::uint8_t>(n));
  }
  // Signed numbers near zero stay short.
  void zigzag(std::int64_t n) {
    varint(static_cast<std::uint64_t>(n) << 1 ^ static_cast<std::uint64_t>(n >> 63));
  }
  void fixed64(std::uint64_t n) {
    char raw[8];
    std::memcpy(raw, &n, 8);
    out_.append(raw, 8);
  }
  void raw(std::string_view bytes) { out_.append(bytes); }
  void text(std::string_view bytes) {
    varint(bytes.size());
    raw(bytes);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// Reads what a ByteWriter wrote. After reading past the end or a malformed number, ok() is false
// and everything read is zero or empty.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : left_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return left_.empty(); }
  std::uint8_t byte() {
    std::string_view b = raw(1);
    return b.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(b[0]);
  }
  std::uint64_t varint() {
    std::uint64_t n = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      std::uint8_t b = byte();
      n |= static_cast<std::uint64_t>(b & 0x7f) << shift;
      if (!(b & 0x80)) return n;
    }
    ok_ = false;
    return 0;
  }
  std::int64_t zigzag() {
    std::uint64_t n = varint();
    return static_cast<std::int64_t>(n >> 1 ^ (~(n & 1) + 1));
  }
  std::uint64_t fixed64() {
    std::string_view b = raw(8);
    std::uint64_t n = 0;
    if (!b.empty()) std::memcpy(&n, b.data(), 8);
    return n;
  }
  std::string_view raw(std::size_t size) {
    if (size > left_.size()) {
      ok_ = false;
      left_ = {};
      return {};
    }
    std::string_view bytes = left_.substr(0, size);
    left_.remove_prefix(size);
    return bytes;
  }
  std::string_view text() { return raw(varint()); }
  Uuid uuid() {
    std::string_view b = raw(16);
    return b.empty() ? Uuid{} : Uuid::from_bytes(b);
  }
  // A count of things of at least `least_bytes` each: bounds what a damaged number can make us
  // reserve.
  std::size_t count(std::size_t least_bytes = 1) {
    std::uint64_t n = varint();
    if (n > left_.size() / least_bytes) {
      ok_ = false;
      left_ = {};
      return 0;
    }
    return n;
  }

 private:
  std::string_view left_;
  bool ok_ = true;
};

}  // namespace genlock
