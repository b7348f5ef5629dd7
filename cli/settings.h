// The settings of `genlock serve`, from wherever they were given: a flag goes before the
// environment, that before the file of --config (GENLOCK_CONFIG), that before the default. Of a
// list, too, one place wins as a whole. All that is wrong is told at once.
//
//   genlock: /etc/genlock.toml:4: sync_intervall_ms: no such setting; did you mean
//   sync_interval_ms?
#pragma once

#include "cli/setting_table.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace genlock::cli {

// As the command line had them.
struct SettingFlags {
  std::optional<std::string> config;
  std::map<std::string, std::vector<std::string>, std::less<>> given;  // by name of the setting
};

// "NAME=value", as the process got them.
using Environment = std::vector<std::string>;
Environment own_environment();

enum class Source { standard, file, environment, flag };
const char* to_string(Source source);  // "default" "file" "environment" "flag"

struct Effective {
  const Setting* setting = nullptr;
  SettingValue value = {};
  Source source = Source::standard;
  std::string where = {};  // "--name", "GENLOCK_NAME", "/etc/genlock.toml:4"; of a default ""
};

struct Settings {
  std::optional<std::string> file;
  std::vector<Effective> all;         // in the order of the table
  std::vector<std::string> problems;  // a node can't start with these
  std::vector<std::string> warnings;  // variables that look like settings and are none

  bool ok() const { return problems.empty(); }
};

Settings read_settings(const SettingFlags& flags, const Environment& environment);

// REQUIRES: settings.ok().
ServeOptions serve_options(const Settings& settings);

}  // namespace genlock::cli
