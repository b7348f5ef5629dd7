// POST /api/import: files from a browser (docs/api.md, section 12).
#include "api_node.h"
#include "support/places.h"

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

namespace genlock::http {
namespace {

const HeaderList csv = {{"Content-Type", "text/csv; charset=utf-8"}};

std::string data_file(const std::string& name) {
  std::ifstream in(test_data(name), std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  REQUIRE(in);
  return text.str();
}

// A show with one source.
std::string show(const std::string& source) {
  return R"({"production":{"id":")" + id_of(1) + R"(","client":"Acme","show_name":"Gala"},
      "sources":[{"id":")" +
         id_of(2) + "\"," + source + "}]}";
}

// The job when it is over; a minute is far more than it takes.
Answer finished(ApiNode& node, const Answer& begun) {
  INFO(begun.body);
  REQUIRE(begun.status == 202);
  REQUIRE(begun["/kind"] == "import");
  REQUIRE(begun.header("Location") == "/api/sync/jobs/" + begun.id());
  for (int i = 0; i < 6'000; ++i) {
    Answer job = node.get(begun.header("Location"));
    if (job["/finished_at"] != "null") return job;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL("the import does not end");
  return begun;
}

Answer import(ApiNode& node, const std::string& target, const std::string& body,
              const HeaderList& headers = {}) {
  return finished(node, node.post(target, body, headers));
}

TEST_CASE("a file is imported as a job, and its report is the result", "[http][api][import]") {
  ApiNode node;
  Answer job = import(node, "/api/import", show(R"("type":"CAM","name":"CAM 1")"),
                      {{"Genlock-User", "Ana"}, {"Genlock-Device", "laptop"}});
  INFO(job.body);
  REQUIRE(job["/state"] == "done");
  REQUIRE(job["/done"] == "2");
  REQUIRE(job["/total"] == "2");
  REQUIRE(job["/result/dry_run"] == "false");
  REQUIRE(job["/result/tables/sources/taken"] == "1");
  Answer source = node.get(at("sources", id_of(2)));
  REQUIRE(source["/name"] == "CAM 1");
  REQUIRE(source["/_meta/by/user"] == "Ana");
  REQUIRE(source["/_meta/by/device"] == "laptop");
  // Again: nothing is written. With another name: it is told, and taken with update.
  auto before = node.dump();
  REQUIRE(import(node, "/api/import",
                 show(R"("type":"CAM","name":"CAM 1")"))["/result/tables/sources/unchanged"] ==
          "1");
  Answer differs = import(node, "/api/import", show(R"("type":"CAM","name":"CAM 2")"));
  REQUIRE(differs["/result/tables/sources/different"] == "1");
  REQUIRE(node.dump() == before);
  Answer updated = import(node, "/api/import?update=true", show(R"("type":"CAM","name":"CAM 2")"));
  REQUIRE(updated["/result/tables/sources/changed"] == "1");
  REQUIRE(node.bugs().empty());
}

TEST_CASE("a dry run changes nothing and reports the same", "[http][api][import]") {
  ApiNode node;
  auto before = node.dump();
  const std::string file = show(R"("type":"CAM","name":"CAM 1","h_res":0)");
  Answer dry = import(node, "/api/import?dry_run=true&name=show.json", file);
  INFO(dry.body);
  REQUIRE(dry["/result/dry_run"] == "true");
  REQUIRE(dry["/result/tables/productions/taken"] == "1");
  REQUIRE(dry["/result/left_out/0/file"] == "show.json");
  REQUIRE(dry["/result/left_out/0/pointer"] == "/sources/0");
  REQUIRE(node.dump() == before);
  Answer wet = import(node, "/api/import?name=show.json", file);
  REQUIRE(wet["/result/left_out"] == dry["/result/left_out"]);
}

TEST_CASE("the old app's storage is imported from a browser", "[http][api][import]") {
  ApiNode node;
  Answer job = import(node, "/api/import", data_file("localstorage-export.json"));
  REQUIRE(job["/state"] == "done");
  REQUIRE(job["/result/tables/sources/taken"] == "21");
  REQUIRE(job["/result/tables/attachments/left_out"] == "0");
  Answer shows = node.get("/api/productions");
  REQUIRE(shows["/0/show_name"] == "Annual Conference 2024");
  const std::string base = "/api/productions/" + shows["/0/id"];
  REQUIRE(node.get(base + "/attachments?name=eq.checklist")["/0/content/94/category"] != "(none)");
  REQUIRE(node.get(base + "/sources?label=eq.SRC%2018")["/0/name"] == "CAM 1");
}

TEST_CASE("CSV says its table, its show and what its headings mean", "[http][api][import]") {
  ApiNode node;
  std::string production = node.make_production();
  const std::string target =
      "/api/import?table=sources&map=Titel%3Dname&production_id=" + production;
  Answer job = import(node, target, "Titel;TYPE;RATE\r\nCAM 1;CAM;59,94\r\nCAM 2;CAM;x\r\n", csv);
  INFO(job.body);
  REQUIRE(job["/result/tables/sources/taken"] == "1");
  REQUIRE(job["/result/left_out/0/pointer"] == "line 3");
  REQUIRE(node.get("/api/productions/" + production + "/sources")["/0/rate"] == "59.94");
  Answer failed =
      import(node, "/api/import?table=sends&production_id=" + id_of(99), "name,type\nA,B\n", csv);
  REQUIRE(failed["/state"] == "failed");
  REQUIRE(failed["/error/detail"].find("no production " + id_of(99)) != std::string::npos);
}

TEST_CASE("what can't be read is refused at once, and nothing is written", "[http][api][import]") {
  ApiNode node;
  auto before = node.dump();
  struct Bad {
    const char *target, *body;
    const HeaderList headers;
    const char* problem;
  };
  const Bad bad[] = {
      {"/api/import", "{", {}, "400 bad-request"},
      {"/api/import", "[1]", {}, "400 bad-request"},
      {"/api/import", R"({"productions":null})", {}, "400 bad-request"},
      {"/api/import?dry_run=perhaps", "[]", {}, "400 bad-request"},
      {"/api/import?colour=1", "[]", {}, "400 bad-request"},
      {"/api/import?table=sources", "[]", {}, "400 bad-request"},
      {"/api/import?table=sources", "name\nA\n", csv, "400 bad-request"},
      {"/api/import?table=nodes", "name\nA\n", csv, "400 bad-request"},
      {"/api/import?table=equipment&map=x", "name\nA\n", csv, "400 bad-request"},
      {"/api/import?table=equipment", "model\n\"A\n", csv, "400 bad-request"},
      {"/api/import", "[]", {{"Content-Type", "text/plain"}}, "415 unsupported-media-type"},
      {"/api/import?table=equipment",
       "a",
       {{"Content-Type", "text/csv; charset=latin1"}},
       "415 unsupported-media-type"},
      {"/api/import", "[]", {{"Idempotency-Key", "x"}}, "400 bad-request"},
      {"/api/import", "[]", {{"Genlock-User", "%ff"}}, "400 bad-request"}};
  for (const Bad& one : bad) {
    INFO(one.target << " " << one.body);
    REQUIRE(node.post(one.target, one.body, one.headers).problem() == one.problem);
  }
  REQUIRE(node.get("/api/import").problem() == "405 method-not-allowed");
  Answer parameter = node.post("/api/import?table=nodes", "name\nA\n", csv);
  REQUIRE(parameter["/errors/0/parameter"] == "table");
  REQUIRE(node.dump() == before);
  REQUIRE(node.bugs().empty());
}

TEST_CASE("5 MB of a browser's storage get in; 16 MiB are the end", "[http][api][import]") {
  ApiNode node;
  std::string items;
  for (int i = 0; i < 5'000; ++i) items += (i ? ",\"" : "\"") + std::string(1000, 'x') + '"';
  Answer job =
      import(node, "/api/import?dry_run=true",
             R"({"state":{"production":{"client":"A","showName":"B"},"log":[)" + items + "]}}");
  REQUIRE(job["/state"] == "done");
  REQUIRE(job["/result/tables/attachments/left_out"] == "0");
  REQUIRE(job["/result/kept/1/items"] != "0");
  const std::string head =
      "POST /api/import HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
  REQUIRE(node.raw(head + "Content-Length: 16777217\r\n\r\n").problem() == "413 too-large");
  REQUIRE(node.raw("POST /api/equipment HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                   "Content-Length: 1048577\r\n\r\n")
              .problem() == "413 too-large");
}

TEST_CASE("one import at a time; a cancelled one ends soon", "[http][api][import]") {
  ApiNode node;
  Answer first = node.post("/api/import", data_file("show-large.json"));
  REQUIRE(first.status == 202);
  Answer second = node.post("/api/import", "[]");
  REQUIRE(second.problem() == "409 busy");
  REQUIRE_FALSE(second.header("Retry-After").empty());
  REQUIRE(node.del(first.header("Location"))["/state"] == "cancelled");
  // Then the next one has its turn.
  Answer next = second;
  for (int i = 0; i < 500 && next.status != 202; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    next = node.post("/api/import", "[]");
  }
  REQUIRE(finished(node, next)["/state"] == "done");
  REQUIRE(node.get(first.header("Location"))["/state"] == "cancelled");
  REQUIRE(node.get(first.header("Location"))["/result"] == "null");
}

TEST_CASE("a node that is stopped ends the import that runs", "[http][api][import]") {
  auto begin = std::chrono::steady_clock::now();
  {
    ApiNode node;
    REQUIRE(node.post("/api/import", data_file("show-large.json")).status == 202);
  }
  REQUIRE(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
}

TEST_CASE("attachments are rows like others", "[http][api]") {
  ApiNode node;
  std::string production = node.make_production();
  const std::string list = "/api/productions/" + production + "/attachments";
  Answer made = node.post(list, R"({"name":"checklist","content":[{"b":1,"a":[2]}]})");
  INFO(made.body);
  REQUIRE(made.status == 201);
  REQUIRE(made["/content"] == R"([{"b":1,"a":[2]}])");
  const std::string one = at("attachments", made.id());
  REQUIRE(node.put(one, R"({"content":{"x":1}})")["/content/x"] == "1");
  REQUIRE(node.post(list, R"({"content":1})").problem() == "422 validation");
  REQUIRE(node.get(list).count() == 1);
  REQUIRE(node.get("/api/productions/" + production + "?include=all")["/attachments"] == "(none)");
  REQUIRE(node.get(one + "/history").count() == 2);
  REQUIRE(node.del(one)["/is_deleted"] == "true");
  REQUIRE(node.get(one).problem() == "410 gone");
  REQUIRE(node.post(one + "/restore").status == 200);
  ApiNode other({.number = 2});
  node.ship_to(other, production);
  REQUIRE(other.get(one)["/content/x"] == "1");
}

}  // namespace
}  // namespace genlock::http
