// Resolving many conflicts with one request (docs/api.md, section 9): each by itself, as an event
// of its own, so that one that has moved on does not stop the others.
//
// Idempotency: the key of an item is UUIDv5(key of the request, id of the conflict). A request sent
// again finds by it what the first one did, also where that was cut short.
#include "engine/event_codec.h"
#include "engine/validate.h"
#include "http/api_problem.h"
#include "http/query.h"
#include "http/write_request.h"

#include <algorithm>
#include <set>
#include <span>

namespace genlock::http {
namespace {

constexpr std::size_t max_items = 500;
// Decided in one job of the committer: much enough for one sync to count for many, little enough
// that other writers do not wait long.
constexpr std::size_t items_at_once = 50;
// As long as the answer is smaller than this, a refused item tells what there is now, too.
constexpr std::size_t max_detailed_bytes = 1 << 20;

struct Item {
  Uuid conflict;
  std::string etag;
  Command command = {};
  Result<Outcome> outcome = Error{ErrorCode::unavailable, "it was not tried"};
};

struct Wish {
  std::vector<Item> items;
  std::optional<EventId> lock;  // instead of items
  ResolveChoice choice;
};

// --- reading the body ---------------------------------------------------------------------------

std::string_view text_of(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  return member && member->is(Json::Kind::text) ? std::string_view(member->text)
                                                : std::string_view();
}

class ItemsReader {
 public:
  Result<std::vector<Item>> read(const Json& list) {
    if (!list.is(Json::Kind::array))
      return field_error("/items", "type",
                         "must be a list, not " + std::string(to_string(list.kind)));
    if (list.items.empty() || list.items.size() > max_items)
      return field_error(
          "/items", "range",
          "must be 1.." + std::to_string(max_items) + " conflicts: send more in several requests");
    for (std::size_t n = 0; n < list.items.size(); ++n)
      read_item(list.items[n], "/items/" + std::to_string(n));
    if (faults_.empty()) return std::move(items_);
    return Error{ErrorCode::invalid_argument, "some items are not right: errors says which",
                 std::move(faults_)};
  }

 private:
  void fault(std::string pointer, std::string code, std::string detail) {
    faults_.push_back({std::move(pointer), std::move(code), std::move(detail)});
  }

  void read_item(const Json& json, const std::string& at) {
    if (!json.is(Json::Kind::object))
      return fault(at, "type", "must be an object, not " + std::string(to_string(json.kind)));
    for (const auto& [name, value] : json.members)
      if (name != "id" && name != "etag")
        fault(pointer_to(at, name), "unknown", "is not known here: leave it out");
    if (!has_text(json, at, "id") || !has_text(json, at, "etag")) return;
    auto id = Uuid::parse(text_of(json, "id"));
    if (!id || id->is_nil())
      return fault(at + "/id", "format",
                   "must be a lower-case UUID, like 018f6b1e-0000-7000-8000-000000000000");
    if (!seen_.insert(*id).second)
      return fault(at + "/id", "unique", "is in the list already: name each conflict once");
    items_.push_back({.conflict = *id, .etag = std::string(text_of(json, "etag"))});
  }

  bool has_text(const Json& json, const std::string& at, std::string_view name) {
    const Json* member = json.find(name);
    std::string pointer = at + "/" + std::string(name);
    if (!member || member->is(Json::Kind::null)) {
      fault(pointer, "required", "is missing: take it from GET /api/sync/conflicts");
    } else if (!member->is(Json::Kind::text)) {
      fault(pointer, "type", "must be a text, not " + std::string(to_string(member->kind)));
    } else {
      return true;
    }
    return false;
  }

