// The file of --config: TOML, one key for each setting, no tables. What a key may be is not judged
// here but in settings.cpp.
#pragma once

#include "engine/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace genlock::cli {

struct FileSetting {
  enum class Kind { text, number, list, other };

  std::string key;
  int line = 0;  // from 1
  Kind kind = Kind::other;
  std::vector<std::string> texts = {};  // of a number its digits; of a list its texts
};

inline constexpr std::size_t max_settings_file_bytes = 1 << 20;

// In the order of the file. ERRORS: not_found, unavailable (it can't be read), too_large,
// bad_request (no TOML), with the file, the line and what to do.
Result<std::vector<FileSetting>> read_settings_file(const std::string& path);
Result<std::vector<FileSetting>> parse_settings(std::string_view text, const std::string& path);

}  // namespace genlock::cli
