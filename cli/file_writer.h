// A file that is there whole or not at all: written beside its place, synced, and moved into it.
#pragma once

#include "engine/result.h"

#include <cstdint>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>

namespace genlock::cli {

class FileWriter {
 public:
  explicit FileWriter(std::string path);
  // Without finish() nothing stays.
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  // ERRORS: unavailable.
  Result<void> write(std::string_view bytes);
  // The bytes are on the disk, or the stick, when this returns. ERRORS: unavailable.
  Result<void> finish();
  // Where the bytes are until then, to look at them once more. ERRORS: unavailable.
  Result<std::string> close();
  std::uint64_t size() const { return size_; }

 private:
  Error failed() const { return {ErrorCode::unavailable, "can't write " + path_}; }

  const std::string path_, draft_;
  std::ofstream out_;
  std::uint64_t size_ = 0;
  bool is_finished_ = false;
};

// The bytes of a file, a piece at a time. ERRORS: not_found; of a piece: unavailable.
Result<std::function<Result<std::string>(std::size_t size)>> read_in_pieces(
    const std::string& path);

}  // namespace genlock::cli
