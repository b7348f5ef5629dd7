#include "cli/logger.h"

#include "projections/json_text.h"
#include "projections/time_text.h"

#include <array>

namespace genlock::cli {
namespace {

constexpr std::array<const char*, 5> names = {"debug", "info", "warning", "error", "off"};

void append_field(std::string& line, const LogField& field) {
  line += ',';
  append_json_string(line, field.name);
  line += ':';
  if (const auto* text = std::get_if<std::string>(&field.value)) append_json_string(line, *text);
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) append_json(line, *number);
  if (const auto* flag = std::get_if<bool>(&field.value)) append_json(line, *flag);
}

}  // namespace

const char* to_string(LogLevel level) { return names[static_cast<std::size_t>(level)]; }

std::optional<LogLevel> parse_log_level(std::string_view text) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (text == names[i]) return static_cast<LogLevel>(i);
  return std::nullopt;
}

void Logger::write(LogLevel level, std::string_view message,
                   std::initializer_list<LogField> fields) {
  if (level < least_ || least_ == LogLevel::off) return;
  std::string line = R"({"time":")";
  append_time(line, clock_.now());
  line += R"(","level":")";
  line += to_string(level);
  line += R"(","msg":)";
  append_json_string(line, message);
  for (const LogField& field : fields) append_field(line, field);
  line += "}\n";
  std::lock_guard hold(mutex_);
  std::fwrite(line.data(), 1, line.size(), out_);
  std::fflush(out_);
}

}  // namespace genlock::cli
