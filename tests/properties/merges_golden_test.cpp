// The golden files of rule 8: tests/data/merges says case by case what two to four siblings over
// one base show together.
#include "catch.h"
#include "engine/json_merge.h"
#include "engine/word_merge.h"
#include "support/places.h"

#include <fstream>
#include <memory>
#include <optional>

namespace genlock::test {
namespace {

struct Case {
  std::string title, base, shows, lost;
  std::vector<std::string> siblings;  // ascending rank
};

// `"a\n"*3+"b"`: texts in quotes with C's escapes, repeated and put together.
std::string unquoted(std::string_view line) {
  std::string all;
  while (!line.empty()) {
    REQUIRE(line.front() == '"');
    std::string piece;
    for (line.remove_prefix(1); line.front() != '"'; line.remove_prefix(1)) {
      if (line.front() != '\\') {
        piece += line.front();
        continue;
      }
      line.remove_prefix(1);
      if (line.front() == 'x') {
        piece += static_cast<char>(std::stoi(std::string(line.substr(1, 2)), nullptr, 16));
        line.remove_prefix(2);
      } else {
        piece += line.front() == 'n' ? '\n' : line.front() == 't' ? '\t' : line.front();
      }
    }
    line.remove_prefix(1);
    int times = 1;
    if (line.starts_with('*')) {
      times = std::stoi(std::string(line.substr(1)));
      line.remove_prefix(std::min(line.find('+'), line.size()));
    }
    for (; times > 0; --times) all += piece;
    if (line.starts_with('+')) line.remove_prefix(1);
  }
  return all;
}

std::vector<Case> read_cases(const std::string& name, bool quoted) {
  std::ifstream file(test_data("merges/" + name));
  REQUIRE(file);
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    std::size_t colon = line.find(':');
    if (line.starts_with('#') || colon == line.npos) continue;
    std::string key = line.substr(0, colon);
    std::size_t from = std::min(line.find_first_not_of(' ', colon + 1), line.size());
    std::string rest = line.substr(from);
    auto value = [&] { return quoted && rest != "whole" ? unquoted(rest) : rest; };
    if (key == "case") {
      cases.emplace_back().title = rest;
    } else if (key == "base") {
      cases.back().base = value();
    } else if (key == "shows") {
      cases.back().shows = value();
    } else if (key == "lost") {
      cases.back().lost = rest;
    } else {
      REQUIRE(key == std::string(1, static_cast<char>('a' + cases.back().siblings.size())));
      cases.back().siblings.push_back(value());
    }
  }
  return cases;
}

std::string text_of(std::vector<FineMerge::Overruled> overruled) {
  std::reverse(overruled.begin(), overruled.end());  // as they rank
  std::string text;
  auto letter = [](std::size_t n) { return static_cast<char>('a' + n); };
  for (const FineMerge::Overruled& o : overruled)
    text += std::string(text.empty() ? "" : ", ") + letter(o.sibling) + " to " + letter(o.by);
  return text;
}

template <class Merge>
void check(const Case& golden) {
  INFO(golden.title);
  REQUIRE(golden.siblings.size() > 1);
  std::size_t at = golden.siblings.size() - 1;
  Merge merge(at, golden.siblings[at]);
  bool merges = true;
  while (merges && at-- > 0) merges = merge.add(at, golden.base, golden.siblings[at]);
  REQUIRE((merges ? merge.text() : "whole") == golden.shows);
  if (merges) REQUIRE(text_of(merge.overruled()) == golden.lost);
}

TEST_CASE("golden: notes word by word", "[merging][golden]") {
  std::vector<Case> cases = read_cases("words.txt", true);
  REQUIRE(cases.size() >= 40);
  for (const Case& golden : cases) check<WordMerge>(golden);
}

TEST_CASE("golden: JSON key path by key path", "[merging][golden]") {
  std::vector<Case> cases = read_cases("json.txt", false);
  REQUIRE(cases.size() >= 30);
  for (const Case& golden : cases) check<JsonMerge>(golden);
}

TEST_CASE("golden: words", "[merging][golden]") {
  auto words = [](std::string_view text) {
    std::string marked;
    for (const WordMerge::Word& word : split_words(text))
      marked += (marked.empty() ? "" : "|") + std::string(word.text);
    return marked;
  };
  REQUIRE(words("") == "");
  REQUIRE(words("check  focus\n\tnow ") == "check|  |focus|\n\t|now| ");
  REQUIRE(words("59.94, 10.0.0.1 don't") == "59.94,| |10.0.0.1| |don't");
  REQUIRE(words("摄像机7号。") == "摄|像|机|7|号|。");
  REQUIRE(words("か\u3099く") == "か\u3099|く");          // a voicing mark
  REQUIRE(words("葛\U000e0100城") == "葛\U000e0100|城");  // a variation selector
  REQUIRE(words("카메라 왼쪽") == "카메라| |왼쪽");       // Korean has spaces
  REQUIRE(words("10\u00a0000 \u3000x") == "10\u00a0000| \u3000|x");
  REQUIRE(words("a\xff\xc3 b") == "a\xff\xc3| |b");
}

}  // namespace
}  // namespace genlock::test
