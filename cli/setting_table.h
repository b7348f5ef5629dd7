// Every setting of `genlock serve`, once. Flags and their help, the environment, the keys of the
// file, `genlock config` and its example are made of this table; docs/operations.md names each, and
// a test holds it to that.
//   in the file and the table   on the command line   in the environment
//   sync_interval_ms            --sync-interval-ms    GENLOCK_SYNC_INTERVAL_MS
#pragma once

#include "cli/serve_options.h"
#include "engine/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace genlock::cli {

enum class SettingType { text, choice, number, list };

// A list has any number of texts, everything else at most one; none: it is not set.
struct SettingValue {
  std::vector<std::string> texts;
  std::int64_t number = 0;  // of a number

  bool is_set() const { return !texts.empty(); }
  const std::string& text() const { return texts.front(); }  // REQUIRES: is_set()
  bool operator==(const SettingValue&) const = default;
};

struct Setting {
  std::string_view name;  // snake_case
  SettingType type = SettingType::text;
  std::string_view standard = {};  // the default, as text; "": none
  std::string_view without = {};   // what happens without any, where there is no default
  std::string_view what = {};      // it is for: sentences without the last full stop
  std::string_view example = {};   // a value that can be used, of a list one item
  std::vector<std::string_view> choices = {};
  std::int64_t least = 0, most = 0;  // of a number, both included
  bool required = false;
  // Of a text, and of each item of a list. Empty: any.
  Result<void> (*check)(const std::string& text) = nullptr;
  void (*apply)(ServeOptions& options, const SettingValue& value) = nullptr;

  std::string flag() const;         // "--sync-interval-ms"
  std::string environment() const;  // "GENLOCK_SYNC_INTERVAL_MS"
};

// In the order in which people should read them.
std::span<const Setting> setting_table();
const Setting* find_setting(std::string_view name);
// The setting that somebody may have meant, or null.
const Setting* similar_setting(std::string_view name);

// Checks type and bounds. The message says what is allowed; where it was written is the caller's to
// add. ERRORS: invalid_argument.
Result<SettingValue> read_value(const Setting& setting, const std::vector<std::string>& texts);
// "one of cloud, lan", "a whole number from 100 to 3600000", "text", "a list of texts"
std::string allowed_values(const Setting& setting);

}  // namespace genlock::cli
