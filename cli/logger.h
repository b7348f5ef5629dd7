// Structured logs, one line each. For programs a JSON object:
//   {"time":"2026-11-22T18:42:03.114Z","level":"info","msg":"synced","peer":"..","ms":38}
// For people, in the same order:
//   2026-11-22 18:42:03.114 info     synced peer=.. ms=38
// Fields hold ids, counts and addresses, never what is in a row: logs travel further than shows do.
// Thread-safe; a line is written whole.
#pragma once

#include "engine/clock.h"

#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace genlock::cli {

enum class LogFormat { json, text };

enum class LogLevel { debug, info, warning, error, off };
// "debug" "info" "warning" "error" "off"
const char* to_string(LogLevel level);
std::optional<LogLevel> parse_log_level(std::string_view text);
bool is_terminal(std::FILE* file);

struct LogField {
  std::string_view name;
  std::variant<std::string, std::int64_t, bool> value;
};

class Logger {
 public:
  // Lines below `least` are dropped. `clock` must outlive this.
  Logger(LogLevel least, Clock& clock, std::FILE* out = stderr, LogFormat format = LogFormat::json)
      : least_(least), format_(format), clock_(clock), out_(out) {}

  bool writes(LogLevel level) const { return level >= least_ && least_ != LogLevel::off; }

  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::info, message, fields);
  }
  void warning(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::warning, message, fields);
  }
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::error, message, fields);
  }

 private:
  const LogLevel least_;
  const LogFormat format_;
  Clock& clock_;
  std::FILE* out_;
  std::mutex mutex_;  // keeps lines whole
};

}  // namespace genlock::cli
