#include "http/server/web_file.h"

#include "http/server/file_names.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>

namespace genlock::http {
namespace {

// A named pipe that nobody writes to must not hold us up: O_NONBLOCK. Files don't mind.
constexpr int open_flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
constexpr std::int64_t ns_per_s = 1'000'000'000;

// Nothing for what is no regular file.
std::optional<FileStamp> stamp_of(int fd) {
  struct stat now {};
  if (fstat(fd, &now) != 0 || !S_ISREG(now.st_mode)) return std::nullopt;
  return FileStamp{now.st_dev, now.st_ino, static_cast<std::uint64_t>(now.st_size),
                   std::int64_t{now.st_mtim.tv_sec} * ns_per_s + now.st_mtim.tv_nsec};
}

std::string etag_of(XXH128_hash_t hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, hash);
  std::string etag = "\"";
  for (unsigned char byte : canonical.digest) {
    etag += digits[byte / 16];
    etag += digits[byte % 16];
  }
  return etag + '"';
}

}  // namespace

std::optional<DiskFile> DiskFile::open(const std::filesystem::path& path) {
  Descriptor file(::open(path.c_str(), open_flags));
  if (!file.valid()) return std::nullopt;
  const auto stamp = stamp_of(file.get());
  if (!stamp) return std::nullopt;
  return DiskFile(std::move(file), *stamp);
}

bool DiskFile::is_unchanged() const { return stamp_of(file_.get()) == stamp_; }

std::optional<std::string> DiskFile::read(std::uint64_t offset, std::size_t count) const {
  std::string bytes(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    const auto at = static_cast<off_t>(offset + have);
    const ssize_t got = pread(file_.get(), bytes.data() + have, count - have, at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    have += static_cast<std::size_t>(got);
  }
  return bytes;
}

std::string content_etag(std::string_view content) {
  return etag_of(XXH3_128bits(content.data(), content.size()));
}

Result<WebFile> load_web_file(const std::filesystem::path& path, std::string_view name,
                              std::uint64_t keep_bytes) {
  const Error unreadable{ErrorCode::unavailable,
                         "can't read " + path.string() + ", or it is being written to"};
  const auto file = DiskFile::open(path);
  if (!file) return unreadable;
  const std::uint64_t size = file->stamp().size;
  std::string kept;
  XXH3_state_t hash;
  XXH3_128bits_reset(&hash);
  for (std::uint64_t at = 0; at < size; at += file_piece_bytes) {
    const auto piece = file->read(at, std::min<std::uint64_t>(file_piece_bytes, size - at));
    if (!piece) return unreadable;
    XXH3_128bits_update(&hash, piece->data(), piece->size());
    if (size <= keep_bytes) kept += *piece;
  }
  if (!file->is_unchanged()) return unreadable;

  WebFile loaded;
  loaded.path = path;
  loaded.stamp = file->stamp();
  loaded.etag = etag_of(XXH3_128bits_digest(&hash));
  if (size <= keep_bytes) loaded.content = std::move(kept);
  loaded.content_type = content_type_of(name);
  loaded.is_immutable = is_hashed_name(name);
  return loaded;
}

}  // namespace genlock::http
