// What a node tells at /metrics, and small words that tests of operations share.
#pragma once

#include "exposition.h"
#include "nodes.h"

#include <fstream>
#include <sstream>
#include <string>

namespace genlock::cli {

inline std::string file_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

inline std::string metrics_text(ServedNode& node) {
  const auto answer = node.client->send({.method = "GET", .target = "/metrics"});
  REQUIRE(answer.ok());
  REQUIRE(answer->status == 200);
  return answer->body;
}

inline Exposition metrics(ServedNode& node) { return Exposition::parse(metrics_text(node)); }

inline const char* const small_row = R"({"client":"Acme","show_name":"Gala"})";

inline std::string make_production(ServedNode& node) {
  const auto made = node.client->fetch({"POST", "/api/productions", small_row, {}});
  REQUIRE(made.ok());
  return text_of(*made, "id");
}

}  // namespace genlock::cli
