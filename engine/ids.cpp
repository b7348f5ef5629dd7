#include "engine/ids.h"

#include "engine/check.h"
#include "engine/clock.h"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace genlock {

// UUIDv5 of "library" and "directory" in Genlock's name space ec8c55c3-ba72-5930-9fd9-308976536c10,
// written out so that they exist before any other constant is made. tests/engine/ids_test.cpp
// computes them again.
constinit const StreamId library_stream{{{0x23, 0xfe, 0xf1, 0x47, 0xa6, 0x67, 0x54, 0x11,  //
                                          0xb3, 0x27, 0x9c, 0x4b, 0xd6, 0xb5, 0xd6, 0x56}}};
constinit const StreamId directory_stream{{{0x26, 0x45, 0x84, 0xf7, 0x3a, 0x4b, 0x5e, 0xb1,  //
                                            0xbf, 0xa8, 0xce, 0x73, 0xda, 0x0c, 0x02, 0xda}}};

namespace {

constexpr char digits[] = "0123456789abcdef";
constexpr std::size_t printed_size = 36;

constexpr std::uint8_t no_digit = 0xff;
// 0..15 of a lower-case hexadecimal digit.
constexpr std::array<std::uint8_t, 256> digit_values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::uint8_t value = 0; value < 16; ++value)
    values[static_cast<std::uint8_t>(digits[value])] = value;
  return values;
}();
unsigned digit_value(char c) { return digit_values[static_cast<std::uint8_t>(c)]; }

// Where the two digits of each byte stand.
constexpr std::array<std::uint8_t, 16> byte_places{0,  2,  4,  6,  9,  11, 14, 16,
                                                   19, 21, 24, 26, 28, 30, 32, 34};

// The version stands in the upper half of byte 6, the variant in the upper two bits of byte 8.
void stamp(Uuid& uuid, unsigned version) {
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0fU) | (version << 4));
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3fU) | 0x80U);
}

// A number as it is printed: 1 or more digits, no sign, no leading zero.
std::optional<std::uint64_t> parse_counter(std::string_view text) {
  if (text.empty() || text.front() == '0') return std::nullopt;
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string Uuid::to_string() const {
  std::string text(printed_size, '-');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text[byte_places[i]] = digits[bytes[i] >> 4];
    text[byte_places[i] + 1U] = digits[bytes[i] & 15];
  }
  return text;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != printed_size) return std::nullopt;
  if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return std::nullopt;
  Uuid uuid;
  unsigned seen = 0;  // no_digit has bits that no digit has
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    const unsigned high = digit_value(text[byte_places[i]]),
                   low = digit_value(text[byte_places[i] + 1U]);
    seen |= high | low;
    uuid.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  if (seen > 15) return std::nullopt;
  return uuid;
}

Uuid Uuid::from_bytes(std::string_view raw) {
  Uuid uuid;
  CHECK(raw.size() == uuid.bytes.size(), raw.size());
  std::memcpy(uuid.bytes.data(), raw.data(), raw.size());
  return uuid;
}

Uuid Uuid::make_v4(Random& random) {
  Uuid uuid;
  store_be64(random.next_u64(), uuid.bytes.data());
  store_be64(random.next_u64(), uuid.bytes.data() + 8);
  stamp(uuid, 4);
  return uuid;
}

// OpenSSL looks an algorithm up by name on each use unless it is kept; a context can be used again.
Uuid Uuid::make_v5(const Uuid& space, std::string_view name) {
  struct Free {
    void operator()(EVP_MD* md) const { EVP_MD_free(md); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  static const std::unique_ptr<EVP_MD, Free> sha1(EVP_MD_fetch(nullptr, "SHA1", nullptr));
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  const bool ok = EVP_DigestInit_ex(context.get(), sha1.get(), nullptr) == 1 &&
                  EVP_DigestUpdate(context.get(), space.bytes.data(), space.bytes.size()) == 1 &&
                  EVP_DigestUpdate(context.get(), name.data(), name.size()) == 1 &&
                  EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1;
  CHECK(ok);
  Uuid uuid;
  std::copy_n(hash.begin(), uuid.bytes.size(), uuid.bytes.begin());
  stamp(uuid, 5);
  return uuid;
}

Uuid Uuid::make_v7(std::int64_t unix_ms, Random& random) {
  Uuid uuid;
  const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(unix_ms, 0));
  store_be64(ms << 16 | (random.next_u64() & 0xffff), uuid.bytes.data());
  store_be64(random.next_u64(), uuid.bytes.data() + 8);
  stamp(uuid, 7);
  return uuid;
}

std::string Dot::to_string() const {
  return origin.to_string() + '.' + std::to_string(number(sequence));
}

std::string EventId::to_string() const { return stream.to_string() + '.' + dot.to_string(); }

std::optional<EventId> EventId::parse(std::string_view text) {
  constexpr std::size_t origin_at = printed_size + 1, sequence_at = origin_at + printed_size + 1;
  if (text.size() <= sequence_at) return std::nullopt;
  if (text[origin_at - 1] != '.' || text[sequence_at - 1] != '.') return std::nullopt;
  auto stream = StreamId::parse(text.substr(0, printed_size));
  auto origin = OriginId::parse(text.substr(origin_at, printed_size));
  auto sequence = parse_counter(text.substr(sequence_at));
  if (!stream || !origin || !sequence) return std::nullopt;
  return EventId{*stream, {*origin, Sequence{*sequence}}};
}

}  // namespace genlock
