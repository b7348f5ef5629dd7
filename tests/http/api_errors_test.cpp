// Errors (docs/api.md, section 7): status, type, where the fault is, which of several decides; and
// that a refused write changed nothing.
#include "api_node.h"
#include "http/server/problem_types.h"

#include <set>

namespace genlock::http {
namespace {

struct Show {
  ApiNode node;
  std::string production = node.make_production();
  std::string source = at("sources", node.make_source(production, 11));
  std::string sources = at("productions", production) + "/sources";
};

TEST_CASE("an error has all members of a problem, as application/problem+json", "[http][api]") {
  Show show;
  Answer bad = show.node.put(show.source, R"({"h_res":0})", {{"Request-Id", "r-7"}});
  REQUIRE(bad.status == 422);
  REQUIRE(bad.header("Content-Type") == "application/problem+json");
  REQUIRE(bad["/type"] == "/problems/validation");
  REQUIRE(bad["/title"] == "Some fields are not right");
  REQUIRE(bad["/status"] == "422");
  REQUIRE(bad["/detail"] == "/h_res must be 1..32768");
  REQUIRE(bad["/instance"] == show.source);
  REQUIRE(bad["/request_id"] == "r-7");
  REQUIRE(bad["/errors"] == R"([{"pointer":"/h_res","code":"range","detail":"must be 1..32768"}])");
}

TEST_CASE("a field at fault is named by pointer and code", "[http][api]") {
  Show show;
  struct Case {
    const char* body;
    const char* pointer;
    const char* code;
  };
  std::string long_name = R"({"name":")" + std::string(1001, 'x') + R"("})";
  const Case cases[] = {
      {R"({"name":null})", "/name", "required"},
      {R"({"name":""})", "/name", "required"},
      {R"({"name":7})", "/name", "type"},
      {R"({"h_res":"1920"})", "/h_res", "type"},
      {R"({"h_res":1.5})", "/h_res", "type"},
      {R"({"h_res":32769})", "/h_res", "range"},
      {R"({"rate":0})", "/rate", "range"},
      {R"({"rate":1000.5})", "/rate", "range"},
      {R"({"blanking":"RBv9"})", "/blanking", "enum"},
      {long_name.c_str(), "/name", "length"},
      {R"({"colour":"red"})", "/colour", "unknown"},
      {R"({"a/b~c":1})", "/a~1b~0c", "unknown"},
      {R"({"id":"00000000-0000-4000-8000-000000000012"})", "/id", "read_only"},
      {R"({"id":"NOT"})", "/id", "format"},
      {R"({"production_id":"00000000-0000-4000-8000-000000000012"})", "/production_id",
       "read_only"},
      {R"({"is_deleted":true})", "/is_deleted", "read_only"},
      {R"({"outputs":7})", "/outputs", "type"},
      {R"({"outputs":[7]})", "/outputs/0", "type"},
      {R"({"outputs":[{"connector":"SDI"},{"output_index":2}]})", "/outputs/1/connector",
       "required"},
      {R"({"outputs":[{"connector":"SDI","output_index":0}]})", "/outputs/0/output_index", "range"},
      {R"({"sort_order":"-"})", "/sort_order", "format"},
      {R"([])", "", "type"},
      {R"("text")", "", "type"},
  };
  auto before = show.node.dump();
  for (const Case& c : cases) {
    INFO(c.body);
    Answer bad = show.node.put(show.source, c.body);
    INFO(bad.body);
    REQUIRE(bad.problem() == "422 validation");
    REQUIRE(bad["/errors/0/pointer"] == c.pointer);
    REQUIRE(bad["/errors/0/code"] == c.code);
    REQUIRE(show.node.dump() == before);
  }
}

TEST_CASE("a date without a time, or without an offset, is no time", "[http][api]") {
  Show show;
  for (const char* text :
       {"2026-11-22", "2026-11-22T10:00:00", "tomorrow", "2026-13-01T00:00:00Z", ""}) {
    INFO(text);
    Answer bad = show.node.put(at("productions", show.production),
                               R"({"load_in":")" + std::string(text) + "\"}");
    REQUIRE(bad.problem() == "422 validation");
    REQUIRE(bad["/errors/0/pointer"] == "/load_in");
    REQUIRE(bad["/errors/0/code"] == "format");
  }
}

TEST_CASE("all fields at fault are reported at once", "[http][api]") {
  Show show;
  REQUIRE(show.node.put(show.source, R"({"h_res":0,"v_res":0,"rate":-1})").count("/errors") == 3);
  REQUIRE(show.node.post(show.sources, "{}").count("/errors") == 2);
}

TEST_CASE("what a body may repeat without meaning is ignored", "[http][api]") {
  Show show;
  Answer same =
      show.node.put(show.source, R"({"version":99,"created_at":"x","updated_at":1,"synced_at":[],
      "last_modified_by":7,"_meta":{"etag":1},"is_deleted":false})");
  REQUIRE(same.status == 200);
  REQUIRE(same["/version"] == "1");
}

