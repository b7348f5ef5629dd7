// Comma-separated text (RFC 4180), as people and Excel write it.
//   separator   a comma; a semicolon, as Excel writes in much of Europe, or a tab: found in the
//               first line, or named by a line "sep=;" before it
//   lines       CR LF, LF or CR; a text in quotes may hold them; lines without anything are passed
//               over
//   bytes       UTF-8, with a byte order mark or without
#pragma once

#include "engine/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace genlock::transfer {

inline constexpr std::size_t max_csv_rows = 20'000;  // a library and ten shows
inline constexpr std::size_t max_csv_columns = 256;  // the crew's widest sheet has 40

struct CsvRow {
  std::size_t line = 0;  // where it begins; the first is 1
  std::vector<std::string> cells;

  bool operator==(const CsvRow&) const = default;
};

// ERRORS: bad_request, with line and column.
Result<std::vector<CsvRow>> parse_csv(std::string_view text);

// One line with its CR LF; what needs quotes gets them.
std::string csv_line(const std::vector<std::string>& cells, char separator);

// A cell that begins with one of = + - @ tab CR LF is a formula to a spreadsheet, whoever wrote it:
// it goes out with an apostrophe before it. Coming in, that is taken away again.
std::string guarded(std::string text);
std::string unguarded(std::string text);

}  // namespace genlock::transfer
