#include "http/static_files.h"

#include "engine/check.h"
#include "http/percent.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

namespace genlock::http {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, std::string_view>, 14> content_types{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".map", "application/json"},
    {".txt", "text/plain; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
}};

std::string_view content_type_of(const fs::path& path) {
  std::string extension = path.extension().string();
  for (const auto& [known, type] : content_types)
    if (known == extension) return type;
  return "application/octet-stream";
}

std::string etag_of(std::string_view content) {
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  CHECK(EVP_Digest(content.data(), content.size(), hash, &size, EVP_sha256(), nullptr) == 1);
  std::ostringstream out;
  out << '"' << std::hex;
  for (int i = 0; i < 8; ++i) out << (hash[i] >> 4) << (hash[i] & 15);
  out << '"';
  return out.str();
}

// Build tools put a hash into the names below assets/, so these never change.
bool is_immutable(std::string_view path) { return path.starts_with("/assets/"); }

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

Error unreadable(const fs::path& path) {
  return {ErrorCode::unavailable, "can't read " + path.string()};
}

}  // namespace

Result<StaticFiles> StaticFiles::read(const fs::path& directory) {
  StaticFiles files;
  std::error_code failure;
  fs::recursive_directory_iterator at(directory, failure), end;
  if (failure) return Error{ErrorCode::not_found, "there is no web app in " + directory.string()};
  for (; at != end; at.increment(failure)) {
    if (failure) return unreadable(directory);
    bool is_link = at->is_symlink(failure);
    if (is_link || is_hidden(at->path())) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file(failure)) {
      TRY(files.add(directory, at->path()));
    }
  }
  if (!files.files_.contains("/index.html"))
    return Error{ErrorCode::not_found, "there is no index.html in " + directory.string()};
  return files;
}

Result<void> StaticFiles::add(const fs::path& root, const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string content((std::istreambuf_iterator<char>(in)), {});
  if (!in) return unreadable(path);
  total_bytes_ += content.size();
  if (files_.size() == max_files || total_bytes_ > max_total_bytes)
    return Error{ErrorCode::too_large, "too much for a web app in " + root.string()};
  std::string name = "/" + fs::relative(path, root).generic_string();
  std::string etag = etag_of(content);
  files_.emplace(std::move(name), File{std::move(content), content_type_of(path), std::move(etag)});
  return {};
}

const StaticFiles::File& StaticFiles::find(std::string_view path) const {
  std::string name;
  auto segments = decode_path(path);
  if (segments)
    for (const std::string& segment : *segments) name += "/" + segment;
  // A "%2f" is a letter of a name, and no file of ours has one.
  bool is_plain = segments && std::ranges::count(name, '/') == std::ssize(*segments);
  auto found = is_plain ? files_.find(name) : files_.end();
  return found == files_.end() ? files_.find("/index.html")->second : found->second;
}

HttpResponse StaticFiles::answer(const HttpRequest& request) const {
  const File& file = find(request.path);
  HttpResponse response;
  response.headers.emplace_back("ETag", file.etag);
  response.headers.emplace_back("Cache-Control", is_immutable(request.path)
                                                     ? "public, max-age=31536000, immutable"
                                                     : "no-cache");
  if (request.header("If-None-Match") == file.etag) {
    response.status = 304;
    return response;
  }
  response.content_type = file.content_type;
  response.body = file.content;
  return response;
}

}  // namespace genlock::http
