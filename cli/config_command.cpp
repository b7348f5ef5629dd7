// `genlock config`: what a node would be told, and by whom.
#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/settings_example.h"
#include "transfer/json_print.h"

#include <fmt/format.h>

#include <algorithm>

namespace genlock::cli {
namespace {

std::string shown_value(const Effective& effective) {
  if (!effective.value.is_set()) return "-";
  std::string shown;
  for (const std::string& text : effective.value.texts) shown += (shown.empty() ? "" : ", ") + text;
  return shown;
}

std::string shown_source(const Effective& effective) {
  if (effective.source != Source::standard) return effective.where;
  if (effective.value.is_set()) return "default";
  if (effective.setting->required) return "missing";
  return "not set: " + std::string(effective.setting->without);
}

void print_table(const Settings& settings) {
  std::size_t widest = 0;
  for (const Effective& one : settings.all) widest = std::max(widest, shown_value(one).size());
  for (const Effective& one : settings.all)
    fmt::print("{:<18}{:<{}}  {}\n", one.setting->name, shown_value(one),
               std::min<std::size_t>(widest, 40), shown_source(one));
}

Json json_value(const Effective& effective) {
  if (effective.setting->type == SettingType::list) {
    Json list = json_array();
    for (const std::string& text : effective.value.texts) list.items.push_back(json_text(text));
    return list;
  }
  if (!effective.value.is_set()) return Json{};
  if (effective.setting->type == SettingType::number) return json_number(effective.value.number);
  return json_text(effective.value.text());
}

Json json_texts(const std::vector<std::string>& texts) {
  Json list = json_array();
  for (const std::string& text : texts) list.items.push_back(json_text(text));
  return list;
}

void print_json(const Settings& settings) {
  Json all = json_array();
  for (const Effective& one : settings.all)
    all.items.push_back(
        json_object({{"name", json_text(std::string(one.setting->name))},
                     {"value", json_value(one)},
                     {"source", json_text(to_string(one.source))},
                     {"where", one.where.empty() ? Json{} : json_text(one.where)}}));
  fmt::print("{}", pretty(json_object({{"file", settings.file ? json_text(*settings.file) : Json{}},
                                       {"settings", std::move(all)},
                                       {"problems", json_texts(settings.problems)},
                                       {"warnings", json_texts(settings.warnings)}})));
}

}  // namespace

int run_config(const ConfigCommand& command) {
  if (command.example) {
    fmt::print("{}", settings_example());
    return 0;
  }
  const Settings settings = read_settings(command.flags, own_environment());
  if (command.json) {
    print_json(settings);
  } else {
    print_table(settings);
    for (const std::string& warning : settings.warnings) fmt::print(stderr, "note: {}\n", warning);
    report_problems(settings);
  }
  return settings.ok() ? 0 : 1;
}

void report_problems(const Settings& settings) {
  for (const std::string& problem : settings.problems) fmt::print(stderr, "genlock: {}\n", problem);
}

}  // namespace genlock::cli
