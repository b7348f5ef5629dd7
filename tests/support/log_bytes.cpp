#include "support/log_bytes.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace genlock::test {

namespace {

constexpr std::size_t block_bytes = 32'768, header_bytes = 7;
constexpr unsigned full = 1, first = 2, middle = 3, last = 4;

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    table[i] = i;
    for (int bit = 0; bit < 8; ++bit)
      table[i] = (table[i] >> 1) ^ ((table[i] & 1) != 0 ? 0x82f63b78U : 0U);
  }
  return table;
}

// Castagnoli's, masked.
std::uint32_t checksum_of(std::string_view bytes) {
  static constexpr auto table = make_table();
  std::uint32_t sum = ~0U;
  for (const char c : bytes) sum = (sum >> 8) ^ table[(sum ^ static_cast<unsigned char>(c)) & 0xff];
  sum = ~sum;
  return ((sum >> 15) | (sum << 17)) + 0xa282ead8U;
}

unsigned at(std::string_view bytes, std::size_t place) {
  return static_cast<unsigned char>(bytes[place]);
}

void put(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

void add_record(std::string& out, unsigned type, std::string_view payload) {
  std::string body(1, static_cast<char>(type));
  body += payload;
  put(out, checksum_of(body), 4);
  put(out, static_cast<std::uint32_t>(payload.size()), 2);
  out += body;
}

// Of the record at the front of what is left of a block; 0: there is none.
std::size_t record_bytes(std::string_view rest) {
  if (rest.size() < header_bytes) return 0;
  const std::size_t size = header_bytes + at(rest, 4) + (at(rest, 5) << 8);
  if (at(rest, 6) == 0 || size > rest.size()) return 0;
  const std::uint32_t stored =
      at(rest, 0) | at(rest, 1) << 8 | at(rest, 2) << 16 | at(rest, 3) << 24;
  return checksum_of(rest.substr(6, size - 6)) == stored ? size : 0;
}

}  // namespace

void LogBytes::add(std::string_view batch) {
  bool is_first = true, is_last = false;
  std::size_t begin = 0;
  while (!is_last) {
    const std::size_t left = block_bytes - bytes.size() % block_bytes;
    if (left < header_bytes) {
      bytes.append(left, '\0');
      continue;
    }
    if (is_first) begin = bytes.size();
    const std::string_view part = batch.substr(0, left - header_bytes);
    batch.remove_prefix(part.size());
    is_last = batch.empty();
    add_record(bytes, is_first ? (is_last ? full : first) : (is_last ? last : middle), part);
    is_first = false;
  }
  batches.push_back({begin, bytes.size()});
}

std::size_t whole_log_bytes(std::string_view bytes) {
  std::size_t place = 0, whole = 0;
  bool is_within = false;
  while (place < bytes.size()) {
    const std::size_t block_end = std::min(bytes.size(), (place / block_bytes + 1) * block_bytes);
    if (block_end - place < header_bytes) {
      place = block_end;
      continue;
    }
    const std::size_t size = record_bytes(bytes.substr(place, block_end - place));
    const unsigned type = at(bytes, place + 6);
    const bool begins = type == full || type == first;
    if (size == 0 || type > last || begins == is_within) return whole;
    place += size;
    is_within = type == first || type == middle;
    if (!is_within) whole = place;
  }
  return whole;
}

std::string repeated(std::string_view text, std::size_t size) {
  std::string out;
  while (out.size() < size && !text.empty()) out.append(text.substr(0, size - out.size()));
  out.resize(size, '\0');
  return out;
}

}  // namespace genlock::test
