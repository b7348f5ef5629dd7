#include "engine/etag.h"

#include <algorithm>
#include <array>

// Before base64url:
//   etag  := varint(head count) head* shown_hash
//   head  := origin (16 bytes) varint(sequence)      ascending, each once
//   shown_hash := 8 bytes, big end first
// varint: 7 bits a byte, low bits first, the shortest form only. One value has one text: whatever
// else decodes to it is refused, so that comparing texts and comparing values is the same.
namespace genlock {
namespace {

constexpr std::size_t max_heads = 64;  // concurrent events on one row; more are cut when formatting
constexpr std::size_t max_text = 4096;
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// --- bytes ---------------------------------------------------------------------------------------

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(0x80 | (value & 0x7f)));
  out.push_back(static_cast<char>(value));
}

void put_hash(std::string& out, std::uint64_t hash) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(hash >> shift));
}

// Reads from the front of `rest`; every take is nullopt where the bytes are short or not canonical.
struct Input {
  std::string_view rest;

  std::optional<std::string_view> take(std::size_t count) {
    if (rest.size() < count) return std::nullopt;
    std::string_view taken = rest.substr(0, count);
    rest.remove_prefix(count);
    return taken;
  }

  std::optional<std::uint64_t> take_varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      auto byte = take(1);
      if (!byte) return std::nullopt;
      auto bits = static_cast<std::uint8_t>(byte->front());
      if (shift == 63 && bits > 1) return std::nullopt;  // over 64 bits
      value |= std::uint64_t{bits & 0x7fU} << shift;
      if (bits < 0x80) return bits == 0 && shift > 0 ? std::nullopt : std::optional{value};
    }
    return std::nullopt;
  }
};

std::optional<Dot> take_head(Input& input) {
  auto origin = input.take(16);
  if (!origin) return std::nullopt;
  auto sequence = input.take_varint();
  if (!sequence || *sequence == 0) return std::nullopt;
  return Dot{OriginId{Uuid::from_bytes(*origin)}, Sequence{*sequence}};
}

std::optional<std::uint64_t> take_hash(Input& input) {
  auto bytes = input.take(8);
  if (!bytes) return std::nullopt;
  std::uint64_t hash = 0;
  for (char byte : *bytes) hash = hash << 8 | static_cast<std::uint8_t>(byte);
  return hash;
}

std::optional<ETag> unpack(std::string_view bytes) {
  Input input{bytes};
  auto count = input.take_varint();
  if (!count || *count > max_heads) return std::nullopt;
  ETag etag;
  for (std::uint64_t i = 0; i < *count; ++i) {
    auto head = take_head(input);
    if (!head || (i > 0 && *head <= etag.heads.back())) return std::nullopt;
    etag.heads.push_back(*head);
  }
  auto hash = take_hash(input);
  if (!hash || !input.rest.empty()) return std::nullopt;
  etag.shown_hash = *hash;
  return etag;
}

// --- base64url without padding -------------------------------------------------------------------

std::string to_base64url(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  for (char byte : bytes) {
    bits = bits << 8 | static_cast<std::uint8_t>(byte);
    for (held += 8; held >= 6; held -= 6) text.push_back(alphabet[bits >> (held - 6) & 63]);
  }
  if (held > 0) text.push_back(alphabet[bits << (6 - held) & 63]);
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (char letter : text) {
    std::size_t digit = alphabet.find(letter);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<char>(bits >> held));
  }
  std::uint32_t left_over = bits & ((1U << held) - 1);
  return left_over == 0 ? std::optional{bytes} : std::nullopt;
}

Error no_etag() {
  return {ErrorCode::bad_request,
          "this is no ETag of this service: send back what an answer's ETag header held"};
}

}  // namespace

std::string format(const ETag& etag) {
  std::size_t count = std::min(etag.heads.size(), max_heads);
  std::string bytes;
  put_varint(bytes, count);
  for (std::size_t i = 0; i < count; ++i) {
    bytes += etag.heads[i].origin.view();
    put_varint(bytes, number(etag.heads[i].sequence));
  }
  put_hash(bytes, etag.shown_hash);
  return '"' + to_base64url(bytes) + '"';
}

Result<ETag> parse_etag(std::string_view text) {
  bool quoted = text.size() > 2 && text.front() == '"' && text.back() == '"';
  if (!quoted || text.size() > max_text) return no_etag();
  auto bytes = from_base64url(text.substr(1, text.size() - 2));
  if (!bytes) return no_etag();
  auto etag = unpack(*bytes);
  if (!etag) return no_etag();
  return *std::move(etag);
}

}  // namespace genlock
