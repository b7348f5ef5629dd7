#include "cli/settings_example.h"

#include "cli/setting_table.h"

namespace genlock::cli {
namespace {

constexpr std::size_t line_bytes = 96;

// `text` as lines that begin with "# ".
std::string comment(std::string text) {
  std::string lines;
  while (text.size() > line_bytes) {
    const std::size_t space = text.rfind(' ', line_bytes);
    if (space == std::string::npos) break;
    lines += "# " + text.substr(0, space) + '\n';
    text.erase(0, space + 1);
  }
  return lines + "# " + text + '\n';
}

std::string assignment(const Setting& setting) {
  const std::string name(setting.name), value(setting.example);
  if (setting.type == SettingType::number) return name + " = " + value + '\n';
  if (setting.type == SettingType::list) return name + " = [\"" + value + "\"]\n";
  return name + " = \"" + value + "\"\n";
}

std::string explanation(const Setting& setting) {
  std::string text = std::string(setting.what) + ".";
  if (setting.type == SettingType::choice || setting.type == SettingType::number)
    text += " Takes " + allowed_values(setting) + ".";
  if (!setting.standard.empty()) text += " Default: " + std::string(setting.standard) + ".";
  if (!setting.without.empty()) text += " Without: " + std::string(setting.without) + ".";
  return text;
}

}  // namespace

std::string settings_example() {
  std::string text = comment(
      "Settings of `genlock serve --config FILE`. A variable of the "
      "environment (GENLOCK_SYNC_INTERVAL_MS) goes before this file, a flag "
      "(--sync-interval-ms) before both. `genlock config --config FILE` "
      "shows what comes of them.");
  for (const Setting& setting : setting_table())
    text +=
        '\n' + comment(explanation(setting)) + (setting.required ? "" : "#") + assignment(setting);
  return text;
}

}  // namespace genlock::cli