TEST_CASE("bodies that can't be read are 400", "[http][api]") {
  Show show;
  auto before = show.node.dump();
  std::string deep = R"({"name":)" + std::string(40, '[') + std::string(40, ']') + "}";
  for (const std::string& body :
       {std::string("{"), std::string("nonsense"), std::string(R"({"name":1,"name":2})"),
        std::string(R"({"rate":NaN})"), std::string("{\"name\":\"\xff\"}"),
        std::string(R"({"rate":1e999})"), std::string("{} {}"), deep}) {
    INFO(body);
    REQUIRE(show.node.put(show.source, body).problem() == "400 bad-request");
    REQUIRE(show.node.post(show.sources, body).problem() == "400 bad-request");
    REQUIRE(show.node.dump() == before);
  }
}

TEST_CASE("a body needs its length, its type, and not too many bytes", "[http][api]") {
  Show show;
  Answer none = show.node.raw("PUT " + show.source + " HTTP/1.1\r\nHost: n\r\n\r\n");
  REQUIRE(none.problem() == "411 length-required");
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonp",
                           "application/merge-patch+json", "application/json; charset=latin1"}) {
    INFO(type);
    REQUIRE(show.node.put(show.source, "{}", {{"Content-Type", type}}).problem() ==
            "415 unsupported-media-type");
  }
  for (const char* type :
       {"application/json", "application/json; charset=utf-8", "APPLICATION/JSON"})
    REQUIRE(show.node.put(show.source, "{}", {{"Content-Type", type}}).status == 200);
  REQUIRE(show.node.put(show.source, "").status == 415);
  std::string large = R"({"note":")" + std::string(1 << 20, 'x') + "\"}";
  REQUIRE(show.node.put(show.source, large).problem() == "413 too-large");
}

TEST_CASE("routes without a body take an empty one or {}, nothing else", "[http][api]") {
  Show show;
  REQUIRE(show.node.post(show.source + "/restore", "{}").status == 200);
  REQUIRE(show.node.raw("POST " + show.source + "/restore HTTP/1.1\r\nHost: n\r\n\r\n").status ==
          200);
  Answer extra = show.node.post(show.source + "/restore", R"({"name":"x"})");
  REQUIRE(extra.problem() == "422 validation");
  REQUIRE(extra["/errors/0/pointer"] == "/name");
  REQUIRE(show.node.post(show.source + "/restore", "[").problem() == "400 bad-request");
  REQUIRE(show.node.ask("DELETE", show.source, R"({"why":1})").problem() == "422 validation");
}

TEST_CASE("who edits must be readable", "[http][api]") {
  Show show;
  for (const char* name : {"%zz", "%ff", "%"}) {
    INFO(name);
    Answer bad = show.node.put(show.source, R"({"name":"x"})", {{"Genlock-User", name}});
    REQUIRE(bad.problem() == "400 bad-request");
    REQUIRE(bad["/errors/0/parameter"] == "Genlock-User");
  }
  Answer long_name = show.node.put(show.source, "{}", {{"Genlock-Device", std::string(201, 'x')}});
  REQUIRE(long_name["/errors/0/parameter"] == "Genlock-Device");
}

