// Rows: every route of docs/api.md, section 4, and the shapes of sections 1 and 2.
#include "api_node.h"

namespace genlock::http {
namespace {

struct Show {
  ApiNode node;
  std::string production = node.make_production();
  std::string of(std::string_view list) {
    return at("productions", production) + "/" + std::string(list);
  }
};

constexpr const char* send_json = R"({"type":"VIDEO SWITCH","name":"SCREEN 1A","rate":60})";

TEST_CASE("a created row has every column, and 201 says where it is", "[http][api]") {
  ApiNode node;
  Answer made =
      node.post("/api/productions", R"({"client":"Sample","show_name":"Gala","label":null})",
                {{"Genlock-User", "Ana%20%C3%9C"}, {"Genlock-Device", "FOH%20tablet"}});
  REQUIRE(made.status == 201);
  REQUIRE(made.header("Location") == at("productions", made.id()));
  REQUIRE(made.header("Content-Type") == "application/json");
  REQUIRE(made.etag() == made["/_meta/etag"]);
  for (const char* column :
       {"venue", "room", "load_in", "load_out", "show_info_url", "status", "label"}) {
    INFO(column);
    REQUIRE(made.at("/" + std::string(column)) == "null");
  }
  // On a cloud node, when it stored the row.
  REQUIRE((made["/synced_at"] == "null") == (ApiNode::default_role() == Role::lan));
  REQUIRE(made["/version"] == "1");
  REQUIRE(made["/is_deleted"] == "false");
  REQUIRE(made["/sort_order"] == "a0");
  REQUIRE(made["/created_at"].substr(0, 20) == "2026-11-22T18:42:03.");
  REQUIRE(made["/created_at"].back() == 'Z');
  REQUIRE(made["/_meta/by/user"] == "Ana Ü");
  REQUIRE(made["/_meta/by/device"] == "FOH tablet");
  REQUIRE(made["/last_modified_by"] == made["/_meta/by/user_id"]);
  REQUIRE(made["/_meta/conflicts"] == "0");
  REQUIRE(made["/_meta/lock"] == "null");
  REQUIRE(node.get(made.header("Location")).body == made.body);
}

TEST_CASE("every table is created, read, changed, deleted and restored", "[http][api]") {
  Show show;
  struct Case {
    const char* collection;
    std::string create_at;
    std::string body;
    const char* change;
    const char* column;
  };
  std::string connection = R"({"production_id":")" + show.production + R"(","note":"x"})";
  const Case cases[] = {
      {"productions", "/api/productions", R"({"client":"A","show_name":"B"})",
       R"({"venue":"Hall"})", "/venue"},
      {"equipment", "/api/equipment", R"({"category":"ccu","manufacturer":"Sony","model":"X"})",
       R"({"model":"Y"})", "/model"},
      {"sources", show.of("sources"), R"({"type":"camera","name":"CAM 1"})", R"({"name":"CAM 2"})",
       "/name"},
      {"sends", show.of("sends"), send_json, R"({"name":"SCREEN 2"})", "/name"},
      {"connections", "/api/connections", connection, R"({"note":"y"})", "/note"},
  };
  for (const Case& c : cases) {
    INFO(c.collection);
    Answer made = show.node.post(c.create_at, c.body);
    INFO(made.body);
    REQUIRE(made.status == 201);
    std::string path = at(c.collection, made.id());
    REQUIRE(made.header("Location") == path);
    REQUIRE(show.node.get(path).status == 200);

    Answer put = show.node.put(path, c.change);
    REQUIRE(put.status == 200);
    REQUIRE(put[c.column] != made[c.column]);
    REQUIRE(put["/version"] == "2");
    REQUIRE(show.node.patch(path, c.change).body == put.body);  // nothing left to write

    Answer deleted = show.node.del(path);
    REQUIRE(deleted.status == 200);
    REQUIRE(deleted["/is_deleted"] == "true");
    REQUIRE(show.node.del(path).body == deleted.body);
    REQUIRE(show.node.get(path).problem() == "410 gone");
    REQUIRE(show.node.get(path + "?deleted=true").body == deleted.body);
    REQUIRE(show.node.put(path, c.change).problem() == "410 gone");

    Answer restored = show.node.post(path + "/restore");
    REQUIRE(restored.status == 200);
    REQUIRE(restored["/is_deleted"] == "false");
    REQUIRE(restored[c.column] == put[c.column]);
    REQUIRE(show.node.post(path + "/restore").body == restored.body);
  }
  REQUIRE(show.node.bugs().empty());
}

TEST_CASE("lists hold what is there, in order, and their pages are linked", "[http][api]") {
  Show show;
  for (int n = 11; n <= 15; ++n) show.node.make_source(show.production, n);
  Answer all = show.node.get(show.of("sources"));
  REQUIRE(all.status == 200);
  REQUIRE(all.count() == 5);
  REQUIRE(all["/0/id"] == id_of(11));
  REQUIRE(all["/4/id"] == id_of(15));
  REQUIRE(all.etag().empty());
  REQUIRE(all.header("Link").empty());

  std::string target = show.of("sources") + "?type=eq.camera&limit=2";
  std::vector<std::string> seen;
  for (int pages = 0; pages < 3; ++pages) {
    Answer page = show.node.get(target);
    INFO(page.body);
    REQUIRE(page.status == 200);
    for (std::size_t i = 0; i < page.count(); ++i)
      seen.push_back(page.at("/" + std::to_string(i) + "/id"));
    std::string link = page.header("Link");
    if (link.empty()) break;
    REQUIRE(link.ends_with(">; rel=\"next\""));
    target = link.substr(1, link.find('>') - 1);
  }
  REQUIRE(seen == std::vector<std::string>{id_of(11), id_of(12), id_of(13), id_of(14), id_of(15)});
}

TEST_CASE("lists filter with eq and in, and leave deleted rows out", "[http][api]") {
  Show show;
  for (int n = 11; n <= 14; ++n) show.node.make_source(show.production, n);
  show.node.put(at("sources", id_of(12)), R"({"type":"laptop","rate":59.94})");
  show.node.del(at("sources", id_of(14)));
  const auto count = [&](std::string_view query) {
    Answer list = show.node.get(show.of("sources") + std::string(query));
    INFO(list.body);
    REQUIRE(list.status == 200);
    return list.count();
  };
  REQUIRE(count("") == 3);
  REQUIRE(count("?type=eq.laptop") == 1);
  REQUIRE(count("?type=in.(laptop,camera)") == 3);
  REQUIRE(count("?rate=eq.59.94") == 1);
  REQUIRE(count("?type=eq.camera&deleted=true") == 3);
  REQUIRE(count("?label=eq.SRC%2013") == 1);
  REQUIRE(count("?type=eq.nothing") == 0);
  REQUIRE(show.node.get("/api/productions?status=eq.planning").count() == 0);
  REQUIRE(show.node.get("/api/equipment?category=in.(ccu,router)").count() == 0);
}

TEST_CASE("what a list does not know is 400 with its parameter", "[http][api]") {
  Show show;
  for (const char* query : {"colour=eq.red", "type=camera", "type=like.x", "limit=0", "limit=1001",
                            "limit=x", "cursor=nonsense", "deleted=maybe", "as_of=yesterday",
                            "rate=eq.fast", "order=colour", "signal=eq.1", "include=all"}) {
    INFO(query);
    Answer bad = show.node.get(show.of("sources") + "?" + query);
    REQUIRE(bad.problem() == "400 bad-request");
    REQUIRE(bad["/errors/0/parameter"] ==
            std::string(query).substr(0, std::string(query).find('=')));
  }
  REQUIRE(show.node.get(at("sources", id_of(1)) + "?as_of=2026-01-01").problem() ==
          "400 bad-request");
  REQUIRE(show.node.get("/api/sync/status?verbose=1")["/errors/0/parameter"] == "verbose");
}

TEST_CASE("lists of an unknown production are 404, of a deleted one 410", "[http][api]") {
  Show show;
  REQUIRE(show.node.get(at("productions", id_of(99)) + "/sources").problem() == "404 not-found");
  REQUIRE(show.node.get("/api/productions/not-a-uuid/sends").problem() == "404 not-found");
  show.node.make_source(show.production, 11);
  show.node.del(at("productions", show.production));
  REQUIRE(show.node.get(show.of("sources")).problem() == "410 gone");
  REQUIRE(show.node.get(show.of("sources") + "?deleted=true").count() == 1);
}

TEST_CASE("include=all is the whole show in one answer, without an ETag", "[http][api]") {
  Show show;
  show.node.make_source(show.production, 11);
  show.node.post(show.of("sends"), send_json);
  show.node.post("/api/connections", R"({"production_id":")" + show.production +
                                         R"(","source_id":")" + id_of(11) + R"("})");
  Answer whole = show.node.get(at("productions", show.production) + "?include=all");
  REQUIRE(whole.status == 200);
  REQUIRE(whole["/show_name"] == "Gala");
  for (const char* list : {"/sources", "/sends", "/connections"}) REQUIRE(whole.count(list) == 1);
  REQUIRE(whole["/conflicts"] == "[]");
  REQUIRE(whole.etag().empty());
  REQUIRE(show.node.get(at("productions", show.production) + "?include=some").problem() ==
          "400 bad-request");
  REQUIRE(show.node.get(at("productions", id_of(99)) + "?include=all").problem() ==
          "404 not-found");
}

