// Generated bad input: every kind to every write route. The answer is always 4xx with a problem,
// the store stays as it was, and no handler is caught at a bug.
#include "api_node.h"
#include "engine/schema.h"
#include "support/seeded_random.h"

namespace genlock::http {
namespace {

struct WriteRoute {
  std::string method;
  std::string path;
  const Table* table;  // of the row in the body; null: no row
};

struct Target {
  ApiNode node;
  std::string production = node.make_production();
  std::vector<WriteRoute> routes;

  Target() {
    node.make_source(production, 11);
    std::string show = at("productions", production);
    std::string send = node.post(show + "/sends", R"({"type":"a","name":"b"})").id();
    std::string connection =
        node.post("/api/connections", R"({"production_id":")" + production + "\"}").id();
    std::string attachment = node.post(show + "/attachments", R"({"name":"a"})").id();
    std::string equipment =
        node.post("/api/equipment", R"({"category":"a","manufacturer":"b","model":"c"})").id();
    const std::pair<TableId, std::string> rows[] = {
        {table::productions, show},
        {table::sources, at("sources", id_of(11))},
        {table::sends, at("sends", send)},
        {table::connections, at("connections", connection)},
        {table::attachments, at("attachments", attachment)},
        {table::equipment_specs, at("equipment", equipment)}};
    for (const auto& [id, path] : rows)
      for (const char* method : {"PUT", "PATCH"}) routes.push_back({method, path, find_table(id)});
    const std::pair<TableId, std::string> lists[] = {
        {table::productions, "/api/productions"}, {table::equipment_specs, "/api/equipment"},
        {table::sources, show + "/sources"},      {table::sends, show + "/sends"},
        {table::connections, "/api/connections"}, {table::attachments, show + "/attachments"}};
    for (const auto& [id, path] : lists) routes.push_back({"POST", path, find_table(id)});
    routes.push_back({"POST", show + "/lock", nullptr});
    routes.push_back({"POST", show + "/batch", nullptr});
    routes.push_back({"POST", show + "/undo", nullptr});
    routes.push_back({"POST", show + "/revert", nullptr});
  }
};

void require_refused(const WriteRoute& route, const std::string& body, const Answer& answer) {
  INFO(route.method << ' ' << route.path << ' ' << body.substr(0, 300) << " -> " << answer.status
                    << ' ' << answer.body.substr(0, 600));
  REQUIRE(answer.status >= 400);
  REQUIRE(answer.status < 500);
  REQUIRE(answer.header("Content-Type") == "application/problem+json");
  REQUIRE(answer["/status"] == std::to_string(answer.status));
  REQUIRE_FALSE(answer["/detail"].empty());
}

// A whole row of `table` that would be taken, as members.
std::string good_members(const Table& table, const std::string& production) {
  std::string members;
  for (const Column& column : table.columns) {
    if (!column.required) continue;
    members += (members.empty() ? "\"" : ",\"") + std::string(column.name) +
               "\":" + (column.type == ColumnType::integer ? "1" : "\"x\"");
  }
  if (table.id == table::connections) members += "\"production_id\":\"" + production + "\"";
  return members;
}

// Values that no column of this type takes.
std::vector<std::string> bad_values(const Column& column) {
  std::vector<std::string> values;
  std::string too_long = "\"" + std::string(column.max_bytes + 1, 'x') + "\"";
  switch (column.type) {
    case ColumnType::text:
      values = {"7", "true", "[]", "{}", "1.5", too_long, "\"\\u0000\""};
      if (column.required) values.insert(values.end(), {"null", "\"\""});
      if (!column.allowed.empty()) values.push_back("\"never\"");
      break;
    case ColumnType::integer:
      values = {"\"1\"", "1.5", "true", "[]", "{}", "-1", "1e300", "9223372036854775808", "100000"};
      break;
    case ColumnType::real:
      values = {"\"60\"", "true", "[]", "{}", "0", "-1", "1001"};
      break;
    case ColumnType::boolean:
      values = {"1", "\"true\"", "[]", "0"};
      break;
    case ColumnType::time:
      values = {"7", "\"2026-11-22\"", "\"soon\"", "[]", "\"2026-11-22T25:00:00Z\"", "\"\""};
      break;
    case ColumnType::uuid:
      values = {"7", "\"x\"", "[]", "\"00000000-0000-4000-8000-00000000000G\"", "\"\""};
      break;
    case ColumnType::json:
      values = {too_long};
      break;
  }
  return values;
}

TEST_CASE("a bad value in any column of any write is refused, with its pointer",
          "[http][api][bad]") {
  Target target;
  auto before = target.node.dump();
  for (const WriteRoute& route : target.routes) {
    if (!route.table) continue;
    std::string rest = route.method == "POST" ? good_members(*route.table, target.production) : "";
    for (const Column& column : route.table->columns) {
      for (const std::string& value : bad_values(column)) {
        // The bad member goes last; a good one of the same name would be a duplicate.
        std::string name = "\"" + std::string(column.name) + "\":";
        std::string members = rest;
        if (std::size_t at = members.find(name); at != std::string::npos) {
          std::size_t end = members.find(',', at);
          members.erase(at, end == std::string::npos ? end : end - at + 1);
          if (members.ends_with(',')) members.pop_back();
        }
        std::string body = "{" + members + (members.empty() ? "" : ",") + name + value + "}";
        Answer answer = target.node.ask(route.method, route.path, body);
        require_refused(route, body, answer);
        INFO(body.substr(0, 300) << answer.body.substr(0, 600));
        REQUIRE(answer.problem() == "422 validation");
        REQUIRE(answer["/errors/0/pointer"] == "/" + std::string(column.name));
      }
    }
  }
  REQUIRE(target.node.dump() == before);
  REQUIRE(target.node.bugs().empty());
}

TEST_CASE("bodies that are no row are refused by every write", "[http][api][bad]") {
  Target target;
  auto before = target.node.dump();
  const std::string bodies[] = {"[]",
                                "7",
                                "null",
                                "\"x\"",
                                "true",
                                "{\"unknown\":1}",
                                "{\"\":1}",
                                "{",
                                "}",
                                "x",
                                "{\"a\":}",
                                "{\"a\":1,\"a\":1}",
                                "{\"name\":\"\xc3\"}",
                                "\xff\xfe",
                                "{\"a\":Infinity}",
                                std::string("{\0}", 3),
                                "{'a':1}",
                                "{\"a\":1,}",
                                "// x\n{}",
                                std::string(5'000, '['),
                                "{\"id\":null}",
                                "{\"id\":\"\"}",
                                "{\"is_deleted\":true}",
                                "{\"is_deleted\":7}"};
  for (const WriteRoute& route : target.routes)
    for (const std::string& body : bodies)
      require_refused(route, body, target.node.ask(route.method, route.path, body));
  REQUIRE(target.node.dump() == before);
  REQUIRE(target.node.bugs().empty());
}

TEST_CASE("bad headers and parameters are refused by every write", "[http][api][bad]") {
  Target target;
  auto before = target.node.dump();
  const HeaderList headers[] = {{{"If-Match", "x"}},
                                {{"If-Match", "\"\""}},
                                {{"Base-Version", "*"}},
                                {{"Base-Version", "\"x"}},
                                {{"Idempotency-Key", "1"}},
                                {{"Idempotency-Key", ""}},
                                {{"Genlock-User", "%"}},
                                {{"Genlock-Device", "%c3"}},
                                {{"Genlock-User", std::string(300, 'a')}},
                                {{"Content-Type", "text/x"}},
                                {{"Genlock-User", "a"}, {"Genlock-User", "b"}}};
  for (const WriteRoute& route : target.routes) {
    std::string body = "{\"label\":\"changed\"}";
    for (const HeaderList& list : headers)
      require_refused(route, list.front().first,
                      target.node.ask(route.method, route.path, body, list));
    for (const char* query :
         {"?x=1", "?deleted=true", "?as_of=2026-01-01T00:00:00Z", "?%zz", "?a=%00"})
      require_refused(route, query, target.node.ask(route.method, route.path + query, body));
  }
  REQUIRE(target.node.dump() == before);
  REQUIRE(target.node.bugs().empty());
}

TEST_CASE("a good body with random bytes changed never makes a 500", "[http][api][bad]") {
  Target target;
  SeededRandom random(7);
  const std::string good =
      R"({"type":"camera","name":"CAM","h_res":1920,"rate":59.94,"outputs":[{"connector":"SDI","output_index":2}]})";
  for (int i = 0; i < 400; ++i) {
    std::string body = good;
    for (std::uint64_t edits = 1 + random.next_u64() % 3; edits > 0; --edits)
      body[random.next_u64() % body.size()] = static_cast<char>(random.next_u64());
    Answer answer = target.node.put(at("sources", id_of(11)), body);
    INFO(body << " -> " << answer.body);
    REQUIRE(answer.status < 500);
  }
  REQUIRE(target.node.get(at("sources", id_of(11))).status == 200);
  REQUIRE(target.node.bugs().empty());
}

TEST_CASE("a good batch with random bytes changed never makes a 500", "[http][api][bad]") {
  Target target;
  SeededRandom random(11);
  const std::string good = R"({"label":"x","ops":[{"op":"create","table":"sources","id":")" +
                           id_of(12) + R"(","row":{"type":"camera","name":"CAM"}},)" +
                           R"({"op":"update","table":"sources","id":")" + id_of(11) +
                           R"(","row":{"name":"A","outputs":[]}},)" +
                           R"({"op":"delete","table":"sources","id":")" + id_of(12) + "\"}]}";
  std::string path = at("productions", target.production) + "/batch";
  REQUIRE(target.node.post(path, good).status == 200);
  for (int i = 0; i < 600; ++i) {
    std::string body = good;
    for (std::uint64_t edits = 1 + random.next_u64() % 3; edits > 0; --edits)
      body[random.next_u64() % body.size()] = static_cast<char>(random.next_u64() % 128);
    Answer answer = target.node.post(path, body);
    INFO(body << " -> " << answer.body);
    REQUIRE(answer.status < 500);
  }
  REQUIRE(target.node.bugs().empty());
}

