// A production to send batches to.
#pragma once

#include "api_node.h"

namespace genlock::http {

struct BatchShow {
  explicit BatchShow(Role role = Role::lan) : node(options(role)) {}

  static ApiNode::Options options(Role role) {
    ApiNode::Options made;
    made.role = role;
    return made;
  }

  Answer batch(const std::string& ops, const HeaderList& headers = {}) {
    return node.post(target, R"({"label":"Paste","ops":[)" + ops + "]}", headers);
  }
  // Refused, and nothing is written.
  Answer refused(const std::string& ops, const HeaderList& headers = {}) {
    auto before = node.dump();
    Answer answer = batch(ops, headers);
    INFO(answer.body);
    REQUIRE(node.dump() == before);
    REQUIRE(answer.status >= 400);
    REQUIRE(node.bugs().empty());
    return answer;
  }
  std::string events() { return node.get("/healthz").header("Sync-Cursor"); }

  ApiNode node;
  std::string production = node.make_production();
  std::string target = at("productions", production) + "/batch";
};

inline std::string op(std::string_view kind, std::string_view table, int id,
                      std::string_view row = "", std::string_view more = "") {
  std::string json = R"({"op":")" + std::string(kind) + R"(","table":")" + std::string(table) + '"';
  if (id > 0) json += R"(,"id":")" + id_of(id) + '"';
  if (!row.empty()) json += ",\"row\":" + std::string(row);
  return json + std::string(more) + "}";
}

inline std::string camera(int id, std::string_view more = "") {
  return op("create", "sources", id, R"({"type":"camera","name":"CAM")" + std::string(more) + "}");
}

}  // namespace genlock::http
