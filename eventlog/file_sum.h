// XXH3-128 as 32 hex digits, of bytes that come piece by piece: finds damage, not malice.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace genlock {

class FileSum {
 public:
  FileSum();
  ~FileSum();
  FileSum(const FileSum&) = delete;
  FileSum& operator=(const FileSum&) = delete;

  void add(std::string_view piece);
  std::string finish() const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

std::string file_sum(std::string_view bytes);

}  // namespace genlock
