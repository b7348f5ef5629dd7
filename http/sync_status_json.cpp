#include "http/sync_status_json.h"

#include "engine/view.h"
#include "http/api_problem.h"
#include "http/notice_json.h"
#include "projections/json_text.h"

#include <algorithm>
#include <unordered_map>

namespace genlock::http {
namespace {

// --- small words --------------------------------------------------------------------------------

const char* to_text(SyncState state) {
  switch (state) {
    case SyncState::idle:
      return "idle";
    case SyncState::syncing:
      return "syncing";
    case SyncState::offline:
      return "offline";
    case SyncState::paused:
      return "paused";
    case SyncState::error:
      return "error";
  }
  return "";
}

const char* to_text(PeerState state) {
  switch (state) {
    case PeerState::connected:
      return "connected";
    case PeerState::connecting:
      return "connecting";
    case PeerState::backoff:
      return "backoff";
    case PeerState::refused:
      return "refused";
  }
  return "";
}

// `{"name":` or `,"name":`
void begin(std::string& out, std::string_view name) {
  bool is_first = out.empty() || out.back() == '{' || out.back() == '[';
  if (out.empty()) out = "{";
  if (!is_first) out += ',';
  out += '"';
  out += name;
  out += "\":";
}

void add_time(std::string& out, std::string_view name, std::optional<UnixMs> ms) {
  begin(out, name);
  append_json(out, ColumnType::time, ms ? Value{std::int64_t{*ms}} : Value{});
}

void add_text(std::string& out, std::string_view name, const std::optional<std::string>& text) {
  begin(out, name);
  text ? append_json_string(out, *text) : void(out += "null");
}

void add_number(std::string& out, std::string_view name, std::optional<std::int64_t> number) {
  begin(out, name);
  number ? append_json(out, *number) : void(out += "null");
}

void add_count(std::string& out, std::string_view name, std::uint64_t count) {
  begin(out, name);
  append_json(out, count);
}

void add_events(std::string& out, std::string_view name, std::uint64_t events) {
  begin(out, name);
  out += "{\"events\":" + std::to_string(events) + "}";
}

void add_backlog(std::string& out, std::string_view name, const Backlog& backlog) {
  begin(out, name);
  out += "{\"events\":" + std::to_string(backlog.events) +
         ",\"bytes\":" + std::to_string(backlog.bytes) + "}";
}

// --- peers --------------------------------------------------------------------------------------

std::string peer_json(const PeerStatus& peer) {
  std::string out;
  begin(out, "node");
  append_json(out, peer.node);
  add_text(out, "url", peer.url);
  add_text(out, "state", to_text(peer.state));
  add_time(out, "last_contact_at", peer.last_contact_ms);
  add_time(out, "last_success_at", peer.last_success_ms);
  begin(out, "last_error");
  out += peer.last_error ? problem_object(*peer.last_error) : "null";
  add_time(out, "next_retry_at", peer.next_retry_ms);
  add_number(out, "rtt_ms", peer.rtt_ms);
  add_number(out, "clock_offset_ms", peer.clock_offset_ms);
  add_backlog(out, "to_send", peer.to_send);
  add_events(out, "to_receive", peer.to_receive_events);
  return out + "}";
}

// --- streams ------------------------------------------------------------------------------------

std::string kind_of(StreamId stream) {
  if (stream == library_stream) return "library";
  return stream == directory_stream ? "directory" : "production";
}

// The show's name; null where only a part of the production came through so far.
Result<std::optional<std::string>> label_of(const State& state) {
  const Table& productions = *find_table(table::productions);
  if (kind_of(state.stream()) != "production") return std::optional<std::string>{};
  TRY_ASSIGN(std::optional<RecordView> row,
             view(state, {productions.id, RecordId{state.stream().uuid}}));
  if (!row) return std::optional<std::string>{};
  const auto* name = std::get_if<std::string>(&row->value(productions.column("show_name")->id));
  return name ? std::optional(*name) : std::nullopt;
}

std::string vector_json(const VersionVector& vector) {
  std::string out = "{";
  for (const VersionVector::Entry& entry : vector.entries())
    add_count(out, entry.origin.to_string(), number(entry.last));
  return out + "}";
}

class StreamWriter {
 public:
  StreamWriter(const ApiCore& core, const Moment& moment, const SyncStatusReport& report)
      : engine_(core.parts.engine), moment_(moment) {
    for (const StreamSync& stream : report.streams) by_id_[stream.stream] = stream;
  }

