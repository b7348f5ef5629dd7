// as_of: rows, lists, whole shows and conflicts as they were (docs/api.md, section 4).
#include "api_node.h"
#include "projections/time_text.h"

#include <atomic>
#include <regex>
#include <thread>

namespace genlock::http {
namespace {

ApiNode::Options options(Role role, std::uint8_t number = 1) {
  ApiNode::Options made;
  made.role = role;
  made.number = number;
  return made;
}

// What a node learnt itself is not part of what was.
std::string without_synced(const std::string& body) {
  static const std::regex synced("\"synced_at\":\"[^\"]*\"");
  return std::regex_replace(body, synced, "\"synced_at\":null");
}

std::string with_as_of(const std::string& target, const std::string& as_of) {
  return target + (target.find('?') == std::string::npos ? "?" : "&") + "as_of=" + as_of;
}

// A day in the life of a show, with pictures of what all routes said at each step.
struct Day {
  explicit Day(Role role) : node(options(role)) {
    step([&] { production = node.make_production(); });
    step([&] { node.make_source(production, 11, R"(,"h_res":1920)"); });
    step([&] { node.make_source(production, 12, R"(,"outputs":[{"connector":"SDI"}])"); });
    step([&] { write("PUT", at("sources", id_of(11)), R"({"name":"ONE","h_res":3840})"); });
    step([&] {
      write("POST", "/api/connections",
            R"({"id":")" + id_of(13) + R"(","production_id":")" + production +
                R"(","source_id":")" + id_of(12) + "\"}");
    });
    std::string seen = node.get(at("sources", id_of(11))).etag();
    step([&] { write("PUT", at("sources", id_of(11)), R"({"h_res":640,"v_res":360})"); });
    step([&] {
      Answer kept = node.put(at("sources", id_of(11)), R"({"h_res":800,"v_res":600})",
                             {{"Base-Version", seen}, {"Prefer", "conflict=record"}});
      REQUIRE(kept.status == 202);
      conflict = kept.header("Location");
    });
    step([&] { write("DELETE", at("sources", id_of(12)), ""); });
    step([&] { write("POST", at("productions", production) + "/lock", R"({"reason":"show"})"); });
    step([&] {
      Answer resolved = node.post(conflict + "/resolve", R"({"resolution":"manual","pick":"a"})",
                                  {{"If-Match", node.get(conflict).etag()}});
      INFO(resolved.body);
      REQUIRE(resolved.status == 200);
    });
    step([&] { write("POST", at("sources", id_of(12)) + "/restore", ""); });
    step([&] { node.make_production(2); });
    step([&] { write("DELETE", at("productions", production), ""); });
    step([&] { write("PUT", at("productions", id_of(2)), R"({"room":"Hall"})"); });
    step([&] {
      write("POST", "/api/equipment",
            R"({"id":")" + id_of(21) + R"(","category":"ccu","manufacturer":"Sony","model":"X"})");
    });
    step([&] { write("PUT", at("equipment", id_of(21)), R"({"model":"Y"})"); });
  }

  struct Picture {
    std::string time;
    std::vector<Answer> answers;  // of targets()
  };

  void write(std::string_view method, const std::string& target, const std::string& body) {
    Answer answer = node.ask(method, target, body, {{"Genlock-User", "Ana"}});
    INFO(target << answer.body);
    REQUIRE(answer.status < 300);
  }

