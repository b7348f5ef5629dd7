// What the handlers of the API share. Internal to http/api*.cpp.
#pragma once

#include "http/api.h"
#include "http/folding_turns.h"
#include "http/import_work.h"
#include "http/jobs.h"
#include "http/keys_in_flight.h"
#include "http/live.h"
#include "http/request_body.h"
#include "http/server/router.h"
#include "http/server/static_files.h"
#include "projections/history.h"
#include "projections/past.h"
#include "projections/queries.h"

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace genlock::http {

struct ApiCore;

// A handler returns what it has to say, or an Error, which becomes a problem (http/api_problem.h).
using ApiHandler = std::function<Result<HttpResponse>(ApiCore&, const HttpRequest&)>;

// What a route answers when all is well.
struct Reply {
  int status = 200;
  std::string shape = {};                      // "Source", "[Source]" (http/shapes.h)
  std::vector<std::string_view> headers = {};  // beyond those of every answer
  std::string_view media_type = "application/json";
};

// One entry of the table of routes. What is said here is served, documented (http/openapi.h) and
// tested (web/test): a route without an entry does not exist, an entry without words is refused.
// Words that are new (shapes, parameters, headers) are added in shape_table.cpp and
// openapi_words.cpp.
struct ApiRoute {
  std::string method;
  std::string pattern;
  std::string name;           // the operationId, also for logs and metrics
  std::string_view tag = {};  // its chapter of the documentation
  std::string summary = {};   // one line
  BodyRule body = BodyRule::none;
  std::string takes = {};                         // shape of the body; empty: no body
  std::vector<std::string_view> parameters = {};  // of the query; any other is 400
  bool is_list = false;                           // reads its parameters itself
  std::span<const Field> filters = {};            // of a list
  std::vector<std::string_view> headers = {};     // beyond Idempotency-Key, which all writes take
  std::vector<Reply> gives = {};
  std::vector<std::string_view> problems = {};  // beyond those that its form brings with it
  ApiHandler handler = {};
};

// Files that are made while they are sent (http/download.h); each holds one moment of the store.
inline constexpr std::size_t max_downloads = 4;

struct ApiCore {
  explicit ApiCore(ApiParts given)
      : parts(std::move(given)),
        jobs(std::make_shared<JobRegistry>(parts.clock, parts.random, parts.disk_full)),
        live(parts.live) {}

  ApiParts parts;
  KeysInFlight keys;
  std::shared_ptr<JobRegistry> jobs;  // shared with workers that may outlive the API
  std::optional<StaticFiles> files;   // of the web app
  FoldingTurns folding;
  HistoryCache history;  // both for who has the turn
  PastCache past;
  std::deque<ApiRoute> routes;  // the table, in the order of add_route
  Live live;
  FeedSlots downloads{max_downloads};
  ImportWork import_work;  // last: what runs uses all of the above

  NodeId self() const { return parts.engine.identity().node; }
};

// One moment of the store. Everything in one answer is read from one of these.
class Moment {
 public:
  explicit Moment(const ApiCore& core)
      : reader_(core.parts.store.snapshot()),
        context_{*reader_, core.parts.engine.log(), core.parts.clock.now()} {}
  // Of another time (http/as_of.h).
  Moment(const ApiCore& core, std::unique_ptr<PastReader> past, UnixMs then)
      : reader_(std::move(past)),
        context_{*reader_, core.parts.engine.log(), then},
        is_past_(true) {}

  const Reader& reader() const { return *reader_; }
  const ReadContext& context() const { return context_; }
  UnixMs now_ms() const { return context_.now_ms; }
  bool is_past() const { return is_past_; }

 private:
  std::unique_ptr<Reader> reader_;
  ReadContext context_;
  bool is_past_ = false;
};

// Puts `route` into the table and the router. Around the handler: the form of the body,
// Idempotency-Key, parameters, errors, in the order of docs/api.md, section 7.
// Its words are checked when the document is made: std::logic_error from Api::add_routes.
void add_route(Router& router, ApiCore& core, ApiRoute route);

// One function for each group of routes.
void add_row_routes(Router& router, ApiCore& core);
void add_write_routes(Router& router, ApiCore& core);
void add_batch_routes(Router& router, ApiCore& core);
void add_lock_routes(Router& router, ApiCore& core);
void add_conflict_routes(Router& router, ApiCore& core);
void add_bulk_resolve_routes(Router& router, ApiCore& core);
void add_sync_routes(Router& router, ApiCore& core);
void add_compare_routes(Router& router, ApiCore& core);
void add_history_routes(Router& router, ApiCore& core);
void add_health_routes(Router& router, ApiCore& core);
void add_notice_routes(Router& router, ApiCore& core);
void add_maintenance_routes(Router& router, ApiCore& core);
void add_backup_routes(Router& router, ApiCore& core);
void add_bundle_routes(Router& router, ApiCore& core);
void add_duplicate_routes(Router& router, ApiCore& core);
void add_undo_routes(Router& router, ApiCore& core);
void add_rewind_routes(Router& router, ApiCore& core);
void add_moment_routes(Router& router, ApiCore& core);
void add_import_routes(Router& router, ApiCore& core);  // the router outlives the API
void add_change_routes(Router& router, ApiCore& core);
void add_presence_routes(Router& router, ApiCore& core);
void add_node_routes(Router& router, ApiCore& core);
void add_page_routes(Router& router, ApiCore& core);  // /, /problems, files of the web app
// /api/openapi.json and /api/docs, about the routes that are in the table by then and themselves.
void add_docs_routes(Router& router, ApiCore& core);

// 503 for a write that would have to wait until the rows are made anew.
std::optional<HttpResponse> refused_while_rebuilding(const ApiCore& core,
                                                     const HttpRequest& request);

// The chapter of the documentation that a table stands in.
std::string_view tag_of(const Table& table);
// Headers of routes that edit, and of those that edit one row.
inline const std::vector<std::string_view> edit_headers{"Genlock-User", "Genlock-Device"};
inline const std::vector<std::string_view> version_headers{"Genlock-User", "Genlock-Device",
                                                           "If-Match", "Base-Version", "Prefer"};
// What every answer of the API carries. `cursor` was taken before the data was read; empty:
// unknown.
void add_common_headers(HttpResponse& response, std::string cursor, bool is_api);

// --- answers ------------------------------------------------------------------------------------

HttpResponse json_answer(std::string body, int status = 200);
// With its ETag.
HttpResponse row_answer(ServedRow row, int status = 200);
// As of another time without.
HttpResponse row_answer(const Moment& moment, ServedRow row);
// A list, with a Link to its next page.
HttpResponse list_answer(const HttpRequest& request, ServedList list);
// "/api/sources/018f.."
std::string path_of(const RecordKey& key);
// The id in the path. ERRORS: not_found for what is no UUID.
Result<RecordId> path_id(const HttpRequest& request);
// ERRORS: not_found; gone, unless gone ones were asked for.
Result<ServedRow> read_row(const Moment& moment, TableId table, RecordId id, bool gone_too);

}  // namespace genlock::http
