// Lists: filters, order, pages (docs/api.md, section 4), on rows, conflicts, history and the sync
// log.
#include "api_node.h"

namespace genlock::http {
namespace {

// Everything but letters and digits, as a client encodes it.
std::string encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain || c == '.' || c == '_') {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

// One field of each row: "CAM 1|CAM 2".
std::string each(const Answer& list, const std::string& field) {
  std::string all;
  for (std::size_t i = 0; i < list.count(); ++i)
    all += (i ? "|" : "") + list.at("/" + std::to_string(i) + "/" + field);
  return all;
}

std::string next_of(const Answer& page) {
  std::string link = page.header("Link");
  return link.empty() ? "" : link.substr(1, link.find('>') - 1);
}

// Five sources; 14 is deleted, 15 has neither label nor h_res.
struct Show {
  explicit Show(Role role) : node(options(role)) {
    const char* rows[] = {
        R"({"type":"camera","name":"CAM 1","label":"A","h_res":1920,"rate":59.94,"note":"5\" screen"})",
        R"({"type":"camera","name":"Cam 2, wide","label":"B","h_res":3840,"rate":60})",
        R"({"type":"laptop","name":"ÜBER","label":"a","h_res":1280,"rate":60})",
        R"({"type":"camera","name":"CAM 4","label":"D","h_res":1920,"rate":25})",
        R"row({"type":"vtr","name":"cam(5)","rate":60})row"};
    int n = 10;
    for (const char* row : rows) {
      std::string body = R"({"id":")" + id_of(++n) + R"(",)" + (row + 1);
      REQUIRE(node.post(sources, body).status == 201);
    }
    REQUIRE(node.del(at("sources", id_of(14))).status == 200);
  }

  static ApiNode::Options options(Role role) {
    ApiNode::Options made;
    made.role = role;
    return made;
  }

  Answer list(std::string_view query) { return node.get(sources + "?" + std::string(query)); }
  // Last digits of the ids, in order.
  std::string ids(std::string_view query) {
    Answer rows = list(query);
    INFO(query << " " << rows.body);
    REQUIRE(rows.status == 200);
    std::string all;
    for (std::size_t i = 0; i < rows.count(); ++i)
      all += (i ? " " : "") + rows.at("/" + std::to_string(i) + "/id").substr(34);
    return all;
  }

  ApiNode node;
  std::string production = node.make_production();
  std::string sources = at("productions", production) + "/sources";
};