TEST_CASE("a person is who the client says: a name, or a UUID", "[http][api]") {
  Show show;
  std::string id = "018f6b1e-0000-7000-8000-0000000000aa";
  Answer row = show.node.put(show.source, R"({"name":"1"})", {{"Genlock-User", id}});
  REQUIRE(row["/last_modified_by"] == id);
  REQUIRE(row["/_meta/by"] == R"({"user":null,"user_id":")" + id + R"(","device":null})");
  Answer ana = show.node.put(show.source, R"({"name":"2"})", {{"Genlock-User", "Ana"}});
  REQUIRE(ana["/last_modified_by"] == "25345b02-b037-5316-b459-6252c42b2195");
  Answer nobody = show.node.put(show.source, R"({"name":"3"})");
  REQUIRE(nobody["/last_modified_by"] == "null");
}

TEST_CASE("a connection names its production in the body", "[http][api]") {
  Show show;
  struct Case {
    std::string body;
    const char* code;
  };
  const Case cases[] = {{"{}", "required"},
                        {R"({"production_id":null})", "required"},
                        {R"({"production_id":")" + id_of(99) + "\"}", "reference"},
                        {R"({"production_id":"x"})", "format"},
                        {R"({"production_id":7})", "type"}};
  for (const Case& c : cases) {
    INFO(c.body);
    Answer bad = show.node.post("/api/connections", c.body);
    INFO(bad.body);
    REQUIRE(bad.problem() == "422 validation");
    REQUIRE(bad["/errors/0/pointer"] == "/production_id");
    REQUIRE(bad["/errors/0/code"] == c.code);
  }
  Answer both = show.node.post("/api/connections", R"({"destination_type":7})");
  REQUIRE(both.count("/errors") == 2);
  show.node.del(at("productions", show.production));
  Answer gone =
      show.node.post("/api/connections", R"({"production_id":")" + show.production + "\"}");
  REQUIRE(gone["/errors/0/code"] == "reference");
}

TEST_CASE("a child's production is that of the path", "[http][api]") {
  Show show;
  std::string other = show.node.make_production(2);
  Answer bad =
      show.node.post(show.sources, R"({"type":"a","name":"b","production_id":")" + other + "\"}");
  REQUIRE(bad.problem() == "422 validation");
  REQUIRE(bad["/errors/0/pointer"] == "/production_id");
  REQUIRE(show.node
              .post(show.sources,
                    R"({"type":"a","name":"b","production_id":")" + show.production + "\"}")
              .status == 201);
}

TEST_CASE("PUT, PATCH, DELETE and restore never create", "[http][api]") {
  Show show;
  for (const char* collection : {"productions", "equipment", "sources", "sends", "connections"}) {
    for (const std::string& id : {id_of(99), std::string("nonsense"),
                                  std::string("00000000-0000-4000-8000-00000000000B")}) {
      std::string path = at(collection, id);
      INFO(path);
      REQUIRE(show.node.put(path, "{}").problem() == "404 not-found");
      REQUIRE(show.node.patch(path, "{}").problem() == "404 not-found");
      REQUIRE(show.node.del(path).problem() == "404 not-found");
      REQUIRE(show.node.post(path + "/restore").problem() == "404 not-found");
      REQUIRE(show.node.get(path).problem() == "404 not-found");
    }
  }
  REQUIRE(show.node.get(at("sends", id_of(11))).problem() == "404 not-found");  // it is a source
}