  Result<std::string> write(StreamId id) {
    State state(moment_.reader(), engine_.log(), id);
    TRY_ASSIGN(std::optional<std::string> label, label_of(state));
    TRY_ASSIGN(LockState locks, state.locks());
    TRY_ASSIGN(StreamHead head, engine_.log().head(moment_.reader(), id));
    TRY_ASSIGN(Digest digest, engine_.projection().digest(moment_.reader(), id));
    const StreamSync sync = by_id_[id];
    std::string out;
    add_text(out, "id", id.to_string());
    add_text(out, "kind", kind_of(id));
    add_text(out, "label", label);
    begin(out, "locked");
    append_json(out, locks.active(moment_.now_ms()) != nullptr);
    begin(out, "vector");
    out += vector_json(head.vector());
    add_text(out, "digest", digest.to_string());
    add_events(out, "to_send", sync.to_send_events);
    add_events(out, "to_receive", sync.to_receive_events);
    add_time(out, "last_synced_at", sync.last_synced_ms);
    return out + "}";
  }

 private:
  Engine& engine_;
  const Moment& moment_;
  std::unordered_map<StreamId, StreamSync> by_id_;
};

Result<std::string> streams_json(const ApiCore& core, const Moment& moment,
                                 const SyncStatusReport& report) {
  TRY_ASSIGN(std::vector<StreamId> ids, moment.context().log.streams(moment.reader()));
  StreamWriter writer(core, moment, report);
  std::string out = "[";
  for (StreamId id : ids) {
    TRY_ASSIGN(std::string stream, writer.write(id));
    out += (out.size() > 1 ? "," : "") + stream;
  }
  return out + "]";
}

// --- this node ----------------------------------------------------------------------------------

void add_self(std::string& out, const ApiCore& core) {
  const Identity& self = core.parts.engine.identity();
  begin(out, "node");
  append_json(out, NodeName{self.node, self.name, to_string(self.role)});
  add_text(out, "origin", self.origin.to_string());
  add_text(out, "version", core.parts.version);
}

void add_queue(std::string& out, const SyncStatusReport& report) {
  add_backlog(out, "queue", report.queue);
  out.pop_back();
  add_time(out, "oldest_at", report.queue_oldest_ms);
  out += '}';
}

}  // namespace

Result<std::string> sync_status_json(const ApiCore& core) {
  SyncStatusReport report = core.parts.sync ? core.parts.sync->status() : SyncStatusReport{};
  Moment moment(core);
  TRY_ASSIGN(std::size_t pending, pending_conflict_count(moment.reader()));
  std::string out;
  add_self(out, core);
  add_text(out, "state", to_text(report.state));
  add_time(out, "since",
           report.since_ms ? std::optional(report.since_ms) : std::optional<UnixMs>{});
  add_text(out, "reason", report.reason);
  add_queue(out, report);
  begin(out, "conflicts");
  out += "{\"pending\":" + std::to_string(pending) + "}";
  add_time(out, "last_success_at", report.last_success_ms);
  begin(out, "peers");
  out += '[';
  for (const PeerStatus& peer : report.peers)
    out += (out.back() == '[' ? "" : ",") + peer_json(peer);
  out += ']';
  begin(out, "streams");
  TRY_ASSIGN(std::string streams, streams_json(core, moment, report));
  out += streams;
  begin(out, "notices");
  TRY_ASSIGN(const std::vector<Notice> open, open_notices(moment.reader()));
  return out + notices_json(open) + "}";
}

std::string job_json(const Job& job, UnixMs now_ms) {
  std::string out;
  add_text(out, "id", job.id.to_string());
  add_text(out, "kind", to_string(job.kind));
  begin(out, "production_id");
  append_json(out, job.production ? job.production->uuid : Uuid{});
  add_text(out, "state", to_string(job.state));
  add_count(out, "done", job.done_events);
  add_count(out, "total", job.total_events);
  add_number(out, "eta_s", job.eta_s(now_ms));
  add_time(out, "started_at", job.started_ms);
  add_time(out, "finished_at", job.finished_ms);
  begin(out, "error");
  if (job.disk_was_full)
    out += disk_full_object();
  else
    out += job.error ? problem_object(*job.error, job.problem) : "null";
  if (job.kind > JobKind::sync) {
    begin(out, "result");
    out += job.result.empty() ? "null" : job.result;
  }
  return out + "}";
}

HttpResponse job_answer(const ApiCore& core, const Job& job) {
  HttpResponse response =
      json_answer(job_json(core.jobs->find(job.id).value_or(job), core.parts.clock.now()), 202);
  response.headers.emplace_back("Location", "/api/sync/jobs/" + job.id.to_string());
  return response;
}

}  // namespace genlock::http