TEST_CASE("every operator of a list", "[http][api]") {
  for (Role role : {Role::cloud, Role::lan}) {
    Show show(role);
    REQUIRE(show.ids("type=eq.camera") == "11 12");
    REQUIRE(show.ids("type=neq.camera") == "13 15");
    REQUIRE(show.ids("h_res=gt.1920") == "12");
    REQUIRE(show.ids("h_res=gte.1920") == "11 12");
    REQUIRE(show.ids("h_res=lt.1920") == "13");
    REQUIRE(show.ids("h_res=lte.1920.0") == "11 13");
    REQUIRE(show.ids("rate=eq.60.0") == "12 13 15");
    REQUIRE(show.ids("rate=in.(59.94,25)") == "11");
    REQUIRE(show.ids("name=ilike.cam*") == "11 12 15");
    REQUIRE(show.ids("name=ilike.*2*WIDE") == "12");
    REQUIRE(show.ids("name=ilike." + encoded("über")) == "13");
    REQUIRE(show.ids("name=in." + encoded(R"list(("Cam 2, wide","cam(5)",nobody))list")) ==
            "12 15");
    REQUIRE(show.ids("note=in." + encoded(R"list(("5\" screen"))list")) == "11");
    REQUIRE(show.ids("note=eq." + encoded("5\" screen")) == "11");
    REQUIRE(show.ids("type=in.()") == "");
    REQUIRE(show.ids("is_deleted=is.false") == "11 12 13 15");
    REQUIRE(show.ids("is_deleted=is.true&deleted=true") == "14");
    REQUIRE(show.ids("production_id=eq." + show.production + "&version=lt.2") == "11 12 13 15");
    REQUIRE(show.ids("id=in.(" + id_of(11) + "," + id_of(15) + ")") == "11 15");
    REQUIRE(show.ids("created_at=gt.2026-11-22T18:42:03Z&type=eq.vtr") == "15");
    REQUIRE(show.ids("created_at=gt.2030-01-01T00:00:00%2B01:00") == "");
    REQUIRE(show.ids("h_res=gte.1000&h_res=lt.2000&type=neq.vtr") == "11 13");
    REQUIRE(show.node.bugs().empty());
  }
}

TEST_CASE("null equals nothing, and nothing is unequal to it", "[http][api]") {
  Show show(Role::lan);
  REQUIRE(show.ids("label=is.null") == "15");
  REQUIRE(show.ids("label=neq.A") == "12 13");
  REQUIRE(show.ids("label=eq.null") == "");
  REQUIRE(show.ids("h_res=lt.999999") == "11 12 13");
  REQUIRE(show.ids("label=ilike.*") == "11 12 13");
}

TEST_CASE("opaque JSON is told from null and nothing else", "[http][api]") {
  ApiNode node;
  const char* plain = R"({"category":"ccu","manufacturer":"Sony","model":"A"})";
  const char* specs = R"({"category":"ccu","manufacturer":"Sony","model":"B","specs":{"w":1}})";
  REQUIRE(node.post("/api/equipment", plain).status == 201);
  REQUIRE(node.post("/api/equipment", specs).status == 201);
  REQUIRE(each(node.get("/api/equipment?specs=is.null"), "model") == "A");
  for (const char* bad : {"eq.1", "neq.{}", "is.true", "in.(1)", "ilike.*"}) {
    Answer answer = node.get("/api/equipment?specs=" + encoded(bad));
    REQUIRE(answer.problem() == "400 bad-request");
    REQUIRE(answer["/errors/0/parameter"] == "specs");
  }
  REQUIRE(node.get("/api/equipment?order=specs")["/errors/0/parameter"] == "order");
}

TEST_CASE("an order has nulls last, texts by bytes, and ties by id", "[http][api]") {
  Show show(Role::lan);
  REQUIRE(show.ids("order=label") == "11 12 13 15");  // A B a null
  REQUIRE(show.ids("order=label.desc") == "13 12 11 15");
  REQUIRE(show.ids("order=type.desc,h_res.asc") == "15 13 11 12");
  REQUIRE(show.ids("order=rate.desc") == "12 13 15 11");
  REQUIRE(show.ids("order=is_deleted.desc,id.desc&deleted=true") == "14 15 13 12 11");
  REQUIRE(show.ids("order=synced_at,created_at.desc") == "15 13 12 11");
}

TEST_CASE("any order is walked page by page, without a gap or a double", "[http][api]") {
  for (Role role : {Role::cloud, Role::lan}) {
    Show show(role);
    for (const char* order : {"sort_order", "label.desc", "h_res", "h_res.desc,rate", "type,name",
                              "synced_at.desc", "updated_at", "is_deleted.desc,note"}) {
      for (const char* limit : {"1", "2", "3", "5"}) {
        std::string query = "deleted=true&order=" + std::string(order);
        std::string whole = show.ids(query), walked;
        INFO(order << " by " << limit);
        for (std::string at = show.sources + "?" + query + "&limit=" + limit; !at.empty();) {
          Answer page = show.node.get(at);
          REQUIRE(page.status == 200);
          for (std::size_t i = 0; i < page.count(); ++i)
            walked +=
                (walked.empty() ? "" : " ") + page.at("/" + std::to_string(i) + "/id").substr(34);
          at = next_of(page);
        }
        REQUIRE(walked == whole);
      }
    }
  }
}

TEST_CASE("a page goes on where it ended while rows move, go and come", "[http][api]") {
  Show show(Role::lan);
  Answer first = show.list("order=name&limit=2");  // CAM 1, Cam 2, cam(5), ÜBER
  REQUIRE(each(first, "name") == "CAM 1|Cam 2, wide");
  REQUIRE(show.node.put(at("sources", id_of(12)), R"({"name":"A"})").status == 200);
  REQUIRE(show.node.del(at("sources", id_of(15))).status == 200);
  show.node.make_source(show.production, 16, R"(,"note":"named CAM")");
  REQUIRE(each(show.node.get(next_of(first)), "name") == "ÜBER");
}

TEST_CASE("a limit is 1 to 1000, and 1000 unless it is said", "[http][api]") {
  ApiNode node;
  std::string production = node.make_production();
  for (int n = 0; n < 1'001; ++n) node.make_source(production, 1'000 + n);
  std::string target = at("productions", production) + "/sources";
  Answer first = node.get(target);
  REQUIRE(first.count() == 1'000);
  Answer rest = node.get(next_of(first));
  REQUIRE(rest.count() == 1);
  REQUIRE(next_of(rest).empty());
  REQUIRE(node.get(target + "?limit=1000&type=eq.laptop").body == "[]");
}

TEST_CASE("what a list can't take is named", "[http][api]") {
  Show show(Role::lan);
  struct Case {
    const char* query;
    const char* parameter;
    const char* code;
  };
  const Case cases[] = {{"colour=eq.red", "colour", "unknown"},
                        {"type=camera", "type", "format"},
                        {"type=eq", "type", "format"},
                        {"type=EQ.camera", "type", "format"},
                        {"type=not.eq.x", "type", "format"},
                        {"type=is.true", "type", "format"},
                        {"h_res=eq.wide", "h_res", "format"},
                        {"h_res=eq.", "h_res", "format"},
                        {"h_res=eq.nan", "h_res", "format"},
                        {"h_res=ilike.1*", "h_res", "format"},
                        {"type=in.camera", "type", "format"},
                        {"type=in.(%22a)", "type", "format"},
                        {"id=eq.1", "id", "format"},
                        {"created_at=gt.2026-11-22", "created_at", "format"},
                        {"outputs=is.null", "outputs", "unknown"},
                        {"_meta=is.null", "_meta", "unknown"},
                        {"order=type.up", "order", "format"},
                        {"order=", "order", "format"},
                        {"order=type&order=name", "order", "format"},
                        {"limit=0", "limit", "format"},
                        {"limit=1001", "limit", "format"},
                        {"limit=-1", "limit", "format"},
                        {"cursor=00", "cursor", "format"},
                        {"cursor=", "cursor", "format"},
                        {"deleted=1", "deleted", "format"}};
  for (const Case& c : cases) {
    INFO(c.query);
    Answer bad = show.list(c.query);
    REQUIRE(bad.problem() == "400 bad-request");
    REQUIRE(bad["/errors/0/parameter"] == c.parameter);
    REQUIRE(bad["/errors/0/code"] == c.code);
    REQUIRE(bad["/errors/0/detail"].size() > 10);
  }
  std::string many;
  for (int n = 0; n < 20; ++n) many += "type=neq.x&";
  REQUIRE(show.list(many).status == 200);
  REQUIRE(show.list(many + "name=neq.x")["/errors/0/parameter"] == "name");
  Answer page = show.list("limit=1");
  std::string cursor = next_of(page).substr(next_of(page).find("cursor="));
  REQUIRE(show.list("order=name&" + cursor)["/errors/0/parameter"] == "cursor");
  REQUIRE(show.node.bugs().empty());
}

TEST_CASE("conflicts take the same parameters over their own fields", "[http][api]") {
  Show show(Role::lan);
  const std::string conflicts = "/api/sync/conflicts";
  for (int n : {11, 12, 13}) {
    std::string source = at("sources", id_of(n));
    std::string seen = show.node.get(source).etag();
    REQUIRE(show.node.put(source, R"({"h_res":640,"v_res":360})").status == 200);
    REQUIRE(show.node
                .put(source, R"({"h_res":800,"v_res":600})",
                     {{"Base-Version", seen}, {"Prefer", "conflict=record"}})
                .status == 202);
  }
  const auto labels = [&](std::string_view query) {
    Answer list = show.node.get(conflicts + "?" + std::string(query));
    INFO(query << " " << list.body);
    REQUIRE(list.status == 200);
    return each(list, "label");
  };
  REQUIRE(labels("resolution=eq.pending") == "a|B|A");
  REQUIRE(labels("order=label") == "A|B|a");
  REQUIRE(labels("label=ilike.a&order=record_id.desc") == "a|A");
  REQUIRE(labels("record_id=in.(" + id_of(12) + ")&kind=eq.field&group=eq.video_format") == "B");
  REQUIRE(labels("resolved_at=is.null&table_name=eq.sources&deleted=true") == "a|B|A");
  REQUIRE(labels("production_id=eq." + id_of(99)) == "");
  REQUIRE(labels("created_at=lt.2020-01-01T00:00:00Z") == "");
  std::string walked;
  for (std::string at = conflicts + "?order=label&limit=1"; !at.empty();) {
    Answer page = show.node.get(at);
    walked += each(page, "label");
    at = next_of(page);
  }
  REQUIRE(walked == "ABa");
  for (const char* bad : {"sides=is.null", "h_res=eq.1", "kind=field", "limit=0", "order=base"}) {
    Answer answer = show.node.get(conflicts + "?" + bad);
    REQUIRE(answer.problem() == "400 bad-request");
    REQUIRE(std::string(bad).starts_with(answer["/errors/0/parameter"]));
  }
}

TEST_CASE("history and the sync log take the same parameters", "[http][api]") {
  Show show(Role::lan);
  std::string history = at("productions", show.production) + "/history";
  const auto ops = [&](std::string_view query) {
    Answer list = show.node.get(history + "?" + std::string(query));
    INFO(query << " " << list.body);
    REQUIRE(list.status == 200);
    return each(list, "op");
  };
  REQUIRE(ops("op=neq.create") == "delete");
  REQUIRE(ops("table=in.(productions)") == "create");
  REQUIRE(ops("record_id=eq." + id_of(14)) == "delete|create");
  REQUIRE(ops("label=is.null&table=eq.sources&order=at.desc") == "create");
  REQUIRE(ops("user=is.null&limit=2") == "delete|create");
  REQUIRE(ops("batch=is.null&limit=1&deleted=true") == "delete");
  REQUIRE(show.node.get(history + "?changes=is.null")["/errors/0/parameter"] == "changes");
  REQUIRE(show.node.get("/api/sync/log?status=eq.failed&order=started_at&limit=5").body == "[]");
  REQUIRE(show.node.get("/api/sync/log?errors=is.null").status == 200);
  REQUIRE(show.node.get("/api/sync/log?errors=eq.x")["/errors/0/parameter"] == "errors");
  REQUIRE(show.node.get("/api/sync/log?started=eq.x")["/errors/0/parameter"] == "started");
}

}  // namespace
}  // namespace genlock::http
