// Shows as files: bundles both ways, and archives out (docs/api.md, section 13).
#include "http/api_problem.h"
#include "http/bundle_json.h"
#include "http/download.h"
#include "http/query.h"
#include "replication/bundle_streams.h"
#include "transfer/archive.h"

namespace genlock::http {
namespace {

using replication::BundleStreams;
using replication::BundleWriter;

constexpr const char* bundle_type = "application/octet-stream";

// A snapshot, and what reads it piece by piece.
template <class Writer>
struct Source {
  std::unique_ptr<Reader> now;
  std::optional<Writer> writer = {};
};

template <class Writer>
std::function<Result<std::string>()> pieces_of(std::shared_ptr<Source<Writer>> source) {
  return [source = std::move(source)] { return source->writer->next(); };
}

Result<StreamId> show_of(const HttpRequest& request) {
  TRY_ASSIGN(const RecordId id, path_id(request));
  return StreamId{id.uuid};
}

Result<HttpResponse> bundle_answer(ApiCore& core, const HttpRequest& request,
                                   std::unique_ptr<Reader> now, BundleStreams streams,
                                   const std::string& name) {
  auto source = std::make_shared<Source<BundleWriter>>();
  TRY_ASSIGN(source->now, replication::whole_for(core.parts.engine.log(), std::move(now), streams,
                                                 core.parts.whole_log));
  source->writer.emplace(core.parts.engine.log(), *source->now,
                         replication::BundleWish{.self = core.parts.engine.identity(),
                                                 .now_ms = core.parts.clock.now(),
                                                 .software = core.parts.version,
                                                 .streams = std::move(streams)});
  return download_answer(core, request, {bundle_type, name, pieces_of(std::move(source))});
}

Result<HttpResponse> bundle_of_show(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(const StreamId show, show_of(request));
  std::unique_ptr<Reader> now = core.parts.store.snapshot();
  TRY_ASSIGN(BundleStreams streams,
             replication::streams_of_show(core.parts.engine.log(), *now, show));
  return bundle_answer(core, request, std::move(now), std::move(streams),
                       show.to_string() + ".bundle");
}

Result<HttpResponse> bundle_for_peer(ApiCore& core, const HttpRequest& request) {
  const std::string peer(request.query_parameters.get("for"));
  if (peer.empty())
    return bad_parameter("for", "required", "must be the id or the name of a node to bring it to");
  std::unique_ptr<Reader> now = core.parts.store.snapshot();
  auto streams = replication::streams_for_peer(core.parts.engine.log(), *now, peer);
  if (!streams.ok() && streams.error().code == ErrorCode::invalid_argument)
    return bad_parameter("for", "format", streams.error().message);
  if (!streams.ok()) return std::move(streams).error();
  return bundle_answer(core, request, std::move(now), *std::move(streams), "genlock.bundle");
}

Result<HttpResponse> archive_of_show(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(const StreamId show, show_of(request));
  auto source = std::make_shared<Source<transfer::ArchiveWriter>>();
  Engine& engine = core.parts.engine;
  TRY_ASSIGN(source->now,
             put_back(engine.log(), core.parts.store.snapshot(), show, core.parts.whole_log));
  TRY_ASSIGN(auto writer,
             transfer::ArchiveWriter::open(engine.log(), engine.projection(), *source->now, show));
  source->writer.emplace(std::move(writer));
  return download_answer(
      core, request,
      {"application/json", show.to_string() + ".archive.json", pieces_of(std::move(source))});
}

Result<HttpResponse> take_bundle(ApiCore& core, const HttpRequest& request) {
  std::string_view rest = request.body;
  auto report = replication::read_bundle(core.parts.engine, core.parts.committer, core.parts.store,
                                         [&](std::size_t size) -> Result<std::string> {
                                           std::string piece(rest.substr(0, size));
                                           rest.remove_prefix(piece.size());
                                           return piece;
                                         });
  if (!report.ok() && report.error().code == ErrorCode::unsupported)
    return Error{ErrorCode::bad_request, report.error().message};
  if (!report.ok()) return std::move(report).error();
  return json_answer(dump(to_json(*report, *core.parts.store.snapshot())));
}

}  // namespace

void add_bundle_routes(Router& router, ApiCore& core) {
  const Reply file{.status = 200, .media_type = bundle_type};
  add_route(
      router, core,
      {.method = "GET",
       .pattern = "/api/productions/{id}/archive",
       .name = "archive_production",
       .tag = "Shows",
       .summary = "The show with its whole history as a file that can be read, and taken back",
       .gives = {{200, "Archive"}},
       .problems = {"compacted", "overloaded"},
       .handler = archive_of_show});
  add_route(router, core,
            {.method = "GET",
             .pattern = "/api/productions/{id}/bundle",
             .name = "bundle_production",
             .tag = "Sync",
             .summary = "What sync would send of a whole show, as a file for another node",
             .gives = {file},
             .problems = {"compacted", "overloaded"},
             .handler = bundle_of_show});
  add_route(router, core,
            {.method = "GET",
             .pattern = "/api/bundle",
             .name = "bundle_for_node",
             .tag = "Sync",
             .summary = "What a node is not known to have, as a file for it",
             .parameters = {"for"},
             .gives = {file},
             .problems = {"not-found", "compacted", "overloaded"},
             .handler = bundle_for_peer});
  add_route(router, core,
            {.method = "POST",
             .pattern = "/api/bundle",
             .name = "take_bundle",
             .tag = "Sync",
             .summary = "Take a bundle, or a part of one",
             .body = BodyRule::bytes,
             .takes = "text",
             .gives = {{200, "BundleReport"}},
             .handler = take_bundle});
}

}  // namespace genlock::http
