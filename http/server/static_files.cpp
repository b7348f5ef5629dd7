#include "http/server/static_files.h"

#include "http/server/file_names.h"
#include "http/server/file_request.h"
#include "http/server/percent.h"
#include "http/server/problem_types.h"
#include "http/server/router.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <vector>

namespace genlock::http {
namespace {

namespace fs = std::filesystem;

constexpr const char* index_name = "index.html";

// For an app that brings all it needs and speaks to its own node alone. Styles may stand in
// elements: component libraries and charts write them there.
constexpr const char* content_security_policy =
    "default-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'";

Error no_app(const fs::path& directory, const std::string& what) {
  return {ErrorCode::not_found,
          "--web " + directory.string() + ": " + what +
              "; build the web app and name the directory that holds its index.html"};
}

// --- addresses ----------------------------------------------------------------------------------

// What belongs to the node itself; no file can be there.
bool is_reserved(std::string_view first_segment) {
  for (std::string_view own : {"api", "problems", "sync", "healthz", "readyz"})
    if (first_segment == own) return true;
  return false;
}

// The parts of a path that a file or the app may have. "/shows/" has the parts of "/shows".
std::optional<std::vector<std::string>> web_segments(std::string_view path) {
  auto segments = decode_path(path);
  if (!segments) return std::nullopt;
  if (!segments->empty() && is_reserved(segments->front())) return std::nullopt;
  if (segments->size() > 1 && segments->back().empty()) segments->pop_back();
  if (!std::ranges::all_of(*segments, is_plain_name)) return std::nullopt;
  return segments;
}

// Does the app itself know what is there?
bool is_app_address(std::string_view path) {
  const auto segments = web_segments(path);
  return segments && (segments->empty() || !has_file_ending(segments->back()));
}

// --- answers ------------------------------------------------------------------------------------

struct Choice {
  const WebFile* file;           // whose bytes are sent
  std::string_view coding = {};  // "" for the file as it is
};

// The one that the client likes best; of those it likes the same Brotli, gzip, the file itself.
Choice choose_variant(const WebFile& file, const Headers& headers) {
  Choice best{&file};
  int most = coding_weight(headers, "identity");
  const auto consider = [&](const WebFile* variant, std::string_view coding) {
    const int weight = variant ? coding_weight(headers, coding) : 0;
    if (weight < most) return;
    best = {variant, coding};
    most = weight;
  };
  consider(file.gzip, "gzip");
  consider(file.brotli, "br");
  return best;
}

HttpResponse refusal(const HttpRequest& request, const Problem& reason) {
  HttpResponse response = problem_response(reason, request.path, request.request_id);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

HttpResponse no_route(const HttpRequest& request) {
  const Problem reason = make_problem("not-found", no_such_route);
  return problem_response(reason, request.path, request.request_id);
}

HttpResponse changed_since(const HttpRequest& request) {
  HttpResponse response =
      refusal(request, make_problem("not-ready",
                                    "this file of the web app was changed since the node started; "
                                    "restart the node to take the new one"));
  response.headers.emplace_back("Retry-After", "30");
  return response;
}

HttpResponse outside_of(const HttpRequest& request, const WebFile& file) {
  const std::string size = std::to_string(file.size());
  HttpResponse response =
      refusal(request, standard_problem(416, "the file has " + size + " bytes"));
  response.headers.emplace_back("Content-Range", "bytes */" + size);
  return response;
}

// A client takes it piece by piece, so a slow one costs two pieces of memory.
Feed pieces_of(DiskFile opened, const std::string& name, const ByteRange& range) {
  auto file = std::make_shared<const DiskFile>(std::move(opened));
  Feed feed;
  feed.length = range.length;
  feed.next = [file, name, at = range.first, end = range.first + range.length](Wake) mutable {
    const auto count = std::min<std::uint64_t>(file_piece_bytes, end - at);
    auto bytes = file->read(at, count);
    if (!bytes || !file->is_unchanged())
      throw std::runtime_error(name + " was changed while it was sent");
    at += count;
    return FeedStep{std::move(*bytes), at < end, at == end};
  };
  return feed;
}

// False if the file on the disk is another one by now.
bool add_bytes(HttpResponse& response, const WebFile& file, const ByteRange& range) {
  if (file.content) {
    response.body = file.content->substr(range.first, range.length);
    return true;
  }
  auto opened = DiskFile::open(file.path);
  if (!opened || opened->stamp() != file.stamp) return false;
  response.feed = std::make_shared<Feed>(pieces_of(std::move(*opened), file.path.string(), range));
  return true;
}

void add_headers(HttpResponse& response, const WebFile& asked, const Choice& chosen) {
  auto& headers = response.headers;
  headers.emplace_back("ETag", chosen.file->etag);
  headers.emplace_back("Cache-Control",
                       asked.is_immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (asked.brotli || asked.gzip) headers.emplace_back("Vary", "Accept-Encoding");
  headers.emplace_back("Content-Security-Policy", content_security_policy);
  headers.emplace_back("Referrer-Policy", "same-origin");
}

void add_range(HttpResponse& response, const ByteRange& range, std::uint64_t size) {
  response.status = 206;
  response.headers.emplace_back("Content-Range",
                                "bytes " + std::to_string(range.first) + "-" +
                                    std::to_string(range.first + range.length - 1) + "/" +
                                    std::to_string(size));
}

HttpResponse file_answer(const WebFile& asked, const HttpRequest& request) {
  const Choice chosen = choose_variant(asked, request.headers);
  const WebFile& file = *chosen.file;
  HttpResponse response;
  add_headers(response, asked, chosen);
  if (has_version(request.headers, file.etag)) {
    response.status = 304;
    return response;
  }
  // Ranges are of GET alone.
  const ByteRange range = request.method == "GET"
                              ? asked_range(request.headers, file.etag, file.size())
                              : ByteRange{ByteRange::Kind::whole, 0, file.size()};
  if (range.kind == ByteRange::Kind::outside) return outside_of(request, file);
  if (!add_bytes(response, file, range)) return changed_since(request);
  response.content_type = asked.content_type;
  response.headers.emplace_back("Accept-Ranges", "bytes");
  if (!chosen.coding.empty()) response.headers.emplace_back("Content-Encoding", chosen.coding);
  if (range.kind == ByteRange::Kind::part) add_range(response, range, file.size());
  return response;
}

}  // namespace

// --- the list -----------------------------------------------------------------------------------

struct StaticFiles::Walk {
  fs::path root;
  const WebLimits& limits;
  std::map<std::string, WebFile, std::less<>> files = {};
  std::size_t entry_count = 0;
  std::uint64_t total_bytes = 0, kept_bytes = 0;

  Error too_large() const {
    return {ErrorCode::too_large,
            "--web " + root.string() + " is too large for a web app: at most " +
                std::to_string(limits.entry_count) + " files and folders of " +
                std::to_string(limits.total_bytes >> 20) +
                " MiB; name the directory that its build made"};
  }

  Result<void> run() {
    std::error_code failure;
    fs::recursive_directory_iterator at(root, failure), end;
    for (; !failure && at != end; at.increment(failure)) {
      if (++entry_count > limits.entry_count) return too_large();
      TRY(visit(at));
    }
    if (!failure) return {};
    return Error{ErrorCode::unavailable,
                 "--web " + root.string() + ": can't read all of it: " + failure.message()};
  }

  Result<void> visit(fs::recursive_directory_iterator& at) {
    std::error_code failure;
    const fs::file_status status = at->symlink_status(failure);
    if (!is_plain_name(at->path().filename().native())) {
      at.disable_recursion_pending();
    } else if (!failure && fs::is_regular_file(status)) {
      TRY(add(at->path()));
    }
    return {};
  }

  Result<void> add(const fs::path& path) {
    std::error_code failure;
    const std::uint64_t size = fs::file_size(path, failure);
    if (!failure && (total_bytes += size) > limits.total_bytes) return too_large();
    const std::uint64_t room = limits.kept_bytes - std::min(limits.kept_bytes, kept_bytes);
    const std::string name = path.lexically_relative(root).generic_string();
    auto loaded = load_web_file(path, name, std::min(limits.kept_file_bytes, room));
    if (!loaded.ok()) return std::move(loaded).error().in("--web");
    if (loaded->content) kept_bytes += loaded->size();
    files.emplace(name, *std::move(loaded));
    return {};
  }
};

Result<void> StaticFiles::check(const fs::path& directory) {
  std::error_code failure;
  if (!fs::is_directory(directory, failure)) return no_app(directory, "there is no such directory");
  const fs::file_status index = fs::symlink_status(directory / index_name, failure);
  if (fs::is_symlink(index))
    return no_app(directory, "its index.html is a symbolic link, and none is followed");
  if (!fs::is_regular_file(index)) return no_app(directory, "there is no index.html in it");
  return {};
}

Result<StaticFiles> StaticFiles::read(const fs::path& directory, const WebLimits& limits) {
  TRY(check(directory));
  std::error_code failure;
  Walk walk{fs::canonical(directory, failure), limits};  // a link to it may be moved on later
  if (failure) return no_app(directory, failure.message());
  TRY(walk.run());
  if (!walk.files.contains(index_name)) return no_app(directory, "there is no index.html in it");
  return StaticFiles(std::move(walk.files));
}

StaticFiles::StaticFiles(std::map<std::string, WebFile, std::less<>> files)
    : files_(std::move(files)) {
  const auto sibling = [&](const std::string& name) {
    const auto found = files_.find(name);
    return found == files_.end() ? nullptr : &found->second;
  };
  for (auto& [name, file] : files_) {
    file.brotli = sibling(name + ".br");
    file.gzip = sibling(name + ".gz");
  }
}

const WebFile* StaticFiles::find(std::string_view path) const {
  const auto segments = web_segments(path);
  if (!segments) return nullptr;
  if (segments->empty()) return &files_.find(index_name)->second;
  if (path.back() == '/') return nullptr;  // that would be a folder
  std::string name;
  for (const std::string& segment : *segments) name += (name.empty() ? "" : "/") + segment;
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : &found->second;
}

HttpResponse StaticFiles::answer(const HttpRequest& request) const {
  if (!web_segments(request.path)) return no_route(request);
  const WebFile* file = find(request.path);
  if (!file && is_app_address(request.path) && accepts_html(request.headers))
    file = &files_.find(index_name)->second;
  if (file) return file_answer(*file, request);
  return refusal(request, make_problem("not-found", "the web app has no such file"));
}

bool StaticFiles::knows(std::string_view path) const { return find(path) || is_app_address(path); }

}  // namespace genlock::http