TEST_CASE("questions of random pieces never make a 500", "[http][api][bad]") {
  Target target;
  SeededRandom random(13);
  const std::string show = at("productions", target.production);
  const std::string event = target.production + ".b1000000-0000-0000-0000-000000000001.2";
  const std::vector<std::string> targets{show,
                                         show + "/sources",
                                         show + "/history",
                                         "/api/productions",
                                         "/api/sync/conflicts",
                                         "/api/sync/log",
                                         at("sources", id_of(11))};
  const std::vector<std::string> names{"name",  "h_res", "order", "limit", "cursor",  "deleted",
                                       "as_of", "at",    "id",    "type",  "include", "op"};
  const std::vector<std::string> values{
      "eq.",     "in.(", "in.()", "%22",   ")",     "is.null",
      "ilike.*", "*",    "name",  ".desc", ",",     "1",
      "0",       "00",   "ff01",  "true",  "all",   event,
      "a",       "-1",   "1e400", "%5c",   ".",     "%00",
      "%ff",     "asc",  "gt.",   "lt.5",  "%2B01", "2026-11-22T18:42:03Z",
      id_of(11)};
  for (int i = 0; i < 3'000; ++i) {
    std::string query = targets[random.next_u64() % targets.size()] + "?";
    for (std::uint64_t n = 1 + random.next_u64() % 3; n > 0; --n) {
      query += names[random.next_u64() % names.size()] + "=";
      for (std::uint64_t pieces = random.next_u64() % 4; pieces > 0; --pieces)
        query += values[random.next_u64() % values.size()];
      if (n > 1) query += "&";
    }
    Answer answer = target.node.get(query);
    INFO(query << " -> " << answer.body);
    REQUIRE(answer.status < 500);
    if (answer.status == 400 && answer["/errors"] != "(none)")
      REQUIRE(query.find(answer["/errors/0/parameter"]) != std::string::npos);
  }
  REQUIRE(target.node.bugs().empty());
}

}  // namespace
}  // namespace genlock::http
