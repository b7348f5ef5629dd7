// Settings from flags, the environment and a file, and what is said when they are wrong.
#include "cli/settings.h"

#include "catch.h"
#include "cli/options.h"
#include "cli/settings_example.h"
#include "cli/settings_file.h"
#include "support/places.h"
#include "support/temp_dir.h"

#include <fstream>
#include <sstream>

using namespace genlock;
using namespace genlock::cli;

namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

std::string file_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// A file of --config in a folder of its own.
class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text) { std::ofstream(path()) << text; }
  std::string path() const { return (folder_.path() / "genlock.toml").string(); }
  Settings read(Environment environment = {}) const {
    return read_settings({.config = path(), .given = {}}, environment);
  }
  // The first problem, without the folder.
  std::string problem() const {
    const Settings settings = read();
    if (settings.ok()) return "none";
    const std::string& text = settings.problems.front();
    const std::size_t folder = text.find(folder_.path().string());
    return folder == std::string::npos
               ? text
               : text.substr(0, folder) + text.substr(folder + folder_.path().string().size() + 1);
  }

 private:
  TempDir folder_;
};

const Effective& of(const Settings& settings, std::string_view name) {
  for (const Effective& one : settings.all)
    if (one.setting->name == name) return one;
  FAIL("no setting " << name);
  return settings.all.front();
}

const std::string given = "role = \"lan\"\ndata = \"d\"\n";

}  // namespace

