#include "api_node.h"

#include "engine/compaction.h"
#include "engine/event_codec.h"
#include "engine/ingest.h"
#include "eventlog/log.h"
#include "eventlog/log_writer.h"
#include "http/guarded_server.h"
#include "projections/rebuild.h"
#include "projections/row_projection.h"
#include "raw_client.h"

#include <atomic>
#include <cstdlib>

namespace genlock::http {
namespace {

// Moves on by a millisecond with each look, so that no two events are of one time.
class StepClock : public Clock {
 public:
  UnixMs now() override { return ++now_ms_; }
  bool suspect() const override { return false; }
  void move(UnixMs by_ms) { now_ms_ += by_ms; }
  UnixMs peek() const { return now_ms_; }

 private:
  std::atomic<UnixMs> now_ms_{1'795'372'923'000};  // 2026-11-22T18:42:03Z
};

class SharedRandom : public Random {
 public:
  explicit SharedRandom(std::uint64_t seed) : state_(seed << 32) {}
  std::uint64_t next_u64() override {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

 private:
  std::atomic<std::uint64_t> state_;
};

Identity identity_of(const ApiNode::Options& options) {
  Identity identity;
  identity.node.uuid.bytes[0] = 0xaa;
  identity.node.uuid.bytes[15] = options.number;
  identity.origin.uuid.bytes[0] = static_cast<std::uint8_t>(0xb0 + options.number);
  identity.origin.uuid.bytes[15] = options.number;
  identity.role = options.role;
  identity.name = "Truck " + std::to_string(options.number);
  return identity;
}

std::string text_of(const Json* json) {
  if (!json) return "(none)";
  return json->is(Json::Kind::text) ? json->text : genlock::dump(*json);
}

}  // namespace

// --- Answer -------------------------------------------------------------------------------------

const Json* find_at(const Json& json, std::string_view pointer) {
  const Json* at = &json;
  while (at && !pointer.empty()) {
    pointer.remove_prefix(1);
    std::string_view key = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(key.size());
    if (at->is(Json::Kind::array)) {
      std::size_t index = std::strtoul(std::string(key).c_str(), nullptr, 10);
      at = index < at->items.size() ? &at->items[index] : nullptr;
    } else {
      at = at->find(key);
    }
  }
  return at;
}

std::string Answer::header(const std::string& name) const {
  auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

std::string Answer::at(std::string_view pointer) const {
  Result<Json> json = parse_json(body);
  return json.ok() ? text_of(find_at(*json, pointer)) : "(no JSON: " + body + ")";
}

std::size_t Answer::count(std::string_view pointer) const {
  Result<Json> json = parse_json(body);
  const Json* found = json.ok() ? find_at(*json, pointer) : nullptr;
  return found ? found->items.size() + found->members.size() : 0;
}

std::string Answer::problem() const {
  std::string name = std::to_string(status);
  if (header("Content-Type") != "application/problem+json") return name;
  std::string type = at("/type");
  return type.starts_with("/problems/") ? name + " " + type.substr(10) : name + " ?" + type;
}

// --- ApiNode ------------------------------------------------------------------------------------

struct ApiNode::Parts {
  explicit Parts(const Options& options)
      : held(options.store ? options.store : std::make_shared<MemoryStore>()),
        store(*held),
        projection(options.role, options.notes),
        random(options.number),
        engine(identity_of(options), log, projection, clock, random),
        writer(store),
        server(router, settings(options)) {
    mark_version(store).value();
    writer.on_commit([this] {
      const std::lock_guard lock(wake_mutex);
      if (!is_ending) server.wake(changes_topic);
    });
    api = Api::open({.engine = engine,
                     .committer = writer,
                     .store = store,
                     .clock = clock,
                     .random = random,
                     .sync = options.with_sync ? &sync : nullptr,
                     .maintenance = options.with_maintenance ? &maintenance : nullptr,
                     .backups = options.with_backups ? &backups : nullptr,
                     .whole_log = options.whole_log,
                     .silent_nodes = options.silent_nodes,
                     .version = "0.1.0",
                     .web_directory = options.web,
                     .addresses = options.addresses,
                     .disk_full = options.disk_full,
                     .live = options.live})
              .value();
    api->add_routes(router);
    api->set_wake([this](std::string_view topic) { server.wake(topic); });
    port = server.bind("127.0.0.1", 0).value();
    server.start().value();
  }

  ~Parts() {
    const std::lock_guard lock(wake_mutex);
    is_ending = true;
  }

  Settings settings(const Options& options) {
    Settings made;
    made.limits.worker_count = 4;
    if (options.limits) options.limits(made.limits);
    made.report_bug = [this](std::string_view request, std::string_view, std::string_view what) {
      const std::lock_guard lock(mutex);
      bugs.push_back(std::string(request) + ": " + std::string(what));
    };
    return made;
  }

  mutable std::mutex mutex;  // guards bugs
  std::vector<std::string> bugs;
  std::mutex wake_mutex;  // guards the next one: an import may commit while the server goes
  bool is_ending = false;
  std::shared_ptr<MemoryStore> held;
  MemoryStore& store;
  Log log;
  RowProjection projection;
  StepClock clock;
  SharedRandom random;
  Engine engine;
  LogWriter writer;
  FakeSync sync;
  FakeMaintenance maintenance;
  FakeBackups backups;
  Router router;
  std::unique_ptr<Api> api;
  GuardedServer server;
  std::uint16_t port = 0;
  std::unique_ptr<RawClient> client;
};

Role ApiNode::default_role() {
  const char* wanted = std::getenv("GENLOCK_TEST_ROLE");
  return wanted && std::string_view(wanted) == "cloud" ? Role::cloud : Role::lan;
}

ApiNode::ApiNode() : ApiNode(Options{}) {}
ApiNode::ApiNode(const Options& options) : parts_(std::make_unique<Parts>(options)) {}
ApiNode::~ApiNode() = default;

Answer ApiNode::ask(std::string_view method, std::string_view target, std::string_view body,
                    const HeaderList& headers) {
  std::string bytes = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: n\r\n";
  bool has_type = false, has_length = method == "GET" || method == "HEAD" || method == "OPTIONS";
  for (const auto& [name, value] : headers) {
    has_type |= name == "Content-Type";
    has_length |= name == "Content-Length";
    if (!(name == "Content-Length" && value.empty())) bytes += name + ": " + value + "\r\n";
  }
  if (!has_type && !body.empty()) bytes += "Content-Type: application/json\r\n";
  if (!has_length) bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return raw(bytes + "\r\n" + std::string(body), method == "HEAD");
}

Answer ApiNode::raw(std::string_view bytes, bool head_only) {
  if (!parts_->client) parts_->client = std::make_unique<RawClient>(parts_->port);
  parts_->client->send(bytes);
  RawAnswer answer = parts_->client->read_answer(head_only);
  if (answer.header("Connection") == "close") parts_->client.reset();
  return {answer.status, std::move(answer.headers), std::move(answer.body)};
}

Answer ApiNode::ask_once(std::uint16_t port, std::string_view bytes) {
  RawAnswer answer = RawClient(port).ask(bytes);
  return {answer.status, std::move(answer.headers), std::move(answer.body)};
}

Answer ApiNode::get(std::string_view target, const HeaderList& headers) {
  return ask("GET", target, "", headers);
}
Answer ApiNode::post(std::string_view target, std::string_view body, const HeaderList& headers) {
  return ask("POST", target, body, headers);
}
Answer ApiNode::put(std::string_view target, std::string_view body, const HeaderList& headers) {
  return ask("PUT", target, body, headers);
}
Answer ApiNode::patch(std::string_view target, std::string_view body, const HeaderList& headers) {
  return ask("PATCH", target, body, headers);
}
Answer ApiNode::del(std::string_view target, const HeaderList& headers) {
  return ask("DELETE", target, "", headers);
}

std::string ApiNode::make_production(int n) {
  Answer made = post("/api/productions",
                     R"({"id":")" + id_of(n) + R"(","client":"Sample","show_name":"Gala"})");
  INFO(made.body);
  REQUIRE(made.status == 201);
  return made.id();
}

std::string ApiNode::make_source(const std::string& production, int n, std::string_view more) {
  Answer made = post("/api/productions/" + production + "/sources",
                     R"({"id":")" + id_of(n) + R"(","type":"camera","name":"CAM","label":"SRC )" +
                         std::to_string(n) + '"' + std::string(more) + "}");
  INFO(made.body);
  REQUIRE(made.status == 201);
  return made.id();
}

std::map<std::string, std::string> ApiNode::dump() const {
  std::map<std::string, std::string> all;
  for (std::size_t space = 0; space < space_count; ++space) {
    parts_->store
        .scan(Space{static_cast<std::uint8_t>(space)}, "", "",
              [&](std::string_view key, std::string_view value) {
                all.emplace(std::to_string(space) + std::string(key), value);
                return true;
              })
        .value();
  }
  return all;
}

std::vector<std::string> ApiNode::bugs() const {
  const std::lock_guard lock(parts_->mutex);
  return parts_->bugs;
}

void ApiNode::ship_to(ApiNode& other, const std::string& production) {
  StreamId stream{*Uuid::parse(production)};
  VersionVector has = other.parts_->log.head(other.parts_->store, stream).value().vector();
  Chunk chunk{stream, {}, {}};
  CausalReader events = CausalReader::open(parts_->log, parts_->store, stream, nullptr).value();
  while (auto next = events.next().value()) {
    if (has.contains(next->event.dot)) continue;
    chunk.events.push_back(parts_->log.read(parts_->store, next->event.id()).value().bytes);
  }
  Result<void> taken = other.parts_->writer.run([&](Overlay& overlay) -> Result<void> {
    Result<IngestReport> report = other.parts_->engine.ingest(chunk, overlay);
    return report.ok() ? Result<void>{} : Result<void>(report.error());
  });
  INFO((taken.ok() ? std::string() : taken.error().message));
  REQUIRE(taken.ok());
}

std::uint64_t ApiNode::compact(const std::string& production, const KeepDropped& keep) {
  const StreamId stream = StreamId::parse(production).value();
  const VersionVector all = parts_->log.head(parts_->store, stream).value().vector();
  return compact_stream(parts_->store, parts_->log, parts_->writer, stream, all, {}, keep).value();
}

UnixMs ApiNode::now() const { return parts_->clock.peek(); }
void ApiNode::move_clock(UnixMs by_ms) { parts_->clock.move(by_ms); }
FakeSync& ApiNode::sync() { return parts_->sync; }
FakeMaintenance& ApiNode::maintenance() { return parts_->maintenance; }
FakeBackups& ApiNode::backups() { return parts_->backups; }
void ApiNode::take_writes_again() { parts_->writer.reopen(); }
std::uint16_t ApiNode::port() const { return parts_->port; }
const Counters& ApiNode::counters() const { return parts_->server.counters(); }
Engine& ApiNode::engine() { return parts_->engine; }
void ApiNode::commit(const std::function<Result<void>(Overlay& overlay)>& job) {
  REQUIRE(parts_->writer.run(job).ok());
}

std::string id_of(int n) {
  std::string digits = std::to_string(n);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

std::string at(std::string_view collection, const std::string& id) {
  return "/api/" + std::string(collection) + "/" + id;
}

}  // namespace genlock::http
