#include "eventlog/rocks_diary.h"

#include <array>
#include <cstdarg>
#include <ctime>
#include <system_error>

namespace genlock {

RocksDiary::RocksDiary(const std::filesystem::path& directory) : path_(directory / "LOG") {
  open();
}

RocksDiary::~RocksDiary() {
  if (file_) std::fclose(file_);
}

void RocksDiary::Logv(const char* format, va_list arguments) {
  std::array<char, 4'096> line{};  // longer ones are cut
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  const std::size_t stamp = std::strftime(line.data(), line.size(), "%Y-%m-%dT%H:%M:%SZ ", &utc);
  std::vsnprintf(line.data() + stamp, line.size() - stamp, format, arguments);
  const std::lock_guard lock(mutex_);
  if (bytes_ > max_bytes) open();
  if (!file_) return;
  const int written = std::fprintf(file_, "%s\n", line.data());
  std::fflush(file_);  // on a full disk in vain
  if (written > 0) bytes_ += static_cast<std::size_t>(written);
}

void RocksDiary::open() {
  if (file_) std::fclose(file_);
  std::error_code ignored;
  std::filesystem::rename(path_, path_.string() + ".old", ignored);
  file_ = std::fopen(path_.c_str(), "we");
  bytes_ = 0;
}

}  // namespace genlock
