#include "cli/teller.h"

#include "cli/api_client.h"
#include "transfer/json_print.h"

#include <fmt/format.h>

#include <cstdio>

namespace genlock::cli {

void Teller::chapter(const std::string& title) {
  chapter_ = title;
  tell("\n" + title);
}

void Teller::tell(const std::string& line) {
  if (json_) return;
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

void Teller::claim(const std::string& text, bool holds, const std::string& detail) {
  claims_.push_back({chapter_, text, holds ? "" : detail, holds});
  wrong_ += holds ? 0 : 1;
  tell((holds ? "  ok     " : "  WRONG  ") + text);
  if (!holds && !detail.empty()) tell("         " + detail);
}

Json Teller::document() const {
  Json claims = json_array();
  for (const Claim& claim : claims_)
    claims.items.push_back(json_object({{"chapter", json_text(claim.chapter)},
                                        {"text", json_text(claim.text)},
                                        {"holds", json_flag(claim.holds)},
                                        {"detail", json_text(claim.detail)}}));
  return json_object({{"ok", json_flag(all_hold())}, {"claims", std::move(claims)}});
}

}  // namespace genlock::cli
