// This node and its peer side by side, before either of them moves (docs/api.md, section 9): is a
// show the same on both, and what would an upload send, meet and make.
#include "engine/event_codec.h"
#include "http/api_problem.h"
#include "http/event_tally.h"
#include "projections/json_text.h"
#include "projections/row_projection.h"

#include <algorithm>

namespace genlock::http {
namespace {

constexpr std::size_t max_conflicts = 50;  // in one answer

bool has_peer(const ApiCore& core) { return core.parts.sync && core.parts.sync->has_peer(); }

HttpResponse no_peer(const HttpRequest& request) {
  return problem_answer(request,
                        make_problem("no-peer",
                                     "this node was started without --peer, so there is nobody "
                                     "to compare with"));
}

// `,"name":`
std::string& begin(std::string& out, std::string_view name) {
  return out.append(",\"").append(name).append("\":");
}

void append_time(std::string& out, UnixMs ms) {
  append_json(out, ColumnType::time, Value{std::int64_t{ms}});
}

std::string beginning(const StreamId& production, UnixMs now_ms) {
  std::string out = "{\"production_id\":";
  append_json(out, production.uuid);
  append_time(begin(out, "at"), now_ms);
  return out;
}

std::string waiting(std::uint64_t events) { return "{\"events\":" + std::to_string(events) + "}"; }

// --- is it the same? ----------------------------------------------------------------------------

// nullopt: it can't be said.
std::optional<bool> is_same(const PeerStream& theirs, std::uint64_t to_send, const Digest& digest) {
  if (!theirs.shared) return std::nullopt;
  if (to_send + theirs.to_receive_events > 0) return false;
  if (!theirs.is_there) return true;  // neither has anything
  return theirs.digest ? std::optional(*theirs.digest == digest) : std::nullopt;
}

std::string text(std::optional<bool> value) { return !value ? "null" : *value ? "true" : "false"; }

// One StreamComparison; its `same` joins `all`.
Result<std::string> stream_json(const ApiCore& core, const Moment& moment, const PeerStream& theirs,
                                std::optional<bool>& all) {
  const StreamId id = theirs.stream;
  TRY_ASSIGN(const StreamHead head, moment.context().log.head(moment.reader(), id));
  TRY_ASSIGN(const Digest digest, core.parts.engine.projection().digest(moment.reader(), id));
  const VersionVector ours = head.vector();
  std::uint64_t to_send = 0;
  for (const EventRange& range : theirs.seen.missing_from(ours)) to_send += range.count();
  const std::optional<bool> same = is_same(theirs, to_send, digest);
  if (all == true || same == false) all = same;
  std::string out = "{\"id\":";
  append_json(out, id.uuid);
  begin(out, "kind") += id == library_stream ? "\"library\"" : "\"production\"";
  begin(out, "events") += std::to_string(ours.event_count());
  append_json_string(begin(out, "digest"), digest.to_string());
  begin(out, "peer_digest");
  theirs.digest ? append_json_string(out, theirs.digest->to_string()) : void(out += "null");
  begin(out, "same") += text(same);
  begin(out, "to_send") += waiting(to_send);
  begin(out, "to_receive") += waiting(theirs.to_receive_events);
  return out + '}';
}

Result<HttpResponse> compare(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(const RecordId production, path_id(request));
  TRY(read_row(Moment(core), table::productions, production, true));
  if (!has_peer(core)) return no_peer(request);
  const StreamId stream{production.uuid};
  const Result<PeerLook> look =
      core.parts.sync->look_at_peer({stream, library_stream}, std::nullopt);
  if (!look.ok())
    return problem_answer(
        request,
        make_problem("peer-unreachable", look.error().message +
                                             "; /api/sync/status says when each show was last the "
                                             "same, try again when the peer is back"));
  const Moment moment(core);  // after the answer: what came meanwhile counts as ours
  std::optional<bool> same = true;
  std::string streams;
  for (const PeerStream& theirs : look->streams) {
    TRY_ASSIGN(const std::string one, stream_json(core, moment, theirs, same));
    streams += (streams.empty() ? "" : ",") + one;
  }
  std::string out = beginning(stream, moment.now_ms());
  begin(out, "subscribed") += text(core.parts.sync->is_subscribed(stream));
  append_json(begin(out, "peer"), look->peer);
  begin(out, "same") += text(same);
  begin(out, "streams") += '[' + streams + ']';
  return json_answer(out + '}');
}

// --- what would an upload do? -------------------------------------------------------------------

// What is here and not in `known`.
Result<EventTally> tally_unsent(const Moment& moment, StreamId stream, const VersionVector& known) {
  const EventLog& log = moment.context().log;
  TRY_ASSIGN(const StreamHead head, log.head(moment.reader(), stream));
  EventTally tally;
  for (const EventRange& range : known.missing_from(head.vector())) {
    std::uint64_t read = 0;
    std::optional<Error> failed;
    TRY(log.read_range(moment.reader(), stream, range,
                       [&](const EventId&, const StoredEvent& stored) {
                         if (tally.is_full()) return false;
                         Result<Event> event = decode_stored(stored);
                         if (!event.ok()) {
                           failed = event.error();
                           return false;
                         }
                         tally.add(*event);
                         ++read;
                         return true;
                       }));
    if (failed) return *failed;
    tally.add_uncounted(range.count() - read);
  }
  return tally;
}

Result<EventTally> tally_chunks(const PeerLook& look, std::uint64_t all_events) {
  EventTally tally;
  std::uint64_t looked_at = 0;
  for (const Chunk& chunk : look.chunks)
    for (const std::string& bytes : chunk.events) {
      TRY_ASSIGN(const Event event, decode(bytes));
      tally.add(event);
      ++looked_at;
    }
  if (all_events > looked_at) tally.add_uncounted(all_events - looked_at);
  return tally;
}

// Takes the peer's events as a sync would, in memory alone: same events, same conflicts.
Result<std::string> foresee(ApiCore& core, StreamId stream, const PeerLook& look,
                            std::size_t rows_on_both) {
  TRY_ASSIGN(const auto turn, core.folding.take());
  const Moment before(core);
  Overlay after(before.reader());
  RowProjection projection(core.parts.engine.identity().role);
  Engine engine(core.parts.engine.identity(), core.parts.engine.log(), projection, core.parts.clock,
                core.parts.random);
  if (!look.chunks.empty()) TRY(engine.ingest(look.chunks, after));
  std::string conflicts;
  std::size_t count = 0;
  TRY_ASSIGN(const std::vector<Uuid> ids, conflicts_of_stream(after, stream));
  for (const Uuid& id : ids) {
    TRY_ASSIGN(const auto then, find_conflict(after, id));
    TRY_ASSIGN(const auto now, find_conflict(before.reader(), id));
    if (!then || !then->pending() || (now && now->pending())) continue;
    if (++count > max_conflicts) continue;
    const ReadContext context{after, core.parts.engine.log(), before.now_ms()};
    TRY_ASSIGN(const std::optional<ServedConflict> served, get_conflict(context, id));
    if (served) conflicts += (conflicts.empty() ? "" : ",") + served->json;
  }
  return "{\"complete\":" + text(!look.more) + ",\"rows_on_both\":" + std::to_string(rows_on_both) +
         ",\"conflict_count\":" + std::to_string(count) + ",\"conflicts\":[" + conflicts + "]}";
}

std::size_t in_both(const std::set<RecordKey>& a, const std::set<RecordKey>& b) {
  return static_cast<std::size_t>(
      std::ranges::count_if(a, [&](const RecordKey& row) { return b.contains(row); }));
}

Result<HttpResponse> preview_alone(ApiCore& core, StreamId stream, const Error& why) {
  const Moment moment(core);
  TRY_ASSIGN(const VersionVector known, core.parts.sync->known_at_peers(stream));
  TRY_ASSIGN(const EventTally ours, tally_unsent(moment, stream, known));
  std::string out = beginning(stream, moment.now_ms());
  begin(out, "peer") += "null";
  begin(out, "error") += problem_object(why, "peer-unreachable");
  begin(out, "to_send") += ours.to_json();
  return json_answer(out + ",\"to_receive\":null,\"foresight\":null}");
}

Result<HttpResponse> preview_upload(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(const RecordId production, path_id(request));
  TRY(read_row(Moment(core), table::productions, production, true));
  if (!has_peer(core)) return no_peer(request);
  const StreamId stream{production.uuid};
  const Result<PeerLook> look = core.parts.sync->look_at_peer({stream}, stream);
  if (!look.ok()) return preview_alone(core, stream, look.error());
  const PeerStream& theirs = look->streams.front();
  const Moment moment(core);
  TRY_ASSIGN(const EventTally ours, tally_unsent(moment, stream, theirs.seen));
  TRY_ASSIGN(const EventTally others, tally_chunks(*look, theirs.to_receive_events));
  TRY_ASSIGN(const std::string foresight,
             foresee(core, stream, *look, in_both(ours.rows(), others.rows())));
  std::string out = beginning(stream, moment.now_ms());
  append_json(begin(out, "peer"), look->peer);
  begin(out, "error") += "null";
  begin(out, "to_send") += ours.to_json();
  begin(out, "to_receive") += others.to_json();
  begin(out, "foresight") += foresight;
  return json_answer(out + '}');
}

}  // namespace

void add_compare_routes(Router& router, ApiCore& core) {
  add_route(router, core,
            {.method = "GET",
             .pattern = "/api/sync/production/{id}/compare",
             .name = "compare_production",
             .tag = "Sync",
             .summary = "Is a show, and the library, the same here and at the peer: asked now",
             .gives = {{200, "Comparison"}},
             .problems = {"no-peer", "peer-unreachable"},
             .handler = compare});
  add_route(router, core,
            {.method = "GET",
             .pattern = "/api/sync/production/{id}/upload",
             .name = "preview_upload",
             .tag = "Sync",
             .summary = "What an upload would send, what the peer changed meanwhile, and which "
                        "conflicts both together make; nothing is exchanged",
             .gives = {{200, "UploadPreview"}},
             .problems = {"no-peer"},
             .handler = preview_upload});
}

}  // namespace genlock::http