  std::vector<Item> items_;
  std::set<Uuid> seen_;
  std::vector<FieldError> faults_;
};

// A side of one's own is of one conflict: that is what the route for single ones is for.
Result<Resolution> read_resolution(const Json& body) {
  TRY_ASSIGN(std::optional<std::string> text, text_member(body, "resolution"));
  if (!text) return field_error("/resolution", "required", "must be cloud_wins or local_wins");
  for (Resolution known : {Resolution::cloud_wins, Resolution::local_wins})
    if (*text == to_string(known)) return known;
  return field_error("/resolution", "enum",
                     "must be cloud_wins or local_wins: resolve others one by one");
}

Result<EventId> read_lock(const std::string& text) {
  if (auto id = EventId::parse(text)) return *id;
  return field_error("/lock", "format",
                     "must be the id of the event that locked, <stream>.<origin>.<sequence>");
}

Result<Wish> read_wish(const Json& body) {
  TRY(check_members(body, {"items", "lock", "resolution", "comment"}));
  Wish wish;
  TRY_ASSIGN(std::optional<std::string> lock, text_member(body, "lock"));
  const Json* items = body.find("items");
  if (items && lock) return field_error("/lock", "unknown", "send items or a lock, not both");
  if (!items && !lock) return field_error("/items", "required", "name the conflicts, or a lock");
  if (lock) {
    TRY_ASSIGN(wish.lock, read_lock(*lock));
  } else {
    TRY_ASSIGN(wish.items, ItemsReader().read(*items));
  }
  TRY_ASSIGN(wish.choice.resolution, read_resolution(body));
  TRY_ASSIGN(std::optional<std::string> comment, text_member(body, "comment"));
  wish.choice.comment = comment.value_or("");
  if (auto fault = check_text(wish.choice.comment, "/comment"))
    return field_error(fault->pointer, fault->code, fault->detail);
  return wish;
}

// --- which conflicts ----------------------------------------------------------------------------

class Chooser {
 public:
  Chooser(const Moment& moment, const Command& command) : moment_(moment), command_(command) {}

  // Completes the items: their commands, and what is said of those that can't be tried. ERRORS:
  // invalid_argument (no such lock), mismatch (the key came with another request).
  Result<void> choose(Wish& wish) {
    TRY(check_key(command_.command_key));
    if (wish.lock) {
      TRY(check_lock(*wish.lock));
      TRY_ASSIGN(wish.items, held_off_by(*wish.lock));
    }
    for (Item& item : wish.items) TRY(complete(item, wish));
    return {};
  }

 private:
  Uuid key_of(const Uuid& conflict) const {
    if (command_.command_key.is_nil()) return {};
    return Uuid::make_v5(command_.command_key, conflict.to_string());
  }

  Result<Event> read(const EventId& id) const {
    TRY_ASSIGN(StoredEvent stored, moment_.context().log.read(moment_.reader(), id));
    return decode_stored(stored);
  }

  Result<std::optional<EventId>> done_before(const Uuid& key) const {
    if (key.is_nil()) return std::optional<EventId>{};
    return moment_.context().log.find_command(moment_.reader(), key);
  }

  // The event of this key, if there is one, is of this very request.
  Result<std::optional<EventId>> check_key(const Uuid& key) const {
    TRY_ASSIGN(std::optional<EventId> first, done_before(key));
    if (!first) return first;
    TRY_ASSIGN(Event event, read(*first));
    if (event.command_hash == command_.command_hash) return first;
    return Error{ErrorCode::mismatch,
                 "this Idempotency-Key was used for another request; use a new key for a new "
                 "request"};
  }

  Result<void> check_lock(const EventId& lock) const {
    Result<Event> event = read(lock);
    bool is_lock = event.ok() && !event->operations.empty() &&
                   event->operations.front().kind == OperationKind::lock;
    if (is_lock) return {};
    if (!event.ok() && event.error().code != ErrorCode::not_found) return std::move(event).error();
    return field_error("/lock", "reference",
                       "is no lock that this node knows: the history of the production has it");
  }

  // What it holds off now, and what the same request resolved before.
  Result<std::vector<Item>> held_off_by(const EventId& lock) const {
    std::vector<Item> items;
    std::set<Uuid> resolved;
    if (!command_.command_key.is_nil()) {
      TRY_ASSIGN(std::vector<Uuid> all, conflicts_of_stream(moment_.reader(), lock.stream));
      for (const Uuid& id : all) {
        TRY_ASSIGN(std::optional<EventId> first, done_before(key_of(id)));
        if (!first) continue;
        resolved.insert(id);
        items.push_back({.conflict = id, .etag = ""});
      }
    }
    TRY_ASSIGN(std::vector<Uuid> pending, conflicts_of_lock(moment_.reader(), lock));
    for (const Uuid& id : pending) {
      TRY_ASSIGN(std::optional<ServedConflict> conflict, get_conflict(moment_.context(), id));
      if (conflict && !resolved.contains(id))
        items.push_back({.conflict = id, .etag = conflict->etag});
    }
    return items;
  }

