#include "cli/setting_table.h"

#include "cli/address.h"
#include "engine/ids.h"
#include "replication/peer_url.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace genlock::cli {
namespace {

constexpr std::size_t max_text_bytes = 4'096;  // a path is no longer
constexpr std::size_t max_list_items = 256;
constexpr std::size_t tolerated_typos = 2;
constexpr std::int64_t mib = 1 << 20;

Result<void> check_address(const std::string& text) {
  TRY(parse_address(text));
  return {};
}

Result<void> check_peer(const std::string& text) {
  TRY(replication::parse_peer_url(text));
  return {};
}

Result<void> check_subscription(const std::string& text) {
  if (text == "all" || StreamId::parse(text)) return {};
  return Error{ErrorCode::invalid_argument, "'" + text + "' is no production's id, and not 'all'"};
}

constexpr std::int64_t longest_ms = 366LL * 24 * 3'600'000;

// "6h" -> 21,600,000; "0" -> 0; nullopt: it is no length of time.
std::optional<std::int64_t> parse_length(const std::string& text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [unit, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || number < 0 || number > longest_ms) return std::nullopt;
  if (number == 0 && unit == end) return 0;
  if (number == 0 || end - unit != 1) return std::nullopt;
  constexpr std::string_view units = "smhd";
  constexpr std::array<std::int64_t, 4> unit_ms{1'000, 60'000, 3'600'000, 86'400'000};
  const auto at = units.find(*unit);
  if (at == units.npos || number > longest_ms / unit_ms[at]) return std::nullopt;
  return number * unit_ms[at];
}

Result<void> check_length(const std::string& text) {
  if (parse_length(text)) return {};
  return Error{ErrorCode::invalid_argument,
               "must be a length of time like 30m, 6h or 1d, up to 366d, or 0, not '" + text + "'"};
}

LogFormat log_format(const std::string& text) {
  if (text == "auto") return is_terminal(stderr) ? LogFormat::text : LogFormat::json;
  return text == "text" ? LogFormat::text : LogFormat::json;
}

LogRequests log_requests(const std::string& text) {
  if (text == "none") return LogRequests::none;
  return text == "failed" ? LogRequests::failed : LogRequests::all;
}

std::vector<Setting> make_table() {
  using enum SettingType;
  std::vector<Setting> table;
  table.push_back({.name = "role",
                   .type = choice,
                   .what = "cloud: where everybody plans; lan: at a venue. A data directory keeps "
                           "the role it was made with",
                   .example = "lan",
                   .choices = {"cloud", "lan"},
                   .required = true,
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.role = value.text() == "cloud" ? Role::cloud : Role::lan;
                   }});
  table.push_back({.name = "data",
                   .what = "Directory of this node's data; made when missing",
                   .example = "/var/lib/genlock",
                   .required = true,
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.data = value.text();
                   }});
  table.push_back({.name = "listen",
                   .without = "127.0.0.1:3000 (cloud), 127.0.0.1:3001 (lan): this machine alone",
                   .what = "HOST:PORT to listen on; port 0 takes a free one. Anybody who reaches "
                           "the port can read and write",
                   .example = "0.0.0.0:3001",
                   .check = check_address,
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.listen = value.text();
                   }});
  table.push_back({.name = "name",
                   .without = "as before, at first the host's name",
                   .what = "What people call this node",
                   .example = "Truck 2",
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.name = value.text();
                   }});
  table.push_back({.name = "peer",
                   .type = list,
                   .without = "it stays alone, until others call",
                   .what = "Nodes to sync with, http(s)://host:port",
                   .example = "https://cloud.example",
                   .check = check_peer,
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.peers = value.texts;
                   }});
  table.push_back({.name = "subscribe",
                   .type = list,
                   .without = "as before, at first the equipment library alone (a cloud node: all)",
                   .what = "Productions to fetch from peers, by id, or 'all'",
                   .example = "all",
                   .check = check_subscription,
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.subscriptions = value.texts;
                   }});
  table.push_back({.name = "sync_interval_ms",
                   .type = number,
                   .standard = "5000",
                   .what = "How often to look for changes where live sync is not possible",
                   .example = "5000",
                   .least = 100,
                   .most = 3'600'000,
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.sync_interval_ms = static_cast<std::uint32_t>(value.number);
                   }});
  table.push_back({.name = "web",
                   .without = "no app; the API is complete without",
                   .what = "Directory of the built web app, with its index.html; read once at the "
                           "start. Serves precompressed .br and .gz beside a file; never hidden "
                           "files or links",
                   .example = "/usr/share/genlock/web",
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.web = value.text();
                   }});
  table.push_back({.name = "log_level",
                   .type = choice,
                   .standard = "info",
                   .what = "The least that is logged",
                   .example = "info",
                   .choices = {"debug", "info", "warning", "error", "off"},
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.log_level = *parse_log_level(value.text());
                   }});
  table.push_back({.name = "log_format",
                   .type = choice,
                   .standard = "auto",
                   .what = "json: an object a line; text: for people; auto: text on a terminal, "
                           "else json",
                   .example = "json",
                   .choices = {"auto", "json", "text"},
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.log_format = log_format(value.text());
                   }});
  table.push_back({.name = "log_requests",
                   .type = choice,
                   .standard = "all",
                   .what =
                       "Which requests get a line in the log. all: health checks and polls only "
                       "when they fail; failed: status 400 and above",
                   .example = "failed",
                   .choices = {"all", "failed", "none"},
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.log_requests = log_requests(value.text());
                   }});
  table.push_back({.name = "backup_dir",
                   .without = "backups/NAME beside the data directory NAME",
                   .what =
                       "Directory of this node's backups, of no other one's; made when missing. "
                       "On another disk it outlives this one",
                   .example = "/mnt/backup/genlock",
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.backup_directory = value.text();
                   }});
  table.push_back({.name = "backup_every",
                   .standard = "6h",
                   .what =
                       "How often a backup is taken; then also before a show is locked and after "
                       "a download. 0: only when somebody asks",
                   .example = "6h",
                   .check = check_length,
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.backup_every_ms = parse_length(value.text()).value_or(0);
                   }});
  table.push_back(
      {.name = "backup_keep",
       .type = number,
       .standard = "28",
       .what = "How many backups stay: the newest ones, and the newest that was verified",
       .example = "28",
       .least = 1,
       .most = 10'000,
       .apply = [](ServeOptions& options, const SettingValue& value) {
         options.backup_keep = static_cast<std::size_t>(value.number);
       }});
  table.push_back({.name = "stable_after",
                   .standard = "1d",
                   .what = "How long a node has held something before it says so in the "
                           "directory, for compaction. 0: it never says",
                   .example = "1d",
                   .check = check_length,
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.stable_after_ms = parse_length(value.text()).value_or(0);
                   }});
  table.push_back({.name = "compact_every",
                   .standard = "0",
                   .what = "How often the log is made smaller behind what every enrolled node has "
                           "acknowledged. 0: never, everything stays in it",
                   .example = "1d",
                   .check = check_length,
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.compact_every_ms = parse_length(value.text()).value_or(0);
                   }});
  table.push_back({.name = "compact_history",
                   .type = choice,
                   .standard = "keep",
                   .what =
                       "Where the events go that compaction takes out of the log. keep: into "
                       "files of history_dir, from which histories and as_of are still answered; "
                       "drop: nowhere, they are gone from this node",
                   .example = "keep",
                   .choices = {"keep", "drop"},
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.keeps_history = value.text() == "keep";
                   }});
  table.push_back({.name = "history_dir",
                   .without = "history/NAME beside the data directory NAME",
                   .what = "Directory of the history files; made when it is needed. Files are only "
                           "added, so it can be copied at any time; backups hold them, too",
                   .example = "/mnt/archive/genlock",
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.history_directory = value.text();
                   }});
  table.push_back({.name = "silent_after",
                   .standard = "14d",
                   .what =
                       "How long compaction may wait for a node before /api/health and /metrics "
                       "say so. 0: they never do",
                   .example = "14d",
                   .check = check_length,
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.silent_after_ms = parse_length(value.text()).value_or(0);
                   }});
  table.push_back({.name = "cache_mib",
                   .type = number,
                   .without = "a twelfth of the machine's memory, 80 to 1280",
                   .what = "Memory for what was read from disk, in MiB",
                   .example = "256",
                   .least = 8,
                   .most = 65'536,
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.cache_bytes = static_cast<std::size_t>(value.number * mib);
                   }});
  table.push_back({.name = "http_workers",
                   .type = number,
                   .standard = "16",
                   .what = "Threads that answer requests; they mostly wait for the disk",
                   .example = "16",
                   .least = 2,
                   .most = 256,
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.http_worker_count = static_cast<unsigned>(value.number);
                   }});
  table.push_back({.name = "http_connections",
                   .type = number,
                   .standard = "4096",
                   .what = "Clients that may be connected at once; each takes an open file",
                   .example = "4096",
                   .least = 16,
                   .most = 60'000,
                   .apply = [](ServeOptions& options, const SettingValue& value) {
                     options.http_connection_count = static_cast<std::size_t>(value.number);
                   }});
  return table;
}