TEST_CASE("a flag goes before the environment, that before the file, that before the default",
          "[cli][settings]") {
  ConfigFile file(given + "name = \"file\"\nlog_level = \"debug\"\nhttp_workers = 4\n");
  const Environment environment = {"GENLOCK_NAME=variable", "GENLOCK_LOG_LEVEL=error",
                                   "GENLOCK_WEB=", "PATH=/bin"};
  const Settings settings =
      read_settings({.config = file.path(), .given = {{"name", {"flag"}}}}, environment);
  INFO(joined(settings.problems));
  REQUIRE(settings.ok());
  REQUIRE(settings.warnings.empty());
  const ServeOptions options = serve_options(settings);
  REQUIRE(options.role == Role::lan);
  REQUIRE(options.name == "flag");
  REQUIRE(options.log_level == LogLevel::error);
  REQUIRE(options.http_worker_count == 4);
  REQUIRE(options.sync_interval_ms == 5'000);
  REQUIRE(of(settings, "name").where == "--name");
  REQUIRE(of(settings, "log_level").where == "GENLOCK_LOG_LEVEL");
  REQUIRE(of(settings, "http_workers").where == file.path() + ":5");
  REQUIRE(of(settings, "sync_interval_ms").source == Source::standard);
  REQUIRE(!of(settings, "web").value.is_set());
}

TEST_CASE("GENLOCK_CONFIG names the file where --config does not", "[cli][settings]") {
  ConfigFile one(given + "name = \"one\"\n"), other(given + "name = \"other\"\n");
  const Environment environment = {"GENLOCK_CONFIG=" + one.path()};
  REQUIRE(serve_options(read_settings({}, environment)).name == "one");
  REQUIRE(serve_options(other.read(environment)).name == "other");
}

TEST_CASE("a list comes from one place as a whole", "[cli][settings]") {
  ConfigFile file(given + "peer = [\"http://a\", \"https://b:1\"]\n");
  REQUIRE(serve_options(file.read()).peers == std::vector<std::string>{"http://a", "https://b:1"});
  REQUIRE(serve_options(file.read({"GENLOCK_PEER=http://c, http://d"})).peers ==
          std::vector<std::string>{"http://c", "http://d"});
  const SettingFlags flags{.config = file.path(), .given = {{"peer", {"http://e"}}}};
  REQUIRE(serve_options(read_settings(flags, {"GENLOCK_PEER=http://c"})).peers ==
          std::vector<std::string>{"http://e"});
  REQUIRE(serve_options(ConfigFile(given + "peer = \"http://a\"").read()).peers.size() == 1);
}

TEST_CASE("what is wrong in a file is told with file, line and remedy", "[cli][settings]") {
  const auto problem = [](const std::string& more) { return ConfigFile(given + more).problem(); };
  REQUIRE(problem("\nsync_intervall_ms = 5") ==
          "genlock.toml:4: sync_intervall_ms: no such setting; did you mean sync_interval_ms?");
  REQUIRE(problem("sync-interval-ms = 500") ==
          "genlock.toml:3: sync-interval-ms: no such setting; did you mean sync_interval_ms?");
  REQUIRE(problem("colour = \"red\"") ==
          "genlock.toml:3: colour: no such setting; `genlock config --example` lists them");
  REQUIRE(problem("[sync]\ninterval_ms = 5").starts_with("genlock.toml:3: sync: no such setting"));
  REQUIRE(problem("sync_interval_ms = 5") ==
          "genlock.toml:3: sync_interval_ms must be a whole number from 100 to 3600000, not '5'");
  REQUIRE(problem("sync_interval_ms = \"500\"") ==
          "genlock.toml:3: sync_interval_ms must be a number without quotes: a whole number from "
          "100 to 3600000");
  REQUIRE(problem("log_level = \"loud\"") ==
          "genlock.toml:3: log_level must be one of debug, info, warning, error, off, not 'loud'");
  REQUIRE(problem("name = 5").starts_with("genlock.toml:3: name must be a text in quotes"));
  REQUIRE(problem("peer = [\"http://a\", 5]")
              .starts_with("genlock.toml:3: peer must be a list of texts in quotes"));
  REQUIRE(problem("peer = [\"ftp://a\"]").starts_with("genlock.toml:3: peer: "));
  REQUIRE(problem("subscribe = [\"Gala\"]").find("no production's id") != std::string::npos);
  REQUIRE(problem("listen = \"here\"").find("write HOST:PORT") != std::string::npos);
  REQUIRE(problem("name = \"\"") == "genlock.toml:3: name must not be empty: leave it out");
  REQUIRE(problem("name = \"a\\nb\"").find("control characters") != std::string::npos);
  REQUIRE(problem("name = \"a\"\nname = \"b\"").starts_with("genlock.toml:4: is no TOML"));
  REQUIRE(problem("name = \"open").starts_with("genlock.toml:3: is no TOML"));
  REQUIRE(problem("x = " + std::string(100'000, '[')).starts_with("genlock.toml:3: is no TOML"));
  REQUIRE(problem("[\nx = 1").starts_with("genlock.toml:3: is no TOML"));
  REQUIRE(problem("name = Bühne").starts_with("genlock.toml:3: is no TOML"));
  REQUIRE(problem("# " + std::string(1 << 20, 'x')).find("larger than 1 MiB") != std::string::npos);
}

TEST_CASE("a file that is not there, or none, is named with the way out", "[cli][settings]") {
  TempDir dir;
  const auto problem = [](const std::string& path) {
    return read_settings({.config = path, .given = {}}, {}).problems.at(0);
  };
  const std::string none = (dir.path() / "none.toml").string();
  REQUIRE(problem(none).find("there is no settings file " + none) != std::string::npos);
  REQUIRE(problem(none).find("genlock config --example") != std::string::npos);
  REQUIRE(problem(dir.path().string()).find("can't be read") != std::string::npos);
}

TEST_CASE("everything that is wrong is told at once, where it was written", "[cli][settings]") {
  const Settings settings =
      read_settings({.config = {}, .given = {{"role", {"boat"}}, {"http-workers", {"1"}}}},
                    {"GENLOCK_SYNC_INTERVAL_MS=often", "GENLOCK_NAMES=x"});
  REQUIRE(settings.problems ==
          std::vector<std::string>{
              "GENLOCK_SYNC_INTERVAL_MS must be a whole number from 100 to 3600000, not 'often'",
              "--role must be one of cloud, lan, not 'boat'",
              "data is missing: give --data, GENLOCK_DATA, or data = \"/var/lib/genlock\" in the "
              "file of --config"});
  REQUIRE(settings.warnings ==
          std::vector<std::string>{"GENLOCK_NAMES in the environment is no setting"});
}

TEST_CASE("numbers keep to their bounds and hold nothing else", "[cli][settings]") {
  const Setting& workers = *find_setting("http_workers");
  REQUIRE(read_value(workers, {"2"}).value().number == 2);
  REQUIRE(read_value(workers, {"256"}).value().number == 256);
  for (const char* text :
       {"1", "257", "-2", "+2", " 2", "2 ", "2.0", "0x2", "two", "99999999999999999999"}) {
    INFO(text);
    REQUIRE(!read_value(workers, {text}).ok());
  }
}

TEST_CASE("every setting has an example that it takes, and a bound, and words", "[cli][settings]") {
  for (const Setting& setting : setting_table()) {
    INFO(setting.name);
    REQUIRE(read_value(setting, {std::string(setting.example)}).ok());
    REQUIRE(setting.apply != nullptr);
    REQUIRE(setting.what.size() > 10);
    REQUIRE(!setting.what.ends_with('.'));
    REQUIRE((setting.required || setting.standard.empty() == !setting.without.empty()));
    if (setting.type == SettingType::number) REQUIRE(setting.least < setting.most);
    REQUIRE(find_setting(setting.name) == &setting);
  }
}

TEST_CASE("the example file is taken as it is, and with everything switched on",
          "[cli][settings]") {
  std::string text = settings_example();
  REQUIRE(ConfigFile(text).problem() == "none");
  for (std::size_t at = text.find("\n#"); at != std::string::npos; at = text.find("\n#", at + 1))
    if (text[at + 2] != ' ') text.erase(at + 1, 1);
  const Settings all = ConfigFile(text).read();
  INFO(joined(all.problems));
  REQUIRE(all.ok());
  for (const Effective& one : all.all) {
    INFO(one.setting->name);
    REQUIRE(one.source == Source::file);
  }
}

TEST_CASE("the command line takes a flag for each setting", "[cli][settings]") {
  std::vector<std::string> words = {"genlock", "serve"};
  for (const Setting& setting : setting_table()) {
    words.push_back(setting.flag());
    words.push_back(std::string(setting.example));
  }
  words.insert(words.end(), {"--peer", "http://second"});
  std::vector<const char*> arguments;
  for (const std::string& word : words) arguments.push_back(word.c_str());
  const CommandLine line =
      parse_command_line(static_cast<int>(arguments.size()), arguments.data(), "0.1.0");
  const Settings settings = read_settings(std::get<ServeCommand>(line).flags, {});
  INFO(joined(settings.problems));
  REQUIRE(settings.ok());
  for (const Effective& one : settings.all) REQUIRE(one.source == Source::flag);
  REQUIRE(serve_options(settings).peers ==
          std::vector<std::string>{"https://cloud.example", "http://second"});
}

TEST_CASE("docs/operations.md names every setting", "[cli][settings][docs]") {
  const std::string page = file_text(project_file("docs/operations.md"));
  for (const Setting& setting : setting_table()) {
    INFO(setting.name);
    REQUIRE(page.find("| `" + std::string(setting.name) + "` |") != std::string::npos);
    if (!setting.standard.empty())
      REQUIRE(page.find(std::string(setting.standard)) != std::string::npos);
  }
}