TEST_CASE("a deleted row says when, by whom, and how to get it back", "[http][api]") {
  Show show;
  std::string source = show.node.make_source(show.production, 11);
  show.node.del(at("sources", source), {{"Genlock-User", "Ben"}});
  Answer gone = show.node.get(at("sources", source));
  REQUIRE(gone.problem() == "410 gone");
  REQUIRE(gone["/by/user"] == "Ben");
  REQUIRE(gone["/deleted_at"].starts_with("2026-11-22T18:42:0"));
  REQUIRE(gone["/restore"] == at("sources", source) + "/restore");
}

TEST_CASE("children of a deleted production are hidden and come back with it", "[http][api]") {
  Show show;
  std::string source = show.node.make_source(show.production, 11);
  show.node.del(at("productions", show.production), {{"Genlock-User", "Ben"}});
  Answer hidden = show.node.get(at("sources", source));
  REQUIRE(hidden.problem() == "410 gone");
  REQUIRE(hidden["/restore"] == at("productions", show.production) + "/restore");
  REQUIRE(hidden["/by/user"] == "Ben");
  Answer shown = show.node.get(at("sources", source) + "?deleted=true");
  REQUIRE(shown["/_meta/hidden_by/id"] == show.production);
  REQUIRE(shown["/_meta/hidden_by/table"] == "productions");
  REQUIRE(show.node.put(at("sources", source), R"({"name":"x"})").problem() == "410 gone");
  REQUIRE(show.node.post(at("sources", source) + "/restore").problem() == "410 gone");
  REQUIRE(show.node.post(show.of("sources"), R"({"type":"a","name":"b"})").problem() == "410 gone");
  show.node.post(at("productions", show.production) + "/restore");
  REQUIRE(show.node.get(at("sources", source)).status == 200);
}

