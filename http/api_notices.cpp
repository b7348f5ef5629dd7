// What a person must hear of and confirm (docs/api.md, section 11).
#include "http/api_core.h"
#include "http/notice_json.h"
#include "projections/json_text.h"

namespace genlock::http {
namespace {

void append_time(std::string& out, UnixMs ms) {
  append_json(out, ColumnType::time, ms == 0 ? Value{} : Value{std::int64_t{ms}});
}

Result<HttpResponse> list(ApiCore& core, const HttpRequest&) {
  TRY_ASSIGN(const std::vector<Notice> all, notices(Moment(core).reader()));
  return json_answer(notices_json(all));
}

Result<HttpResponse> acknowledge(ApiCore& core, const HttpRequest& request) {
  TRY(read_body(request, BodyRule::none));
  TRY_ASSIGN(const RecordId id, path_id(request));
  std::optional<Notice> notice;
  const UnixMs now = core.parts.clock.now();
  TRY(core.parts.committer.run([&](Overlay& overlay) -> Result<void> {
    TRY_ASSIGN(notice, acknowledge_notice(overlay, id.uuid, now));
    return {};
  }));
  if (!notice) return Error{ErrorCode::not_found, "there is no such notice"};
  return json_answer(notice_json(*notice));
}

}  // namespace

std::string notice_json(const Notice& notice) {
  std::string out = "{\"id\":\"" + notice.id.to_string() + "\",\"kind\":\"" +
                    to_string(notice.kind) + "\",\"at\":";
  append_time(out, notice.at_ms);
  out += ",\"origin\":\"" + notice.origin.to_string() + "\",\"stream\":";
  out += notice.stream.uuid.is_nil() ? "null" : "\"" + notice.stream.to_string() + "\"";
  out += ",\"events\":" + std::to_string(notice.events) + ",\"what\":";
  append_json_string(out, what_of(notice.kind));
  out += ",\"detail\":";
  if (notice.detail.empty()) {
    out += "null";
  } else {
    append_json_string(out, notice.detail);
  }
  out += ",\"remedy\":";
  append_json_string(out, remedy_of(notice.kind));
  out += ",\"acknowledged_at\":";
  append_time(out, notice.acknowledged_ms);
  return out + "}";
}

std::string notices_json(const std::vector<Notice>& notices) {
  std::string out = "[";
  for (const Notice& notice : notices) out += (out.size() > 1 ? "," : "") + notice_json(notice);
  return out + "]";
}

Result<std::vector<Notice>> open_notices(const Reader& reader) {
  TRY_ASSIGN(std::vector<Notice> all, notices(reader));
  std::erase_if(all, [](const Notice& notice) { return notice.acknowledged_ms != 0; });
  return all;
}

void add_notice_routes(Router& router, ApiCore& core) {
  add_route(router, core,
            {.method = "GET",
             .pattern = "/api/notices",
             .name = "list_notices",
             .tag = "The node",
             .summary = "What happened to this node's data, the latest first",
             .gives = {{200, "[Notice]"}},
             .handler = list});
  add_route(router, core,
            {.method = "POST",
             .pattern = "/api/notices/{id}/acknowledge",
             .name = "acknowledge_notice",
             .tag = "The node",
             .summary = "Confirm that somebody has read a notice",
             .gives = {{200, "Notice"}},
             .handler = acknowledge});
}

}  // namespace genlock::http