std::string replaced(std::string_view text, char from, char to) {
  std::string made(text);
  std::ranges::replace(made, from, to);
  return made;
}

// Letters to add, leave out or replace to make one of the other (Levenshtein 1966).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replace}));
    }
  }
  return row.back();
}

Error not_allowed(const Setting& setting, const std::string& text) {
  return {ErrorCode::invalid_argument,
          "must be " + allowed_values(setting) + ", not '" + text + "'"};
}

Result<void> check_text(const Setting& setting, const std::string& text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (text.empty()) return Error{ErrorCode::invalid_argument, "must not be empty: leave it out"};
  if (text.size() > max_text_bytes)
    return Error{ErrorCode::invalid_argument, "must be at most 4096 bytes long"};
  if (std::ranges::any_of(text, is_control))
    return Error{ErrorCode::invalid_argument, "must not hold control characters"};
  if (setting.type == SettingType::choice && std::ranges::count(setting.choices, text) == 0)
    return not_allowed(setting, text);
  return setting.check ? setting.check(text) : Result<void>{};
}

}  // namespace

std::string Setting::flag() const { return "--" + replaced(name, '_', '-'); }

std::string Setting::environment() const {
  std::string made = "GENLOCK_";
  for (char c : name) made += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return made;
}

std::span<const Setting> setting_table() {
  static const std::vector<Setting> table = make_table();
  return table;
}

