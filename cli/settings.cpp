#include "cli/settings.h"

#include "cli/address.h"
#include "cli/settings_file.h"

#include <unistd.h>

#include <algorithm>

namespace genlock::cli {
namespace {

constexpr std::string_view prefix = "GENLOCK_";
constexpr std::string_view config_variable = "GENLOCK_CONFIG";

// By name; an empty one counts as none, as service managers hand them over.
std::map<std::string, std::string> our_variables(const Environment& environment) {
  std::map<std::string, std::string> ours;
  for (const std::string& variable : environment) {
    const std::size_t equals = variable.find('=');
    if (!variable.starts_with(prefix) || equals == std::string::npos) continue;
    if (equals + 1 < variable.size())
      ours[variable.substr(0, equals)] = variable.substr(equals + 1);
  }
  return ours;
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (true) {
    const std::size_t comma = text.find(',');
    items.push_back(trimmed(text.substr(0, comma)));
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

bool fits(const Setting& setting, FileSetting::Kind kind) {
  switch (setting.type) {
    case SettingType::number:
      return kind == FileSetting::Kind::number;
    case SettingType::list:
      return kind == FileSetting::Kind::list || kind == FileSetting::Kind::text;
    case SettingType::text:
    case SettingType::choice:
      return kind == FileSetting::Kind::text;
  }
  return false;
}

const char* spelling(const Setting& setting) {
  if (setting.type == SettingType::number) return "a number without quotes";
  return setting.type == SettingType::list ? "a list of texts in quotes" : "a text in quotes";
}

// Collects what each place says, the weakest place first.
class Reading {
 public:
  Reading() {
    for (const Setting& setting : setting_table()) {
      Effective& made = settings_.all.emplace_back();
      made.setting = &setting;
      if (!setting.standard.empty())
        made.value = read_value(setting, {std::string(setting.standard)}).value();
    }
  }

  void read_file(const std::string& path) {
    settings_.file = path;
    Result<std::vector<FileSetting>> keys = read_settings_file(path);
    if (!keys.ok()) return problem(keys.error().message);
    for (const FileSetting& key : *keys) {
      const std::string where = path + ":" + std::to_string(key.line);
      const Setting* setting = find_setting(key.key);
      if (!setting) {
        problem(where + ": " + key.key + ": no such setting" + suggestion(key.key));
      } else if (!fits(*setting, key.kind)) {
        problem(where + ": " + key.key + " must be " + spelling(*setting) + ": " +
                allowed_values(*setting));
      } else {
        take(*setting, key.texts, Source::file, where, where + ": " + key.key);
      }
    }
  }

  void read_variables(std::map<std::string, std::string> variables) {
    variables.erase(std::string(config_variable));
    for (const Setting& setting : setting_table()) {
      const std::string name = setting.environment();
      const auto found = variables.find(name);
      if (found == variables.end()) continue;
      const bool is_list = setting.type == SettingType::list;
      take(setting, is_list ? split_list(found->second) : std::vector{found->second},
           Source::environment, name, name);
      variables.erase(found);
    }
    for (const auto& [name, value] : variables)
      settings_.warnings.push_back(name + " in the environment is no setting");
  }

  void read_flags(const SettingFlags& flags) {
    for (const Setting& setting : setting_table())
      if (const auto found = flags.given.find(setting.name); found != flags.given.end())
        take(setting, found->second, Source::flag, setting.flag(), setting.flag());
  }

  Settings finish() {
    for (const Effective& effective : settings_.all) {
      const Setting& setting = *effective.setting;
      if (setting.required && !effective.value.is_set() && !was_wrong(setting))
        problem(std::string(setting.name) + " is missing: give " + setting.flag() + ", " +
                setting.environment() + ", or " + std::string(setting.name) + " = \"" +
                std::string(setting.example) + "\" in the file of --config");
    }
    say_where_it_listens();
    return std::move(settings_);
  }

 private:
  void problem(std::string text) { settings_.problems.push_back(std::move(text)); }
  bool was_wrong(const Setting& setting) const { return std::ranges::count(wrong_, &setting) > 0; }

  static std::string suggestion(const std::string& key) {
    const Setting* similar = similar_setting(key);
    if (similar) return "; did you mean " + std::string(similar->name) + "?";
    return "; `genlock config --example` lists them";
  }

  void take(const Setting& setting, const std::vector<std::string>& texts, Source source,
            const std::string& where, const std::string& subject) {
    Result<SettingValue> value = read_value(setting, texts);
    if (!value.ok()) {
      wrong_.push_back(&setting);
      return problem(subject + (value.error().message.starts_with("must") ? " " : ": ") +
                     value.error().message);
    }
    Effective& effective = of(setting.name);
    effective.value = *std::move(value);
    effective.source = source;
    effective.where = where;
  }

  Effective& of(std::string_view name) {
    return *std::ranges::find_if(settings_.all,
                                 [&](const Effective& one) { return one.setting->name == name; });
  }

  // The one default that hangs on another setting.
  void say_where_it_listens() {
    const SettingValue& role = of("role").value;
    SettingValue& listen = of("listen").value;
    if (listen.is_set() || !role.is_set()) return;
    listen.texts = {default_address(role.text() == "cloud" ? Role::cloud : Role::lan)};
  }

  Settings settings_;
  std::vector<const Setting*> wrong_;
};

}  // namespace

Environment own_environment() {
  Environment variables;
  for (char** variable = environ; variable && *variable; ++variable) variables.push_back(*variable);
  return variables;
}

const char* to_string(Source source) {
  switch (source) {
    case Source::standard:
      return "default";
    case Source::file:
      return "file";
    case Source::environment:
      return "environment";
    case Source::flag:
      return "flag";
  }
  return "";
}

Settings read_settings(const SettingFlags& flags, const Environment& environment) {
  std::map<std::string, std::string> variables = our_variables(environment);
  const auto config = variables.find(std::string(config_variable));
  Reading reading;
  if (flags.config) {
    reading.read_file(*flags.config);
  } else if (config != variables.end()) {
    reading.read_file(config->second);
  }
  reading.read_variables(std::move(variables));
  reading.read_flags(flags);
  return reading.finish();
}

ServeOptions serve_options(const Settings& settings) {
  CHECK(settings.ok(), settings.problems.size());
  ServeOptions options;
  for (const Effective& effective : settings.all)
    if (effective.value.is_set()) effective.setting->apply(options, effective.value);
  return options;
}

}  // namespace genlock::cli
