// The API tells about itself: openapi.json and the page that shows it. Each is made when somebody
// first asks for it (it takes 20 ms) and is the same bytes from then on.
#include "http/api_core.h"
#include "http/docs_page.h"
#include "http/openapi.h"
#include "http/server/file_request.h"
#include "http/server/web_file.h"

#include <functional>
#include <memory>
#include <mutex>

namespace genlock::http {
namespace {

struct Document {
  std::function<std::string()> make;
  std::string_view type;
  std::once_flag once = {};
  std::string body = {};
  std::string etag = {};

  void finish() {
    std::call_once(once, [this] {
      body = make();
      etag = content_etag(body);
    });
  }
};

HttpResponse answer(const HttpRequest& request, const Document& document) {
  HttpResponse response;
  response.status = has_version(request.headers, document.etag) ? 304 : 200;
  response.headers.emplace_back("ETag", document.etag);
  response.headers.emplace_back("Cache-Control", "no-cache");  // kept, and asked about each time
  if (response.status == 304) return response;
  response.content_type = document.type;
  response.body = document.body;
  if (document.type.starts_with("text/html"))
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'none'; style-src 'unsafe-inline'; "
                                  "script-src 'unsafe-inline'; connect-src 'self'");
  return response;
}

}  // namespace

void add_docs_routes(Router& router, ApiCore& core) {
  const auto add = [&](std::string pattern, std::string name, std::string summary, Reply reply,
                       std::shared_ptr<Document> document) {
    add_route(router, core,
              {.method = "GET",
               .pattern = std::move(pattern),
               .name = std::move(name),
               .tag = "Documentation",
               .summary = std::move(summary),
               .headers = {"If-None-Match"},
               .gives = {std::move(reply), {304, "", {"ETag"}}},
               .handler = [document](ApiCore&, const HttpRequest& request) -> Result<HttpResponse> {
                 document->finish();
                 return answer(request, *document);
               }});
  };
  const auto openapi = [&core] { return openapi_document(core.routes, core.parts.version); };
  add("/api/openapi.json", "openapi", "This document", {200, "{json}", {"ETag"}},
      std::shared_ptr<Document>(new Document{openapi, "application/json"}));
  add("/api/docs", "docs", "This document as a page for people", {200, "", {"ETag"}, "text/html"},
      std::shared_ptr<Document>(new Document{docs_page, "text/html; charset=utf-8"}));
}

}  // namespace genlock::http
