// Files of the web app on the disk. Each is opened without following a link, and known again by its
// stamp: what was put in its place, or written into it, since the start is not taken for it.
#pragma once

#include "engine/result.h"
#include "http/server/listener.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace genlock::http {

struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;  // bytes
  std::int64_t modified_ns = 0;

  bool operator==(const FileStamp&) const = default;
};

class DiskFile {
 public:
  // Nothing for what can't be read or is no regular file; a symbolic link is none.
  static std::optional<DiskFile> open(const std::filesystem::path& path);

  const FileStamp& stamp() const { return stamp_; }  // as it was opened
  // Has nobody written into it since?
  bool is_unchanged() const;
  // Nothing if it does not have all these bytes. Any thread.
  std::optional<std::string> read(std::uint64_t offset, std::size_t count) const;

 private:
  DiskFile(Descriptor file, const FileStamp& stamp) : file_(std::move(file)), stamp_(stamp) {}

  Descriptor file_;
  FileStamp stamp_;
};

// One file as it was when it was loaded.
struct WebFile {
  std::filesystem::path path;
  FileStamp stamp;
  std::string etag;                    // strong: XXH3-128 of the content, 32 hex digits in quotes
  std::optional<std::string> content;  // nothing: read from the disk for each request
  std::string_view content_type;
  bool is_immutable = false;
  const WebFile* brotli = nullptr;  // the same content, compressed
  const WebFile* gzip = nullptr;

  std::uint64_t size() const { return stamp.size; }
};

// Reads a file once, in pieces, and keeps its content if it has at most `keep_bytes`. `name` is its
// path below the directory of the web app. ERRORS: unavailable.
Result<WebFile> load_web_file(const std::filesystem::path& path, std::string_view name,
                              std::uint64_t keep_bytes);

// The same ETag for what is in memory.
std::string content_etag(std::string_view content);

// How much of a file is read, and is on its way to a client, at a time.
inline constexpr std::size_t file_piece_bytes = 256 * 1024;

}  // namespace genlock::http
