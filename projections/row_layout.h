// Numbers in stored rows: the grammar of projections/stored_row.h in sizes. For its reader and its
// one writer.
#pragma once

#include "engine/ids.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace genlock::row_layout {

inline constexpr std::size_t fixed_bytes = 1 + 1 + 4 + 8 + 8 + 2 + 2 + 4;
inline constexpr std::size_t head_bytes = 16 + 8;
inline constexpr std::size_t gap_bytes = 4 + 1 + 2 + 16 + 8;

static_assert(std::endian::native == std::endian::little,
              "stored rows are written as the machine counts");

template <class Number>
Number read(std::string_view bytes, std::size_t at) {
  Number number{};
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

template <class Number>
void write(std::string& out, Number number) {
  char raw[sizeof number];
  std::memcpy(raw, &number, sizeof number);
  out.append(raw, sizeof raw);
}

inline void write_head(std::string& out, const Dot& head) {
  out.append(head.origin.view());
  write(out, number(head.sequence));
}

}  // namespace genlock::row_layout