TEST_CASE("HEAD is GET without a body, OPTIONS lists methods, others are 405", "[http][api]") {
  Show show;
  Answer head = show.node.ask("HEAD", at("productions", show.production));
  REQUIRE(head.status == 200);
  REQUIRE(head.body.empty());
  REQUIRE_FALSE(head.etag().empty());
  Answer options = show.node.ask("OPTIONS", at("productions", show.production));
  REQUIRE(options.status == 204);
  REQUIRE(options.header("Allow") == "DELETE, GET, HEAD, PATCH, PUT, OPTIONS");
  Answer wrong = show.node.del("/api/productions");
  REQUIRE(wrong.problem() == "405 method-not-allowed");
  REQUIRE(wrong.header("Allow") == "GET, HEAD, POST, OPTIONS");
  REQUIRE(show.node.post(at("productions", show.production), "{}").status == 405);
  REQUIRE(show.node.get("/api/nothing").problem() == "404 not-found");
}

TEST_CASE("every answer has Request-Id and Sync-Cursor, and none has CORS", "[http][api]") {
  Show show;
  Answer given = show.node.get("/api/productions", {{"Request-Id", "my-id_1"}});
  REQUIRE(given.header("Request-Id") == "my-id_1");
  for (const char* target :
       {"/api/productions", "/api/nothing", "/healthz", "/", "/problems/gone"}) {
    INFO(target);
    Answer answer = show.node.get(target, {{"Origin", "http://evil.example"}});
    REQUIRE_FALSE(answer.header("Request-Id").empty());
    REQUIRE(answer.header("Sync-Cursor").ends_with(".1"));
    REQUIRE(answer.header("Access-Control-Allow-Origin").empty());
  }
  show.node.make_source(show.production, 11);
  REQUIRE(show.node.get("/api/productions").header("Sync-Cursor").ends_with(".2"));
  Answer bad = show.node.get("/api/productions?x=1", {{"Request-Id", "seen"}});
  REQUIRE(bad["/request_id"] == "seen");
  REQUIRE(bad["/instance"] == "/api/productions");
  REQUIRE(bad["/status"] == "400");
}

}  // namespace
}  // namespace genlock::http
