#include "eventlog/history_file.h"

#include "engine/bytes.h"
#include "engine/event_codec.h"
#include "engine/limits.h"
#include "eventlog/file_sum.h"

#include <zstd.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace genlock {

namespace {

constexpr std::string_view family = "GLHIST", magic = "GLHIST01", suffix = ".history.zst";
constexpr std::size_t head_bytes = 8 + 16 + 16, event_head_bytes = 8 + 8 + 8 + 4, sum_bytes = 16;
constexpr std::size_t id_digits = 36, sum_digits = 16;
constexpr int zstd_level = 9;  // written once, seldom and beside all writes

Error damaged(const std::string& what) {
  return {ErrorCode::corruption, "this is no whole history file: " + what};
}

void append_be32(std::string& out, std::uint32_t n) {
  append_be16(out, static_cast<std::uint16_t>(n >> 16));
  append_be16(out, static_cast<std::uint16_t>(n & 0xffff));
}

std::uint32_t read_be32(std::string_view at) {
  return std::uint32_t{read_be16(at)} << 16 | read_be16(at.substr(2));
}

std::string raw_sum(std::string_view content) {
  const std::string hex = file_sum(content);
  std::string raw;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned byte = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
    raw += static_cast<char>(byte);
  }
  return raw;
}

Result<void> check_name(const StreamId& stream, const Dot& dot, std::string_view bytes) {
  TRY_ASSIGN(const EventHeader header, decode_header(bytes));
  if (header.stream == stream && header.dot == dot) return {};
  return Error{ErrorCode::unsupported, "event " + EventId{stream, dot}.to_string() +
                                           " says of itself that it is " +
                                           EventId{header.stream, header.dot}.to_string()};
}

// --- compression --------------------------------------------------------------------------------

Result<std::string> compress(std::string_view content) {
  std::string out(ZSTD_compressBound(content.size()), '\0');
  const std::size_t size =
      ZSTD_compress(out.data(), out.size(), content.data(), content.size(), zstd_level);
  if (ZSTD_isError(size))
    return Error{ErrorCode::unavailable, "a history file can't be compressed"};
  out.resize(size);
  return out;
}

// What a few bytes may claim to be is bounded before anything is reserved for it.
Result<std::string> decompress(std::string_view bytes) {
  const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
    return damaged("it does not begin with a zstd frame that says its size");
  if (size > HistoryFile::max_content_bytes)
    return Error{ErrorCode::too_large,
                 "a history file of " + std::to_string(size) + " bytes; 32 MiB are the most"};
  if (ZSTD_findFrameCompressedSize(bytes.data(), bytes.size()) != bytes.size())
    return damaged("it does not end where its zstd frame does");
  std::string content(size, '\0');
  const std::size_t got =
      ZSTD_decompress(content.data(), content.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(got) || got != size) return damaged("it does not unpack");
  return content;
}

// --- content ------------------------------------------------------------------------------------

class ContentReader {
 public:
  explicit ContentReader(std::string_view content) : left_(content) {}

  Result<HistoryFile> read() {
    TRY(check_ends());
    HistoryFile file;
    left_.remove_prefix(magic.size());
    file.stream = StreamId{Uuid::from_bytes(take(16))};
    file.origin = OriginId{Uuid::from_bytes(take(16))};
    while (!left_.empty()) TRY(read_event(file));
    if (file.events.empty()) return damaged("there is no event in it");
    return file;
  }

 private:
  Result<void> check_ends() {
    if (left_.starts_with(family) && !left_.starts_with(magic))
      return Error{ErrorCode::unsupported,
                   "this history file was written by a newer version of the program"};
    if (!left_.starts_with(magic) || left_.size() < head_bytes + sum_bytes)
      return damaged("it begins otherwise");
    const std::string_view sum = left_.substr(left_.size() - sum_bytes);
    left_.remove_suffix(sum_bytes);
    if (raw_sum(left_) != sum) return damaged("its bytes do not fit their checksum");
    return {};
  }

  std::string_view take(std::size_t size) {
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }

  Result<void> read_event(HistoryFile& file) {
    if (left_.size() < event_head_bytes) return damaged("it ends within an event");
    const Sequence sequence{read_be64(take(8))};
    const Position position{read_be64(take(8))};
    const auto stored_at_ms = static_cast<UnixMs>(read_be64(take(8)));
    const std::size_t size = read_be32(take(4));
    if (size > left_.size() || size > limits::max_event_bytes)
      return damaged("it ends within an event");
    const Sequence before = file.events.empty() ? Sequence::none : file.events.back().dot.sequence;
    if (sequence <= before) return damaged("its events are in no order");
    DroppedEvent event{{file.origin, sequence}, position, stored_at_ms, std::string(take(size))};
    TRY(check_name(file.stream, event.dot, event.bytes));
    file.events.push_back(std::move(event));
    return {};
  }

  std::string_view left_;
};

std::string content_of(const HistoryFile& file) {
  std::string out(magic);
  out.append(file.stream.uuid.view()).append(file.origin.uuid.view());
  for (const DroppedEvent& event : file.events) {
    append_be64(out, number(event.dot.sequence));
    append_be64(out, number(event.position));
    append_be64(out, static_cast<std::uint64_t>(event.stored_at_ms));
    append_be32(out, static_cast<std::uint32_t>(event.bytes.size()));
    out += event.bytes;
  }
  return out;
}

// --- names --------------------------------------------------------------------------------------

// A number in decimal as it is written, and what stands behind it.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  const auto size = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || text.substr(0, size) != std::to_string(n)) return std::nullopt;
  text.remove_prefix(size);
  return n;
}

bool take(std::string_view& text, std::string_view what) {
  const bool is_there = text.starts_with(what);
  if (is_there) text.remove_prefix(what.size());
  return is_there;
}

bool is_sum(std::string_view text) {
  return text.size() == sum_digits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

std::string HistoryFileName::to_string() const {
  return stream.to_string() + "." + range.origin.to_string() + "." +
         std::to_string(number(range.first)) + "-" + std::to_string(number(range.last)) + "." +
         sum + std::string(suffix);
}

std::optional<HistoryFileName> HistoryFileName::parse(std::string_view name) {
  if (name.size() < 2 * id_digits + 1 + suffix.size() || !name.ends_with(suffix))
    return std::nullopt;
  const auto stream = StreamId::parse(name.substr(0, id_digits));
  const auto origin = OriginId::parse(name.substr(id_digits + 1, id_digits));
  std::string_view left = name.substr(2 * id_digits + 1);
  left.remove_suffix(suffix.size());
  if (!stream || !origin || !take(left, ".")) return std::nullopt;
  const auto first = take_number(left);
  if (!first || !take(left, "-")) return std::nullopt;
  const auto last = take_number(left);
  if (!last || !take(left, ".")) return std::nullopt;
  if (!is_sum(left) || *first == 0 || *first > *last) return std::nullopt;
  const HistoryFileName found{
      *stream, {*origin, Sequence{*first}, Sequence{*last}}, std::string(left)};
  return found.to_string() == name ? std::optional(found) : std::nullopt;
}

Result<EncodedHistory> encode(const HistoryFile& file) {
  for (const DroppedEvent& event : file.events)
    TRY(check_name(file.stream, event.dot, event.bytes));
  std::string content = content_of(file);
  content += raw_sum(content);
  if (content.size() > HistoryFile::max_content_bytes)
    return Error{ErrorCode::too_large, "too many events for one history file"};
  const std::string sum = file_sum(std::string_view(content).substr(0, content.size() - sum_bytes));
  const EventRange range{file.origin, file.events.front().dot.sequence,
                         file.events.back().dot.sequence};
  TRY_ASSIGN(std::string bytes, compress(content));
  return EncodedHistory{{file.stream, range, sum.substr(0, sum_digits)}, std::move(bytes)};
}

Result<HistoryFile> decode_history(std::string_view bytes) {
  TRY_ASSIGN(const std::string content, decompress(bytes));
  return ContentReader(content).read();
}

}  // namespace genlock