  template <class Step>
  void step(const Step& change) {
    change();
    node.move_clock(1'000);
    Picture& picture = pictures.emplace_back();
    picture.time = format_time(node.now());
    node.move_clock(1'000);
    for (const std::string& target : targets()) picture.answers.push_back(node.get(target));
  }

  std::vector<std::string> targets() const {
    std::string show = at("productions", id_of(1));
    std::vector<std::string> all{"/api/productions",
                                 "/api/productions?deleted=true&order=room.desc",
                                 "/api/equipment",
                                 show,
                                 show + "?deleted=true",
                                 show + "?include=all",
                                 show + "?include=all&deleted=true",
                                 show + "/sources",
                                 show + "/sources?deleted=true&order=name.desc&limit=1",
                                 show + "/sources?h_res=gt.1000",
                                 show + "/connections",
                                 show + "/sends?deleted=true",
                                 at("sources", id_of(11)),
                                 at("sources", id_of(12)) + "?deleted=true",
                                 at("connections", id_of(13)),
                                 at("equipment", id_of(21)),
                                 "/api/sync/conflicts",
                                 "/api/sync/conflicts?resolution=eq.pending",
                                 "/api/sync/conflicts?production_id=eq." + id_of(1)};
    if (!conflict.empty()) all.push_back(conflict);
    return all;
  }

  ApiNode node;
  std::string production, conflict;
  std::vector<Picture> pictures;
};

TEST_CASE("everything shows as of a time what it showed then", "[http][api]") {
  for (Role role : {Role::cloud, Role::lan}) {
    Day day(role);
    std::vector<std::string> targets = day.targets();
    for (const Day::Picture& picture : day.pictures) {
      for (std::size_t i = 0; i < targets.size(); ++i) {
        Answer past = day.node.get(with_as_of(targets[i], picture.time));
        INFO(targets[i] << " as of " << picture.time << "\n" << past.body);
        REQUIRE(past.etag().empty());
        if (i >= picture.answers.size()) {  // the conflict, before there was one
          REQUIRE(past.problem() == "404 not-found");
          continue;
        }
        const Answer& then = picture.answers[i];
        REQUIRE(past.problem() == then.problem());
        REQUIRE(past.header("Link").empty() == then.header("Link").empty());
        if (then.status == 200) REQUIRE(past.body == without_synced(then.body));
        if (then.status == 410) REQUIRE(past["/deleted_at"] == then["/deleted_at"]);
        if (then.status == 410) REQUIRE(past["/by"] == then["/by"]);
      }
    }
    REQUIRE(day.node.bugs().empty());
  }
}

TEST_CASE("as of an event is that event and what it had seen", "[http][api]") {
  Day day(Role::cloud);
  std::string show = at("productions", day.production);
  std::string source = at("sources", id_of(11));
  Answer history = day.node.get(source + "/history?order=at");
  REQUIRE(history.count() == 5);
  const auto as_of = [&](const std::string& target, int n) {
    return day.node.get(with_as_of(target, history["/" + std::to_string(n) + "/event"]));
  };
  REQUIRE(as_of(source, 0)["/h_res"] == "1920");
  REQUIRE(as_of(source, 1)["/name"] == "ONE");
  REQUIRE(as_of(source, 2)["/h_res"] == "640");
  REQUIRE(as_of(source, 2)["/synced_at"] == "null");
  REQUIRE(as_of(source, 3)["/_meta/conflicts"] == "1");
  REQUIRE(as_of(source, 4)["/_meta/conflicts"] == "0");
  REQUIRE(as_of(show + "/sources", 0).count() == 1);
  REQUIRE(as_of(show + "/sources", 1).count() == 2);
  REQUIRE(as_of("/api/productions", 1).count() == 1);
  REQUIRE(as_of("/api/sync/conflicts", 3).count() == 1);
  REQUIRE(as_of("/api/sync/conflicts", 1).body == "[]");
  // A row that was not born.
  REQUIRE(as_of(at("connections", id_of(13)), 1).problem() == "404 not-found");
  REQUIRE(as_of(at("connections", id_of(13)), 1)["/detail"].ends_with("at that time"));
}

TEST_CASE("pages as of a time are linked", "[http][api]") {
  Day day(Role::lan);
  std::string list = at("productions", day.production) + "/sources?limit=1&order=name.desc";
  Answer first = day.node.get(with_as_of(list, day.pictures[4].time));
  REQUIRE(first["/0/name"] == "ONE");
  std::string link = first.header("Link");
  REQUIRE(link.find("as_of=") != std::string::npos);
  Answer second = day.node.get(link.substr(1, link.find('>') - 1));
  REQUIRE(second["/0/name"] == "CAM");
  REQUIRE(second.header("Link").empty());
}

TEST_CASE("what can be no time", "[http][api]") {
  Day day(Role::lan);
  std::string source = at("sources", id_of(11));
  std::string other = day.node.get(at("productions", id_of(2)) + "/history")["/0/event"];
  std::string unknown = day.production + ".b1000000-0000-0000-0000-000000000001.999";
  for (const char* bad : {"", "yesterday", "2026-11-22", "2026-11-22T18:42:03", "1795372923000",
                          "2036-01-01T00:00:00Z"}) {
    INFO(bad);
    Answer answer = day.node.get(with_as_of(source, bad));
    REQUIRE(answer.problem() == "400 bad-request");
    REQUIRE(answer["/errors/0/parameter"] == "as_of");
  }
  REQUIRE(day.node.get(with_as_of(source, other))["/errors/0/parameter"] == "as_of");
  REQUIRE(day.node.get(with_as_of(source, unknown)).problem() == "404 not-found");
  REQUIRE(day.node.get(with_as_of("/api/sync/conflicts", unknown)).problem() == "404 not-found");
  const std::string time = day.pictures[1].time;
  REQUIRE(day.node.get(with_as_of(source, time) + "&as_of=" + time)["/errors/0/parameter"] ==
          "as_of");
  REQUIRE(day.node.get(with_as_of(source, time) + "&as_of_basis=seen")["/errors/0/parameter"] ==
          "as_of_basis");
  REQUIRE(day.node.get(with_as_of(source + "/history", time))["/errors/0/parameter"] == "as_of");
  REQUIRE(day.node.get(with_as_of("/api/sync/log", time))["/errors/0/parameter"] == "as_of");
  REQUIRE(day.node.put(with_as_of(source, time), "{}").problem() == "400 bad-request");
  REQUIRE(day.node.get(with_as_of(at("sources", id_of(99)), time)).problem() == "404 not-found");
  REQUIRE(day.node.get(with_as_of(source, "1999-01-01T00:00:00Z")).problem() == "404 not-found");
  REQUIRE(day.node.get(with_as_of("/api/productions", "1999-01-01T00:00:00Z")).body == "[]");
  REQUIRE(day.node.bugs().empty());
}

// What was written until then counts, wherever; what came later does not, even to the question
// whether a row was deleted.
TEST_CASE("as of a time counts what was written elsewhere until then", "[http][api]") {
  ApiNode office(options(Role::cloud)), venue(options(Role::lan, 2));
  std::string production = office.make_production();
  std::string show = at("productions", production);
  std::string source = at("sources", office.make_source(production, 11));
  office.ship_to(venue, production);
  office.move_clock(60'000);
  venue.move_clock(30'000);
  REQUIRE(venue.put(source, R"({"note":"seen at the venue"})").status == 200);
  REQUIRE(office.del(show).status == 200);
  office.move_clock(1'000);
  std::string then = format_time(office.now());
  office.move_clock(60'000);
  venue.move_clock(120'000);
  REQUIRE(venue.put(source, R"({"name":"LATER"})").status == 200);
  REQUIRE(office.get(with_as_of(show, then)).problem() == "410 gone");
  REQUIRE(office.get(with_as_of(source + "?deleted=true", then))["/note"] == "null");

  venue.ship_to(office, production);
  REQUIRE(office.get(show)["/_meta/conflicts"] == "1");  // deleted and edited
  Answer past = office.get(with_as_of(source + "?deleted=true", then));
  REQUIRE(past["/note"] == "seen at the venue");
  REQUIRE(past["/name"] == "CAM");
  Answer gone = office.get(with_as_of(show + "?deleted=true", then));
  INFO(gone.body);
  REQUIRE(gone["/is_deleted"] == "false");  // the first edit keeps it alive at that time too
  REQUIRE(gone["/_meta/conflicts"] == "1");
}

TEST_CASE("as of a time knows nothing of what came later", "[http][api]") {
  ApiNode office(options(Role::cloud)), venue(options(Role::lan, 2));
  std::string production = office.make_production();
  std::string show = at("productions", production);
  std::string source = at("sources", office.make_source(production, 11));
  office.ship_to(venue, production);
  REQUIRE(office.del(show).status == 200);
  office.move_clock(1'000);
  std::string then = format_time(office.now());
  venue.move_clock(60'000);
  office.move_clock(60'000);
  REQUIRE(venue.put(source, R"({"name":"LATER"})").status == 200);
  venue.ship_to(office, production);
  REQUIRE(office.get(show).status == 200);
  REQUIRE(office.get(with_as_of(show, then)).problem() == "410 gone");
  REQUIRE(office.get(with_as_of(source + "?deleted=true", then))["/_meta/hidden_by/id"] ==
          production);
}

TEST_CASE("many ask at once", "[http][api]") {
  Day day(Role::lan);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0}, right{0};
  for (int n = 0; n < 12; ++n) {
    threads.emplace_back([&, n] {
      std::string time = day.pictures[static_cast<std::size_t>(2 + n)].time;
      std::string target = with_as_of(at("productions", day.production) + "?include=all", time);
      Answer answer = ApiNode::ask_once(
          day.node.port(), "GET " + target + " HTTP/1.1\r\nHost: n\r\nConnection: close\r\n\r\n");
      bool busy = answer.status == 503 && !answer.header("Retry-After").empty();
      bool fits = answer.status == 200 || answer.status == 410;
      (fits ? right : busy ? right : wrong) += 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(wrong == 0);
  REQUIRE(right == 12);
  REQUIRE(day.node.bugs().empty());
}

}  // namespace
}  // namespace genlock::http
