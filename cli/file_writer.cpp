#include "cli/file_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>

namespace genlock::cli {

FileWriter::FileWriter(std::string path)
    : path_(std::move(path)),
      draft_(path_ + ".new"),
      out_(draft_, std::ios::binary | std::ios::trunc) {}

FileWriter::~FileWriter() {
  std::error_code ignored;
  if (!is_finished_) std::filesystem::remove(draft_, ignored);
}

Result<void> FileWriter::write(std::string_view bytes) {
  out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  size_ += bytes.size();
  return out_ ? Result<void>{} : failed();
}

Result<std::string> FileWriter::close() {
  out_.close();
  if (!out_) return failed();
  return draft_;
}

Result<void> FileWriter::finish() {
  if (out_.is_open()) out_.close();
  const int file = ::open(draft_.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = out_ && file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  is_finished_ = synced && std::rename(draft_.c_str(), path_.c_str()) == 0;
  return is_finished_ ? Result<void>{} : failed();
}

Result<std::function<Result<std::string>(std::size_t size)>> read_in_pieces(
    const std::string& path) {
  const auto in = std::make_shared<std::ifstream>(path, std::ios::binary);
  if (!*in) return Error{ErrorCode::not_found, "can't read " + path};
  return std::function([in, path](std::size_t size) -> Result<std::string> {
    std::string piece(size, '\0');
    in->read(piece.data(), static_cast<std::streamsize>(size));
    if (in->bad()) return Error{ErrorCode::unavailable, "reading " + path + " failed"};
    piece.resize(static_cast<std::size_t>(in->gcount()));
    return piece;
  });
}

}  // namespace genlock::cli
