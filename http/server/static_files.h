// The files of the web app. The directory is walked once, at the start; a request is a look into
// that list and never a path on the disk, so no request can reach beyond the directory.
//
//   found                     the file, its precompressed sibling (x.js.br, x.js.gz), a range of
//   it,
//                             or 304
//   an address of the app     index.html: no file ending, and the client takes HTML
//   anything else             404: a script that is gone must not be answered with a page
#pragma once

#include "engine/result.h"
#include "http/server/message.h"
#include "http/server/web_file.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace genlock::http {

// What a web app may cost: one is some hundred files of a few MiB. Beyond it, it is most likely the
// wrong directory.
struct WebLimits {
  std::size_t entry_count = 4'096;                   // files and folders that are walked over
  std::uint64_t total_bytes = 512 << 20;             // all are hashed at the start
  std::uint64_t kept_file_bytes = file_piece_bytes;  // larger ones are read for each request
  std::uint64_t kept_bytes = 32 << 20;               // in memory, all together
};

class StaticFiles {
 public:
  // Is there an app: a directory with an index.html? Messages name --web and the remedy.
  // ERRORS: not_found.
  static Result<void> check(const std::filesystem::path& directory);
  // Regular files at any depth. Symbolic links are left out, and so are names that begin with a dot
  // and all below them. ERRORS: as check; too_large; unavailable (can't be read).
  static Result<StaticFiles> read(const std::filesystem::path& directory,
                                  const WebLimits& limits = {});

  StaticFiles(StaticFiles&&) = default;
  StaticFiles& operator=(StaticFiles&&) = default;
  StaticFiles(const StaticFiles&) = delete;  // files point to one another
  StaticFiles& operator=(const StaticFiles&) = delete;

  // Of GET and HEAD. Any thread. 503 for a large file that changed since the start.
  HttpResponse answer(const HttpRequest& request) const;
  // Is there a file or an address of the app at this path?
  bool knows(std::string_view path) const;
  std::size_t count() const { return files_.size(); }

 private:
  struct Walk;

  explicit StaticFiles(std::map<std::string, WebFile, std::less<>> files);
  const WebFile* find(std::string_view path) const;

  std::map<std::string, WebFile, std::less<>> files_;  // "assets/app.js"
};

}  // namespace genlock::http
