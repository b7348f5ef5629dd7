// Whole requests to the API of a node that has the small show, as bytes: input = *( head body ).
// Whatever comes, the answer is no 500 and no exception, problems are problem+json, and rows are
// still what folding the log again gives.
#include "eventlog/log.h"
#include "eventlog/log_writer.h"
#include "eventlog/memory_store.h"
#include "fuzz/fuzz.h"
#include "http/api.h"
#include "http/inner_client.h"
#include "http/server/request_head.h"
#include "http/server/router.h"
#include "projections/json.h"
#include "projections/rebuild.h"
#include "projections/row_projection.h"
#include "support/manual_clock.h"
#include "support/places.h"
#include "support/seeded_random.h"
#include "transfer/import.h"

#include <atomic>

using namespace genlock;
using namespace genlock::http;

namespace {

constexpr std::size_t max_requests = 8;

class StepClock : public Clock {
 public:
  UnixMs now() override { return ++now_ms_; }
  bool suspect() const override { return false; }

 private:
  std::atomic<UnixMs> now_ms_{1'795'372'923'000};
};

// Jobs ask for numbers from threads of their own.
class CountingRandom : public Random {
 public:
  std::uint64_t next_u64() override { return SeededRandom(++count_).next_u64(); }

 private:
  std::atomic<std::uint64_t> count_{0};
};

Identity venue() {
  Identity identity;
  identity.node.uuid.bytes[0] = 0xaa;
  identity.origin.uuid.bytes[0] = 0xbb;
  identity.role = Role::lan;
  identity.name = "Truck";
  return identity;
}

struct Node {
  Node() : engine(venue(), log, projection, clock, random), writer(store) {
    mark_version(store).value();
    api = Api::open({.engine = engine,
                     .committer = writer,
                     .store = store,
                     .clock = clock,
                     .random = random})
              .value();
    api->add_routes(router);
  }

  MemoryStore store;
  Log log;
  RowProjection projection{Role::lan};
  StepClock clock;
  CountingRandom random;
  Engine engine;
  LogWriter writer;
  Router router;
  std::unique_ptr<Api> api;
};

// Everything that a node with the show has in its store.
Batch show_batch() {
  Node node;
  InnerClient client(node.router);
  auto file = transfer::read_import_file(test_data("show-small.json")).value();
  CHECK(transfer::import_files(client, {file}, {.connections = 1}).ok());
  Batch batch;
  for (std::size_t n = 0; n < space_count; ++n) {
    auto space = static_cast<Space>(n);
    node.store
        .scan(space, "", "",
              [&](std::string_view key, std::string_view value) {
                batch.at(space).emplace(key, value);
                return true;
              })
        .value();
  }
  return batch;
}

void check_answer(const HttpResponse& answer) {
  CHECK(answer.status >= 200 && answer.status < 600 && answer.status != 500, answer.status,
        answer.body);
  if (answer.long_poll || answer.feed) return;
  if (answer.content_type.starts_with("application/json") ||
      answer.content_type.ends_with("problem+json"))
    CHECK(answer.body.empty() || parse_json(answer.body).ok(), answer.body);
  if (answer.status >= 400) CHECK(answer.content_type == "application/problem+json", answer.status);
  for (const auto& [name, value] : answer.headers)
    CHECK(is_token(name) && is_field_value(value), name, value);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Batch show = show_batch();
  Node node;
  node.store.commit(show, true).value();
  std::string_view rest = fuzz::as_text(data, size);
  bool has_written = false;
  for (std::size_t n = 0; n < max_requests; ++n) {
    HeadScan scan = scan_head(rest, 0);
    if (scan.state != HeadScan::State::complete) break;
    RequestHead head;
    if (parse_head(rest.substr(0, scan.bytes), Limits{}, head)) break;
    rest.remove_prefix(scan.bytes);
    HttpRequest request;
    request.method = head.method;
    request.path = head.path;
    request.query = head.query;
    request.headers = head.headers;
    request.body = rest.substr(0, head.body_bytes);
    request.remote_ip = "127.0.0.1";
    request.request_id = "fuzz-" + std::to_string(n);
    rest.remove_prefix(request.body.size());
    has_written |= request.method != "GET";
    check_answer(node.router.answer(request));
  }
  if (!has_written) return 0;
  Result<VerifyReport> verified = verify(*node.store.snapshot(), node.engine);
  CHECK(verified.ok() && !verified->difference,
        verified.ok() ? *verified->difference : verified.error().message);
  return 0;
}
