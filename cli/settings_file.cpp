// The only file that includes toml++.
#include "cli/settings_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// The library asserts what a broken file makes untrue ("[" at the end of a line); without that it
// goes on and reports the fault.
#define TOML_ASSERT(expr) static_cast<void>(0)
#include <toml++/toml.h>

namespace genlock::cli {
namespace {

int line_of(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

FileSetting setting_of(std::string_view key, const toml::node& node) {
  FileSetting made{.key = std::string(key), .line = line_of(node)};
  if (const auto text = node.value_exact<std::string>()) {
    made.kind = FileSetting::Kind::text;
    made.texts = {*text};
  } else if (const auto number = node.value_exact<std::int64_t>()) {
    made.kind = FileSetting::Kind::number;
    made.texts = {std::to_string(*number)};
  } else if (const toml::array* list = node.as_array()) {
    made.kind = FileSetting::Kind::list;
    for (const toml::node& item : *list) {
      const auto item_text = item.value_exact<std::string>();
      if (!item_text) made.kind = FileSetting::Kind::other;
      made.texts.push_back(item_text.value_or(""));
    }
  }
  return made;
}

}  // namespace

Result<std::vector<FileSetting>> read_settings_file(const std::string& path) {
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (!std::filesystem::exists(status))
    return Error{ErrorCode::not_found,
                 "there is no settings file " + path + "; `genlock config --example` prints one"};
  std::ifstream in(path, std::ios::binary);
  if (std::filesystem::is_directory(status) || !in)
    return Error{ErrorCode::unavailable, "the settings file " + path + " can't be read"};
  std::string text(max_settings_file_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_settings(text, path);
}

Result<std::vector<FileSetting>> parse_settings(std::string_view text, const std::string& path) {
  if (text.size() > max_settings_file_bytes)
    return Error{ErrorCode::too_large, path + ": is larger than 1 MiB: no settings file"};
  const toml::parse_result parsed = toml::parse(text, path);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return Error{ErrorCode::bad_request, path + ":" + std::to_string(error.source().begin.line) +
                                             ": is no TOML: " + std::string(error.description())};
  }
  std::vector<FileSetting> settings;
  for (const auto& [key, node] : parsed.table()) settings.push_back(setting_of(key.str(), node));
  std::ranges::stable_sort(settings, {}, &FileSetting::line);
  return settings;
}

}  // namespace genlock::cli