  Result<void> complete(Item& item, const Wish& wish) const {
    Command& command = item.command;
    command = command_;
    command.conflict = item.conflict;
    command.conflict_etag = item.etag;
    command.choice = wish.choice;
    command.command_key = key_of(item.conflict);
    TRY_ASSIGN(std::optional<EventId> first, check_key(command.command_key));
    if (first) {
      command.stream = first->stream;
      return {};
    }
    TRY_ASSIGN(std::optional<ServedConflict> found, get_conflict(moment_.context(), item.conflict));
    if (!found) return {};  // the engine says so
    command.stream = found->conflict.stream;
    command.table = found->conflict.record.table;
    command.record = found->conflict.record.id;
    return {};
  }

  const Moment& moment_;
  const Command& command_;
};

// --- carrying out -------------------------------------------------------------------------------

void carry_out(ApiCore& core, std::span<Item> items) {
  Result<void> done = core.parts.committer.run([&](Overlay& overlay) -> Result<void> {
    for (Item& item : items) item.outcome = core.parts.engine.execute(item.command, overlay);
    return {};
  });
  if (done.ok()) return;
  for (Item& item : items) item.outcome = done.error();
}

// --- the answer ---------------------------------------------------------------------------------

HttpRequest about(const HttpRequest& request, const Item& item) {
  HttpRequest single;
  single.path = "/api/sync/conflicts/" + item.conflict.to_string();
  single.request_id = request.request_id;
  return single;
}

std::string result_json(const ApiCore& core, const HttpRequest& request, const Item& item,
                        bool is_detailed) {
  std::string json = "{\"id\":\"" + item.conflict.to_string() + "\",\"status\":";
  if (item.outcome.ok()) return json + "200,\"problem\":null}";
  HttpResponse refused = error_answer(core, about(request, item), item.outcome.error());
  json += std::to_string(refused.status) + ",\"problem\":";
  if (is_detailed) return json + refused.body + "}";
  const bool disk_full = refused.problem == "disk-full";
  return json + (disk_full ? disk_full_object() : problem_object(item.outcome.error())) + "}";
}

HttpResponse results(const ApiCore& core, const HttpRequest& request,
                     const std::vector<Item>& items) {
  std::string json = "{\"results\":[";
  std::size_t replayed_count = 0;
  for (const Item& item : items) {
    if (&item != items.data()) json += ',';
    json += result_json(core, request, item, json.size() < max_detailed_bytes);
    if (item.outcome.ok() && item.outcome->replayed) ++replayed_count;
  }
  HttpResponse response = json_answer(json + "]}");
  if (replayed_count > 0 && replayed_count == items.size())
    response.headers.emplace_back("Idempotency-Replayed", "true");
  return response;
}

Result<void> check_headers(const HttpRequest& request) {
  for (std::string_view name : {"If-Match", "Base-Version"})
    if (!request.header(name).empty())
      return bad_parameter(name, "unknown", "goes with one conflict: give the items their etag");
  return {};
}

Result<HttpResponse> resolve_many(ApiCore& core, const HttpRequest& request) {
  TRY(check_headers(request));
  TRY_ASSIGN(Command command, read_command(request, CommandKind::resolve));
  auto claim = core.keys.claim(command.command_key);
  if (!claim)
    return problem_answer(request,
                          make_problem("busy", "the same request is still being carried out"));
  TRY_ASSIGN(Json body, read_body(request, BodyRule::json));
  TRY_ASSIGN(Wish wish, read_wish(body));
  {
    Moment moment(core);
    TRY(Chooser(moment, command).choose(wish));
  }
  std::span<Item> left(wish.items);
  while (!left.empty()) {
    std::size_t count = std::min(items_at_once, left.size());
    carry_out(core, left.first(count));
    left = left.subspan(count);
  }
  return results(core, request, wish.items);
}

}  // namespace

void add_bulk_resolve_routes(Router& router, ApiCore& core) {
  add_route(router, core,
            {.method = "POST",
             .pattern = "/api/sync/conflicts/resolve",
             .name = "resolve_conflicts",
             .tag = "Conflicts",
             .summary = "Decide up to 500 conflicts, each by itself",
             .body = BodyRule::json,
             .takes = "ChoiceForMany",
             .headers = edit_headers,
             .gives = {{200, "ManyResolved"}},
             .problems = {"busy", "idempotency-mismatch"},
             .handler = resolve_many});
}

}  // namespace genlock::http
