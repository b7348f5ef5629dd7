#include "transfer/import_writer.h"

#include "transfer/json_print.h"

#include <atomic>
#include <thread>

namespace genlock::transfer {
namespace {

// The same write to the same present state is one command, however often it is sent. What is there
// now is part of the key: a row that was deleted since is another matter.
std::string key_of(const ApiCall& call, const std::string& etag) {
  static const Uuid space = *Uuid::parse("0b8e4d52-7f0c-4a38-8a53-cf1c2a1d94e7");
  std::string name = call.method + '\n' + call.target + '\n' + call.body + '\n' + etag;
  return Uuid::make_v5(space, name).to_string();
}

// Where a row of this table is created.
std::string list_of(const FileRow& row) {
  std::string list = "/api/" + std::string(row.table->collection);
  TableId id = row.table->id;
  if (id != table::sources && id != table::sends && id != table::attachments) return list;
  return "/api/productions/" + text_of(row.json, "production_id") + list.substr(4);
}

std::string body_of(const Planned& planned) {
  if (planned.sort_order.empty()) return dump(planned.row->json);
  Json row = planned.row->json;
  row.members.emplace_back("sort_order", json_text(planned.sort_order));
  return dump(row);
}

std::vector<ApiCall> calls_of(const Planned& planned) {
  const FileRow& row = *planned.row;
  std::string one = "/api/" + std::string(row.table->collection) + '/' + row.id.to_string();
  ApiCall put{"PUT", one, dump(row.json)};
  switch (planned.wish) {
    case Wish::create:
      return {{"POST", list_of(row), body_of(planned)}};
    case Wish::update:
      return {std::move(put)};
    case Wish::restore_and_update:
      return {{"POST", one + "/restore", "{}"}, std::move(put)};
    case Wish::nothing:
      break;
  }
  return {};
}

}  // namespace

// What the threads share: each takes the next row that nobody has.
struct ImportWriter::Work {
  explicit Work(const std::vector<Planned>& planned) : rows(planned), written(planned.size()) {}

  const std::vector<Planned>& rows;
  std::vector<Written> written;
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stopped{false};
};

ImportWriter::ImportWriter(ApiClient& client, const ImportOptions& options)
    : client_(client),
      headers_{{"Genlock-User", percent_encoded(options.user)},
               {"Genlock-Device", percent_encoded(options.device)}},
      cancelled_(options.cancelled) {
  while (more_.size() + 1 < options.connections) {
    auto another = client.another();
    if (!another) break;
    more_.push_back(std::move(another));
  }
}

std::vector<Written> ImportWriter::write(const std::vector<Planned>& rows, bool in_order,
                                         const std::function<void()>& on_progress) {
  Work work(rows);
  std::vector<std::thread> threads;
  if (!in_order)
    for (const auto& client : more_)
      threads.emplace_back([&, raw = client.get()] { work_on(work, *raw, {}); });
  work_on(work, client_, on_progress);
  for (std::thread& thread : threads) thread.join();
  return std::move(work.written);
}

void ImportWriter::work_on(Work& work, ApiClient& client,
                           const std::function<void()>& on_progress) const {
  for (std::size_t i = work.next++; i < work.rows.size(); i = work.next++) {
    if (work.stopped) return;
    if (cancelled_.stop_requested())
      work.written[i].failed = was_cancelled();
    else
      work.written[i] = write_row(client, work.rows[i]);
    if (work.written[i].failed) work.stopped = true;
    if (on_progress) on_progress();
  }
}

Written ImportWriter::write_row(ApiClient& client, const Planned& planned) const {
  for (ApiCall& call : calls_of(planned)) {
    call.headers = headers_;
    call.headers.emplace_back("Idempotency-Key", key_of(call, planned.etag));
    Result<ApiAnswer> answer = client.send(call);
    if (!answer.ok()) return {.failed = answer.error(), .refused = {}};
    if (answer->status >= 500) return {.failed = error_of(*answer), .refused = {}};
    if (!answer->ok()) return {.failed = {}, .refused = reason_of(error_of(*answer))};
  }
  return {};
}

Error was_cancelled() { return {ErrorCode::unavailable, "the import was cancelled"}; }

std::string reason_of(const Error& error) {
  if (error.fields.empty()) return error.message;
  std::string reason;
  for (const FieldError& field : error.fields)
    reason += (reason.empty() ? "" : "; ") + field.pointer + ' ' + field.detail;
  return reason;
}

}  // namespace genlock::transfer
