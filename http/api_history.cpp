// What happened to a show or to a row (docs/api.md, section 10).
#include "http/api_problem.h"
#include "http/query.h"
#include "projections/history.h"

namespace genlock::http {
namespace {

// A history is folded for each answer: one at a time, so that the workers are there for others.
class Turn {
 public:
  explicit Turn(std::atomic<bool>& taken) : taken_(taken), is_mine_(!taken.exchange(true)) {}
  ~Turn() {
    if (is_mine_) taken_ = false;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  explicit operator bool() const { return is_mine_; }

 private:
  std::atomic<bool>& taken_;
  bool is_mine_;
};

Result<ListOptions> read_options(const HttpRequest& request) {
  TRY_ASSIGN(ListOptions options, read_list_options(history_fields(), request));
  if (!request.query_parameters.find("limit")) options.limit = default_history_limit;
  return options;
}

Result<HttpResponse> history(ApiCore& core, const HttpRequest& request, TableId table) {
  TRY_ASSIGN(ListOptions options, read_options(request));
  TRY_ASSIGN(RecordId id, path_id(request));
  Moment moment(core);
  TRY_ASSIGN(ServedRow row, read_row(moment, table, id, true));
  Turn turn(core.history_in_work);
  if (!turn)
    return Error{ErrorCode::unavailable, "another history is being worked out: one at a time"};
  std::optional<RecordKey> record;
  if (table != table::productions) record = row.key;
  TRY_ASSIGN(ServedList list, list_history(moment.context(), row.stream, record, options));
  return list_answer(request, std::move(list));
}

}  // namespace

void add_history_routes(Router& router, ApiCore& core) {
  for (const Table& table : tables()) {
    if (table.collection.empty()) continue;
    std::string name(table.collection);
    add_route(router, core,
              {.method = "GET",
               .pattern = "/api/" + name + "/{id}/history",
               .name = "history_" + name,
               .is_list = true,
               .handler = [id = table.id](ApiCore& c, const HttpRequest& request) {
                 return history(c, request, id);
               }});
  }
}

}  // namespace genlock::http
