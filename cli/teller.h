// Tells a story and checks it: lines for people as they happen, or one JSON document at the end.
#pragma once

#include "projections/json.h"

#include <string>
#include <vector>

namespace genlock::cli {

class Teller {
 public:
  explicit Teller(bool json) : json_(json) {}

  void chapter(const std::string& title);
  void tell(const std::string& line);
  // Something that the story says is so. `detail`: what was found, shown where it does not hold.
  void claim(const std::string& text, bool holds, const std::string& detail = "");

  bool all_hold() const { return wrong_ == 0; }
  std::size_t claim_count() const { return claims_.size(); }
  std::size_t wrong_count() const { return wrong_; }
  // {"ok", "claims": [{"chapter", "text", "holds", "detail"}]}
  Json document() const;

 private:
  struct Claim {
    std::string chapter, text, detail;
    bool holds = false;
  };

  bool json_;
  std::string chapter_;
  std::vector<Claim> claims_;
  std::size_t wrong_ = 0;
};

}  // namespace genlock::cli
