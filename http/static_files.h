// The files of the web app. All of them are read once, at the start: a request is a look into this
// list and never a path on the disk, so no request can reach beyond the directory.
#pragma once

#include "engine/result.h"
#include "http/message.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace genlock::http {

class StaticFiles {
 public:
  static constexpr std::size_t max_files = 4'096;
  static constexpr std::size_t max_total_bytes = 64 << 20;  // they stay in memory

  // Regular files at any depth; symbolic links and names that begin with a dot are left out.
  // ERRORS: not_found (no such directory, or no index.html in it), too_large, unavailable.
  static Result<StaticFiles> read(const std::filesystem::path& directory);

  // The file at a path, else index.html: addresses of the app are its own business.
  // 304 where the client has it already.
  HttpResponse answer(const HttpRequest& request) const;
  std::size_t count() const { return files_.size(); }

 private:
  struct File {
    std::string content;
    std::string_view content_type;
    std::string etag;
  };

  Result<void> add(const std::filesystem::path& root, const std::filesystem::path& path);
  const File& find(std::string_view path) const;

  std::map<std::string, File, std::less<>> files_;  // "/assets/app.js"
  std::size_t total_bytes_ = 0;
};

}  // namespace genlock::http
