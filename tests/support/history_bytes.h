// History files by hand, as docs/formats/history-files.md has them: for examples, and for what no
// encoder would write. The zstd frame holds its content as it is, so that its bytes are the same
// with every version of zstd.
#pragma once

#include "engine/bytes.h"
#include "eventlog/file_sum.h"
#include "eventlog/history_file.h"

#include <algorithm>
#include <string>

namespace genlock::test {

inline void append_le(std::string& out, std::uint64_t n, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(n >> 8 * i & 0xff));
}

// One frame of raw blocks (RFC 8878).
inline std::string raw_zstd(std::string_view content) {
  constexpr std::size_t block_bytes = 128 << 10;
  std::string frame("\x28\xb5\x2f\xfd\xa0", 5);  // one segment, its size in 4 bytes
  append_le(frame, content.size(), 4);
  do {
    const std::string_view block = content.substr(0, block_bytes);
    content.remove_prefix(block.size());
    append_le(frame, (content.empty() ? 1U : 0U) | block.size() << 3, 3);
    frame += block;
  } while (!content.empty());
  return frame;
}

// All but the sum.
inline std::string history_content(const HistoryFile& file) {
  std::string out = "GLHIST01";
  out.append(file.stream.view()).append(file.origin.view());
  for (const DroppedEvent& event : file.events) {
    append_be64(out, number(event.dot.sequence));
    append_be64(out, number(event.position));
    append_be64(out, static_cast<std::uint64_t>(event.stored_at_ms));
    append_be16(out, static_cast<std::uint16_t>(event.bytes.size() >> 16));
    append_be16(out, static_cast<std::uint16_t>(event.bytes.size() & 0xffff));
    out += event.bytes;
  }
  return out;
}

// A file of `content` with the sum that it should have.
inline std::string sealed_history(std::string_view content) {
  std::string all(content);
  const std::string hex = file_sum(content);
  for (std::size_t i = 0; i < hex.size(); i += 2)
    all.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return raw_zstd(all);
}

}  // namespace genlock::test
