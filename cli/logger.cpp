#include "cli/logger.h"

#include "projections/json_text.h"
#include "projections/time_text.h"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace genlock::cli {
namespace {

constexpr std::array<const char*, 5> names = {"debug", "info", "warning", "error", "off"};
constexpr std::size_t message_column = 33;

void append_value(std::string& line, const LogField& field) {
  if (const auto* text = std::get_if<std::string>(&field.value)) append_json_string(line, *text);
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) append_json(line, *number);
  if (const auto* flag = std::get_if<bool>(&field.value)) append_json(line, *flag);
}

// A word needs no quotes: anything else gets those of JSON, so that a line stays a line.
bool is_word(const LogField& field) {
  const auto* text = std::get_if<std::string>(&field.value);
  const auto breaks = [](char c) { return c <= ' ' || c > '~' || c == '"' || c == '\\'; };
  return text && !text->empty() && std::ranges::none_of(*text, breaks);
}

std::string json_line(UnixMs now, LogLevel level, std::string_view message,
                      std::initializer_list<LogField> fields) {
  std::string line = R"({"time":")";
  append_time(line, now);
  line.append(R"(","level":")").append(to_string(level)).append(R"(","msg":)");
  append_json_string(line, message);
  for (const LogField& field : fields) {
    line += ',';
    append_json_string(line, field.name);
    line += ':';
    append_value(line, field);
  }
  return line + "}\n";
}

std::string text_line(UnixMs now, LogLevel level, std::string_view message,
                      std::initializer_list<LogField> fields) {
  std::string line = format_time(now);
  line[line.find('T')] = ' ';
  line.back() = ' ';  // the Z
  line.append(to_string(level));
  line.append(line.size() < message_column ? message_column - line.size() : 1, ' ');
  line += message;
  for (const LogField& field : fields) {
    line.append(" ").append(field.name).append("=");
    is_word(field) ? void(line += std::get<std::string>(field.value)) : append_value(line, field);
  }
  return line + '\n';
}

}  // namespace

const char* to_string(LogLevel level) { return names[static_cast<std::size_t>(level)]; }

std::optional<LogLevel> parse_log_level(std::string_view text) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (text == names[i]) return static_cast<LogLevel>(i);
  return std::nullopt;
}

bool is_terminal(std::FILE* file) { return ::isatty(::fileno(file)) == 1; }

void Logger::write(LogLevel level, std::string_view message,
                   std::initializer_list<LogField> fields) {
  if (!writes(level)) return;
  const auto line_of = format_ == LogFormat::json ? json_line : text_line;
  const std::string line = line_of(clock_.now(), level, message, fields);
  std::lock_guard hold(mutex_);
  std::fwrite(line.data(), 1, line.size(), out_);
  std::fflush(out_);
}

}  // namespace genlock::cli
