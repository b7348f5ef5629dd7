// Is the node alive, ready, well? (docs/api.md, section 11)
#include "http/api_core.h"
#include "http/notice_json.h"
#include "projections/json_text.h"

#include <cstdlib>

namespace genlock::http {
namespace {

// What each check can say. `unknown` is honest and no fault.
enum class Health { ok, unknown, degraded, failing };

const char* to_text(Health health) {
  switch (health) {
    case Health::ok:
      return "ok";
    case Health::unknown:
      return "unknown";
    case Health::degraded:
      return "degraded";
    case Health::failing:
      return "failing";
  }
  return "";
}

constexpr std::uint64_t low_disk_bytes = 1ULL << 30;  // a day of a busy show, and room to compact
constexpr std::uint64_t last_disk_bytes = 100ULL << 20;  // RocksDB stops soon
constexpr std::int64_t bad_clock_ms = 5'000;             // times shown to people start to mislead

// The checks of one answer, and the worst of them.
class Checks {
 public:
  template <class T>
  void add(std::string_view name, Health health, std::string_view member, const T& value) {
    out_ += out_.empty() ? "{\"" : ",\"";
    out_ += name;
    out_ += "\":{\"status\":\"";
    out_ += to_text(health);
    out_ += "\",\"";
    out_ += member;
    out_ += "\":";
    write(value);
    out_ += '}';
    if (health != Health::unknown) worst_ = std::max(worst_, health);
  }

  std::string json() const {
    return std::string("{\"status\":\"") + to_text(worst_) + "\",\"checks\":" + out_ + "}}";
  }

 private:
  struct At {};
  void write(const std::string& text) { append_json_string(out_, text); }
  void write(std::uint64_t number) { append_json(out_, number); }
  void write(std::int64_t number) { append_json(out_, number); }
  void write(const std::vector<Notice>& notices) { out_ += notices_json(notices); }
  void write(const std::vector<std::string>& texts) {
    out_ += '[';
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (i > 0) out_ += ',';
      append_json_string(out_, texts[i]);
    }
    out_ += ']';
  }
  void write(const Value& time) { append_json(out_, ColumnType::time, time); }
  template <class T>
  void write(const std::optional<T>& value) {
    value ? write(*value) : void(out_ += "null");
  }

  std::string out_;
  Health worst_ = Health::ok;
};

Value time_value(std::optional<UnixMs> ms) { return ms ? Value{std::int64_t{*ms}} : Value{}; }

Health disk_health(std::optional<std::uint64_t> free_bytes, bool full) {
  if (full) return Health::failing;
  if (!free_bytes) return Health::unknown;
  if (*free_bytes < last_disk_bytes) return Health::failing;
  return *free_bytes < low_disk_bytes ? Health::degraded : Health::ok;
}

Health clock_health(std::optional<std::int64_t> offset_ms) {
  if (!offset_ms) return Health::unknown;
  return std::abs(*offset_ms) > bad_clock_ms ? Health::degraded : Health::ok;
}

Health backup_health(const BackupHealth& backup) {
  if (!backup.known) return Health::unknown;
  return backup.degraded ? Health::degraded : Health::ok;
}

// Offline is what a node at a venue usually is; only an error needs somebody.
Health sync_health(const SyncStatusReport& report, bool has_peer) {
  if (report.state == SyncState::error) return Health::degraded;
  return has_peer && !report.last_success_ms ? Health::unknown : Health::ok;
}

// What is said of nodes that compaction has waited for too long.
Result<std::vector<std::string>> waiting(const ApiCore& core, const Moment& moment) {
  std::vector<std::string> words;
  if (!core.parts.silent_nodes) return words;
  TRY_ASSIGN(const auto silent,
             core.parts.silent_nodes->look(moment.reader(), core.parts.engine.log(), core.self(),
                                           moment.now_ms()));
  for (const SilentNodes::Silent& one : silent) words.push_back(words_of(one, moment.now_ms()));
  return words;
}

Result<HttpResponse> health(ApiCore& core, const HttpRequest&) {
  NodeFacts facts = core.parts.facts ? core.parts.facts() : NodeFacts{};
  SyncControl* sync = core.parts.sync;
  SyncStatusReport report = sync ? sync->status() : SyncStatusReport{};
  Moment moment(core);
  TRY_ASSIGN(std::size_t pending, pending_conflict_count(moment.reader()));
  TRY_ASSIGN(const std::vector<Notice> open, open_notices(moment.reader()));
  Checks checks;
  checks.add("database", facts.database_ok ? Health::ok : Health::failing, "detail",
             facts.database_detail);
  checks.add("queue", Health::ok, "events", report.queue.events);
  checks.add("last_sync", sync_health(report, sync && sync->has_peer()), "at",
             time_value(report.last_success_ms));
  checks.add("conflicts", Health::ok, "pending", std::uint64_t{pending});
  const bool full = core.parts.disk_full && core.parts.disk_full();
  checks.add("disk", disk_health(facts.disk_free_bytes, full), "free_bytes", facts.disk_free_bytes);
  checks.add("clock", clock_health(facts.clock_offset_ms), "offset_ms", facts.clock_offset_ms);
  const BackupHealth backup = core.parts.backups ? core.parts.backups->health() : BackupHealth{};
  checks.add("backup", backup_health(backup), "at", time_value(backup.newest_good_ms));
  TRY_ASSIGN(const std::vector<std::string> silent, waiting(core, moment));
  checks.add("nodes", silent.empty() ? Health::ok : Health::degraded, "silent", silent);
  checks.add("notices", open.empty() ? Health::ok : Health::degraded, "open", open);
  return json_answer(checks.json());
}

Result<HttpResponse> alive(ApiCore&, const HttpRequest&) {
  return json_answer("{\"status\":\"ok\"}");
}

Result<HttpResponse> ready(ApiCore& core, const HttpRequest&) {
  Ready state = core.parts.ready ? core.parts.ready() : Ready{};
  std::string out = "{\"ready\":";
  append_json(out, state.ready);
  out += ",\"components\":{";
  for (const auto& [component, how] : state.components) {
    if (out.back() != '{') out += ',';
    out += json_string(component) + ":" + json_string(how);
  }
  HttpResponse response = json_answer(out + "}}", state.ready ? 200 : 503);
  if (!state.ready) response.headers.emplace_back("Retry-After", "5");
  return response;
}

}  // namespace

void add_health_routes(Router& router, ApiCore& core) {
  const auto add = [&](std::string pattern, std::string name, std::string summary,
                       std::vector<Reply> gives, ApiHandler handler) {
    add_route(router, core,
              {.method = "GET",
               .pattern = std::move(pattern),
               .name = std::move(name),
               .tag = "The node",
               .summary = std::move(summary),
               .gives = std::move(gives),
               .handler = std::move(handler)});
  };
  add("/healthz", "healthz", "Is the process alive", {{200, "Alive"}}, alive);
  add("/readyz", "readyz", "Can clients be served",
      {{200, "Ready"}, {503, "Ready", {"Retry-After"}}}, ready);
  add("/api/health", "health", "Is everything well; 200 also when it is not", {{200, "Health"}},
      health);
}

}  // namespace genlock::http