TEST_CASE("the first wrong thing decides", "[http][api]") {
  Show show;
  std::string gone = at("sources", show.node.make_source(show.production, 12));
  show.node.del(gone);
  const HeaderList wrong_type{{"Content-Type", "text/plain"}, {"If-Match", "x"}};
  REQUIRE(show.node.put("/api/nothing/at/all", "{", wrong_type).status == 404);
  REQUIRE(show.node.put("/api/productions", "{", wrong_type).status == 405);
  REQUIRE(show.node.put(at("sources", id_of(99)), "{", wrong_type).status == 415);
  REQUIRE(show.node.put(at("sources", id_of(99)), "{").status == 400);
  REQUIRE(show.node.put(at("sources", id_of(99)), R"({"h_res":"x"})").status == 404);
  std::string stale = show.node.get(show.source).etag();
  REQUIRE(show.node.put(gone, R"({"h_res":"x"})", {{"If-Match", stale}}).status == 410);
  show.node.put(show.source, R"({"name":"new"})");
  REQUIRE(show.node.put(show.source, R"({"h_res":"x"})", {{"If-Match", stale}}).status == 412);
  REQUIRE(show.node.put(show.source, R"({"h_res":0})", {{"If-Match", stale}}).status == 412);
  REQUIRE(show.node.put(show.source, R"({"h_res":0,"name":"other"})", {{"Base-Version", stale}})
              .status == 422);
  REQUIRE(show.node.put(show.source, R"({"name":"other"})", {{"Base-Version", stale}}).status ==
          409);
  REQUIRE(show.node.post(at("productions", id_of(99)) + "/sources", R"({"colour":1})").status ==
          404);
}

TEST_CASE("every kind of error has a page", "[http][api]") {
  Show show;
  for (const char* name : {"bad-request",
                           "not-found",
                           "method-not-allowed",
                           "timeout",
                           "gone",
                           "length-required",
                           "already-exists",
                           "field-conflict",
                           "already-resolved",
                           "busy",
                           "no-peer",
                           "precondition-failed",
                           "too-large",
                           "unsupported-media-type",
                           "precondition-required",
                           "validation",
                           "idempotency-mismatch",
                           "production-locked",
                           "rate-limited",
                           "internal",
                           "not-ready",
                           "overloaded",
                           "feed-full",
                           "peer-unreachable",
                           "disk-full"}) {
    INFO(name);
    Answer page = show.node.get("/problems/" + std::string(name));
    REQUIRE(page.status == 200);
    REQUIRE(page.header("Content-Type") == "text/html; charset=utf-8");
    REQUIRE(page.body.find("/problems/" + std::string(name)) != std::string::npos);
    REQUIRE(show.node.get("/problems").body.find("\"/problems/" + std::string(name) + "\"") !=
            std::string::npos);
  }
  REQUIRE(show.node.get("/problems/nothing").problem() == "404 not-found");
}

TEST_CASE("the page of an error says its status, what it means and what to do", "[http][api]") {
  ApiNode node({.role = Role::cloud});
  std::set<std::string_view> titles;
  for (const ProblemType& type : problem_types()) {
    INFO(type.name);
    Answer page = node.get("/problems/" + std::string(type.name));
    REQUIRE(page.status == 200);
    REQUIRE(page.body.find("<h1>" + std::string(type.title)) != std::string::npos);
    REQUIRE(page.body.find("<code>" + std::to_string(type.status)) != std::string::npos);
    REQUIRE(page.body.find(std::string(type.page.substr(0, type.page.find_first_of("&<>\"")))) !=
            std::string::npos);
    REQUIRE(type.page.size() > 50);
    REQUIRE(titles.insert(type.title).second);
  }
}

TEST_CASE("a path without a route is told where the routes stand", "[http][api]") {
  ApiNode node;
  Answer answer = node.get("/api/nothing");
  REQUIRE(answer.problem() == "404 not-found");
  REQUIRE(answer["/detail"].find("docs/api.md") != std::string::npos);
  REQUIRE(node.get("/").body.find("/api/productions/{id}/history") != std::string::npos);
}

}  // namespace
}  // namespace genlock::http
