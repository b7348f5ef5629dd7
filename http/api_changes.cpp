// What changed on this node, as a feed or by long poll (docs/api.md, section 10).
#include "http/api_problem.h"
#include "http/change_feed.h"
#include "http/query.h"
#include "http/sync_cursor.h"
#include "projections/json_text.h"

#include <charconv>
#include <stdexcept>

namespace genlock::http {
namespace {

constexpr std::size_t max_productions = 100;  // of one request; more: follow all of them
constexpr std::size_t default_limit = 500, max_limit = 1'000;  // messages of one answer
constexpr std::size_t max_wait_s = 30;  // below what proxies take for a dead connection

struct ChangeQuery {
  Narrowing only;
  std::string since;
  std::size_t wait_s = 0, limit = default_limit;
};

bool wants_feed(const HttpRequest& request) {
  return request.header("Accept").find("text/event-stream") != std::string_view::npos;
}

Result<std::size_t> number_in(std::string_view name, std::string_view text, std::size_t least,
                              std::size_t most) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size() && value >= least && value <= most)
    return value;
  return bad_parameter(name, "range",
                       "must be " + std::to_string(least) + ".." + std::to_string(most));
}

Result<void> read_parameter(ChangeQuery& query, std::string_view name, const std::string& value) {
  if (name == "production_id") {
    auto id = StreamId::parse(value);
    if (!id) return bad_parameter(name, "format", "must be a UUID in lower case");
    query.only.streams.insert(*id);
    if (query.only.streams.size() > max_productions)
      return bad_parameter(name, "length", "may stand 100 times: leave it out to follow all");
  } else if (name == "since") {
    query.since = value;
  } else if (name == "wait") {
    TRY_ASSIGN(query.wait_s, number_in(name, value, 0, max_wait_s));
  } else if (name == "limit") {
    TRY_ASSIGN(query.limit, number_in(name, value, 1, max_limit));
  }
  return {};
}

Result<ChangeQuery> read_query(const HttpRequest& request) {
  std::vector<std::string_view> known{"production_id", "since"};
  if (!wants_feed(request)) known.insert(known.end(), {"wait", "limit"});
  Parameters single;
  for (const auto& [name, value] : request.query_parameters.all())
    if (name != "production_id") single.add(name, value);
  TRY(check_parameters(single, known));
  ChangeQuery query;
  for (const auto& [name, value] : request.query_parameters.all())
    TRY(read_parameter(query, name, value));
  if (!query.since.empty() && !is_sync_cursor(query.since))
    return bad_parameter("since", "format", "must be a Sync-Cursor");
  // A browser that comes back asks with the address of the first time.
  if (const std::string* last = request.headers.find("Last-Event-ID"); last && !last->empty())
    query.since = *last;
  return query;
}

// Where to begin: behind the cursor; now, without one or where it means nothing here.
Result<ChangeFeed::Start> start_of(const ApiCore& core, const std::string& since) {
  TRY_ASSIGN(Position end, core.parts.engine.log().last_position(core.parts.store));
  if (since.empty()) return ChangeFeed::Start{end, false};
  auto at = parse_sync_cursor(core.parts.engine.identity().origin, since);
  // One from ahead: the data directory is an older copy of itself.
  if (!at || *at > end) return ChangeFeed::Start{end, true};
  return ChangeFeed::Start{*at, false};
}

HttpResponse feed_full(ApiCore& core, const HttpRequest& request) {
  ++core.live.counters.rejected;
  return problem_answer(request, make_problem("feed-full",
                                              "all live feeds of this node are taken: ask with "
                                              "since= and wait=0 now and then, or try again"));
}

// --- the feed -----------------------------------------------------------------------------------

