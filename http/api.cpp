#include "http/api.h"

#include "http/api_core.h"
#include "http/sync_cursor.h"

#include <algorithm>

namespace genlock::http {

struct Api::Inside {
  explicit Inside(ApiParts parts) : core(std::move(parts)) {}
  ApiCore core;
};

namespace {

// Where the log ends now; nothing where it can't be read, which the handler will notice too.
std::string cursor_now(const ApiCore& core) {
  const Engine& engine = core.parts.engine;
  Result<Position> position = engine.log().last_position(core.parts.store);
  return position.ok() ? format_sync_cursor(engine.identity().origin, *position) : "";
}

bool has_header(const HttpResponse& response, std::string_view name) {
  return std::ranges::any_of(response.headers, [&](const auto& one) { return one.first == name; });
}

// Around every answer. The cursor is taken before the handler reads: a feed from it misses nothing.
HttpResponse with_common_headers(const ApiCore& core, const HttpRequest& request,
                                 const Handler& next) {
  if (auto refused = refused_while_rebuilding(core, request)) return *std::move(refused);
  if (request.path.starts_with("/sync/")) return next(request);
  std::string cursor = cursor_now(core);
  HttpResponse response = next(request);
  add_common_headers(response, std::move(cursor), request.path.starts_with("/api/"));
  return response;
}

}  // namespace

void add_common_headers(HttpResponse& response, std::string cursor, bool is_api) {
  if (!cursor.empty()) response.headers.emplace_back("Sync-Cursor", std::move(cursor));
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  if (is_api && !has_header(response, "Cache-Control"))
    response.headers.emplace_back("Cache-Control", "no-store");
}

Result<std::unique_ptr<Api>> Api::open(ApiParts parts) {
  auto inside = std::make_unique<Inside>(std::move(parts));
  const std::filesystem::path& web = inside->core.parts.web_directory;
  if (!web.empty()) {
    TRY_ASSIGN(inside->core.files, StaticFiles::read(web));
  }
  const ApiParts& given = inside->core.parts;
  TRY_ASSIGN(const Position last, given.engine.log().last_position(given.store));
  std::unique_ptr<Api> api(new Api(std::move(inside)));
  api->note_commit(last);
  return api;
}

Api::Api(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Api::~Api() = default;

void Api::set_wake(std::function<void(std::string_view topic)> wake) {
  inside_->core.live.wake = std::move(wake);
}

void Api::note_commit(Position last) {
  inside_->core.live.commits.note(last, std::chrono::steady_clock::now());
}

Api::FeedCounts Api::feed_counts() const {
  const FeedCounters& counters = inside_->core.live.counters;
  return {counters.clients, counters.rejected};
}

void Api::add_routes(Router& router) {
  ApiCore& core = inside_->core;
  add_row_routes(router, core);
  add_write_routes(router, core);
  add_batch_routes(router, core);
  add_lock_routes(router, core);
  add_conflict_routes(router, core);
  add_bulk_resolve_routes(router, core);
  add_sync_routes(router, core);
  add_history_routes(router, core);
  add_health_routes(router, core);
  add_notice_routes(router, core);
  add_maintenance_routes(router, core);
  add_backup_routes(router, core);
  add_import_routes(router, core);
  add_bundle_routes(router, core);
  add_duplicate_routes(router, core);
  add_undo_routes(router, core);
  add_rewind_routes(router, core);
  add_moment_routes(router, core);
  add_change_routes(router, core);
  add_presence_routes(router, core);
  add_node_routes(router, core);
  add_page_routes(router, core);
  add_docs_routes(router, core);
  router.set_around([&core](const HttpRequest& request, const Handler& next) {
    return with_common_headers(core, request, next);
  });
}

}  // namespace genlock::http
