// Structured logs: one JSON object a line,
//   {"time":"2026-11-22T18:42:03.114Z","level":"info","msg":"peer
//   connected","peer":"..","rtt_ms":38}
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

enum class LogLevel { debug, info, warning, error, off };
// "debug" "info" "warning" "error" "off"
const char* to_string(LogLevel level);
std::optional<LogLevel> parse_log_level(std::string_view text);

struct LogField {
  std::string_view name;
  std::variant<std::string, std::int64_t, bool> value;
};

class Logger {
 public:
  // Lines below `least` are dropped. `clock` must outlive this.
  Logger(LogLevel least, Clock& clock, std::FILE* out = stderr)
      : least_(least), clock_(clock), out_(out) {}

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
  LogLevel least_;
  Clock& clock_;
  std::FILE* out_;
  std::mutex mutex_;
};

}  // namespace genlock::cli