Result<HttpResponse> open_feed(ApiCore& core, const HttpRequest& request, ChangeQuery query) {
  const auto now = std::chrono::steady_clock::now();
  if (auto wait = core.live.feed_rate.refused(request.remote_ip, now)) {
    ++core.live.counters.rejected;
    return rate_limited(request, *wait, "this address opens too many feeds");
  }
  TRY_ASSIGN(const ChangeFeed::Start start, start_of(core, query.since));
  FeedSlots::Slot slot = core.live.feeds.take();
  if (!slot) return feed_full(core, request);
  auto feed = std::make_shared<ChangeFeed>(core, std::move(query.only), start, std::move(slot));
  Feed stream;
  stream.topics = {std::string(changes_topic), std::string(presence_topic)};
  stream.tick = core.live.limits.status_every;
  stream.next = [feed](Wake wake) { return feed->step(wake); };
  return HttpResponse::stream(std::move(stream));
}

// --- long poll ----------------------------------------------------------------------------------

class ChangePoll {
 public:
  ChangePoll(ApiCore& core, ChangeQuery query, const ChangeFeed::Start& start)
      : core_(core), query_(std::move(query)), at_(start.at), reset_(start.reset) {}

  // nullopt: nothing yet. `final`: an answer in any case.
  Result<std::optional<HttpResponse>> look(bool final) {
    const Moment moment(core_);
    TRY_ASSIGN(const ChangePage page, core_.live.changes.read(moment.context(), at_, query_.only,
                                                              {.messages = query_.limit}));
    at_ = page.reached;
    reset_ |= page.lost;
    const bool has_news = !page.messages.empty() || page.more || reset_;
    if (!has_news && !final) return std::optional<HttpResponse>{};
    return std::optional(json_answer(body_of(page)));
  }

  std::string cursor() const {
    return format_sync_cursor(core_.parts.engine.identity().origin, at_);
  }
  // Keeps a place of the feeds while it is parked.
  void hold(FeedSlots::Slot slot) { slot_ = std::move(slot); }

 private:
  std::string body_of(const ChangePage& page) const {
    std::string out = "{\"changes\":[";
    for (const ChangePage::Message& message : page.messages) {
      if (out.back() != '[') out += ',';
      out += *message.json;
    }
    out += "],\"cursor\":\"" + cursor() + "\",\"reset\":";
    append_json(out, reset_);
    return out + "}";
  }

  ApiCore& core_;
  const ChangeQuery query_;
  Position at_;
  bool reset_;
  FeedSlots::Slot slot_;
};

std::optional<HttpResponse> parked_answer(ChangePoll& poll, bool final) {
  auto answer = poll.look(final);
  if (!answer.ok()) throw std::runtime_error(answer.error().message);
  if (*answer) add_common_headers(**answer, poll.cursor(), true);
  return *std::move(answer);
}

Result<HttpResponse> poll_changes(ApiCore& core, const HttpRequest& request, ChangeQuery query) {
  TRY_ASSIGN(const ChangeFeed::Start start, start_of(core, query.since));
  const std::size_t wait_s = query.wait_s;
  auto poll = std::make_shared<ChangePoll>(core, std::move(query), start);
  TRY_ASSIGN(auto at_once, poll->look(wait_s == 0));
  if (at_once) return *std::move(at_once);
  FeedSlots::Slot slot = core.live.feeds.take();
  if (!slot) return feed_full(core, request);
  poll->hold(std::move(slot));
  LongPoll parked;
  parked.topics = {std::string(changes_topic)};
  parked.wait = std::chrono::seconds(wait_s);
  parked.next = [poll](Wake wake) { return parked_answer(*poll, wake != Wake::event); };
  return HttpResponse::later(std::move(parked));
}

Result<HttpResponse> changes(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(ChangeQuery query, read_query(request));
  return wants_feed(request) ? open_feed(core, request, std::move(query))
                             : poll_changes(core, request, std::move(query));
}

}  // namespace

void add_change_routes(Router& router, ApiCore& core) {
  add_route(router, core,
            {.method = "GET",
             .pattern = "/api/changes",
             .name = "changes",
             .tag = "Live",
             .summary = "What was committed since; a feed with Accept: text/event-stream",
             .parameters = {"production_id", "since", "wait", "limit"},
             .is_list = true,  // reads its parameters itself
             .headers = {"Last-Event-ID"},
             .gives = {{200, "Changes"}, {.media_type = "text/event-stream"}},
             .problems = {"feed-full", "rate-limited"},
             .handler = changes});
}

}  // namespace genlock::http
