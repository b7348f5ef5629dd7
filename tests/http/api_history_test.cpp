// What happened to a show or to a row (docs/api.md, section 10).
#include "api_node.h"

namespace genlock::http {
namespace {

// Ana makes a source and widens it, Ben renames and deletes it.
struct Told {
  ApiNode node;
  std::string production = node.make_production();
  std::string show = at("productions", production) + "/history";
  std::string source = at("sources", node.make_source(production, 7, R"(,"h_res":1920)"));

  Told() {
    REQUIRE(
        node.put(source, R"({"h_res":3840})", {{"Genlock-User", "Ana"}, {"Genlock-Device", "FOH"}})
            .status == 200);
    REQUIRE(node.put(source, R"({"name":"ONE"})", {{"Genlock-User", "Ben"}}).status == 200);
    REQUIRE(node.del(source, {{"Genlock-User", "Ben"}}).status == 200);
  }
};

// One field of each item, "delete update".
std::string each(const Answer& list, const std::string& field) {
  std::string all;
  for (std::size_t i = 0; i < list.count(); ++i)
    all += (i ? " " : "") + list.at("/" + std::to_string(i) + "/" + field);
  return all;
}

TEST_CASE("the history of a row is what each event did, newest first", "[http][api]") {
  Told told;
  Answer list = told.node.get(told.source + "/history");
  INFO(list.body);
  REQUIRE(list.status == 200);
  REQUIRE(each(list, "op") == "delete update update create");
  REQUIRE(list["/1/changes"] == R"([{"column":"name","from":"CAM","to":"ONE"}])");
  REQUIRE(list["/2/changes"] == R"([{"column":"h_res","from":1920,"to":3840}])");
  REQUIRE(list["/2/table"] == "sources");
  REQUIRE(list["/2/record_id"] == id_of(7));
  REQUIRE(list["/2/label"] == "SRC 7");
  REQUIRE(list["/2/by/user"] == "Ana");
  REQUIRE(list["/2/by/device"] == "FOH");
  REQUIRE(list["/2/event"].starts_with(told.production + "."));
  REQUIRE(list["/2/batch"] == "null");
  REQUIRE(list["/0/changes"] == "[]");
}

TEST_CASE("the history of a production is that of the whole show", "[http][api]") {
  Told told;
  REQUIRE(each(told.node.get(told.show), "table") == "sources sources sources sources productions");
  REQUIRE(each(told.node.get(told.show + "?table=eq.productions"), "op") == "create");
  REQUIRE(each(told.node.get(told.show + "?user=eq.Ben"), "op") == "delete update");
  REQUIRE(told.node.get(told.show + "?record_id=eq." + id_of(7)).count() == 4);
  REQUIRE(told.node.get(told.show + "?at=lt.2020-01-01T00:00:00Z").body == "[]");
  REQUIRE(each(told.node.get(told.show + "?order=op,at"), "op") ==
          "create create delete update update");
}

TEST_CASE("pages of a history follow each other, also while it grows", "[http][api]") {
  Told told;
  Answer first = told.node.get(told.show + "?limit=2");
  REQUIRE(each(first, "op") == "delete update");
  std::string link = first.header("Link");
  std::string next = link.substr(1, link.find('>') - 1);
  REQUIRE(told.node.put(at("productions", told.production), R"({"room":"Hall 2"})").status == 200);
  Answer second = told.node.get(next);
  INFO(second.body);
  REQUIRE(each(second, "op") == "update create");
  link = second.header("Link");
  Answer third = told.node.get(link.substr(1, link.find('>') - 1));
  REQUIRE(each(third, "table") == "productions");
  REQUIRE(third.header("Link").empty());
}

TEST_CASE("a value that lost stands in the history, and so does who decided", "[http][api]") {
  Told told;
  std::string other = at("sources", told.node.make_source(told.production, 8, R"(,"h_res":1)"));
  std::string seen = told.node.get(other).etag();
  REQUIRE(told.node.put(other, R"({"h_res":3840})").status == 200);
  Answer kept = told.node.put(other, R"({"h_res":2560})",
                              {{"Base-Version", seen}, {"Prefer", "conflict=record"}});
  REQUIRE(kept.status == 202);
  std::string conflict = kept.header("Location");
  REQUIRE(told.node
              .post(conflict + "/resolve", R"({"resolution":"manual","pick":"a"})",
                    {{"If-Match", told.node.get(conflict).etag()}})
              .status == 200);
  Answer list = told.node.get(other + "/history");
  INFO(list.body);
  REQUIRE(each(list, "op") == "resolve update update create");
  REQUIRE(list["/1/changes/0/to"] == "2560");
  REQUIRE(list["/2/changes/0/to"] == "3840");
}

TEST_CASE("what has no history, and what a history does not take", "[http][api]") {
  Told told;
  REQUIRE(told.node.get(at("sources", id_of(99)) + "/history").problem() == "404 not-found");
  REQUIRE(told.node.get("/api/sources/nonsense/history").problem() == "404 not-found");
  REQUIRE(told.node.get(told.show + "?colour=eq.red")["/errors/0/parameter"] == "colour");
  REQUIRE(told.node.get(told.show + "?cursor=00")["/errors/0/parameter"] == "cursor");
  REQUIRE(told.node.post(told.show).problem() == "405 method-not-allowed");
  REQUIRE(told.node.bugs().empty());
}

}  // namespace
}  // namespace genlock::http