const Setting* find_setting(std::string_view name) {
  const auto found = std::ranges::find(setting_table(), name, &Setting::name);
  return found == setting_table().end() ? nullptr : &*found;
}

const Setting* similar_setting(std::string_view name) {
  if (name.size() > 64) return nullptr;
  const std::string asked = replaced(name, '-', '_');
  const auto distance = [&](const Setting& setting) { return edit_distance(asked, setting.name); };
  const auto nearest = std::ranges::min_element(setting_table(), {}, distance);
  return distance(*nearest) <= tolerated_typos ? &*nearest : nullptr;
}

Result<SettingValue> read_value(const Setting& setting, const std::vector<std::string>& texts) {
  if (texts.size() > max_list_items)
    return Error{ErrorCode::invalid_argument, "must be at most 256 items long"};
  if (setting.type != SettingType::list && texts.size() != 1)
    return Error{ErrorCode::invalid_argument, "must be given once"};
  for (const std::string& text : texts) TRY(check_text(setting, text));
  SettingValue value{texts};
  if (setting.type != SettingType::number) return value;
  const std::string& text = value.text();
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value.number);
  const bool fits = value.number >= setting.least && value.number <= setting.most;
  if (error != std::errc{} || stop != end || !fits) return not_allowed(setting, text);
  return value;
}

std::string allowed_values(const Setting& setting) {
  switch (setting.type) {
    case SettingType::text:
      return "text";
    case SettingType::list:
      return "a list of texts";
    case SettingType::number:
      return "a whole number from " + std::to_string(setting.least) + " to " +
             std::to_string(setting.most);
    case SettingType::choice:
      break;
  }
  std::string list = "one of ";
  for (std::string_view choice : setting.choices)
    list.append(list.size() > 7 ? ", " : "").append(choice);
  return list;
}

}  // namespace genlock::cli
