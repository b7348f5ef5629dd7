#include "engine/etag.h"

#include "catch.h"
#include "support/literals.h"

using namespace genlock;

namespace {

std::string code_of(std::string_view text) {
  Result<ETag> etag = parse_etag(text);
  return etag ? "ok" : to_string(etag.error().code);
}

}  // namespace

TEST_CASE("an ETag reads back as it was written", "[etag]") {
  ETag etag{{{Alice, Sequence{3}}, {Alice, Sequence{1'000'000}}, {Bob, Sequence{1}}},
            0x0123456789abcdefU};
  REQUIRE(parse_etag(format(etag)).value() == etag);
}

TEST_CASE("an ETag may have no heads, and the greatest numbers", "[etag]") {
  ETag empty{{}, 0};
  REQUIRE(format(empty) == "\"AAAAAAAAAAAA\"");
  REQUIRE(parse_etag(format(empty)).value() == empty);
  ETag greatest{{{Carol, Sequence{UINT64_MAX}}}, UINT64_MAX};
  REQUIRE(parse_etag(format(greatest)).value() == greatest);
}

TEST_CASE("of more than 64 heads an ETag carries the first 64", "[etag]") {
  ETag etag;
  for (std::uint64_t n = 1; n <= 70; ++n) etag.heads.push_back({Alice, Sequence{n}});
  ETag back = parse_etag(format(etag)).value();
  REQUIRE(back.heads.size() == 64);
  REQUIRE(back.heads.back() == Dot{Alice, Sequence{64}});
}

TEST_CASE("text that is no ETag of ours is refused", "[etag]") {
  std::string good = format({{{Alice, Sequence{1}}}, 7});
  REQUIRE(code_of(good) == "ok");
  for (std::string bad :
       {std::string(), std::string("*"), std::string("\""), std::string("\"\""), "W/" + good,
        good + good, ' ' + good, good.substr(1), good.substr(0, good.size() - 1),
        std::string("\"A\""), std::string("\"AAAA\""), std::string("\"AAAA+AAA/AAA\""),
        std::string("\"AAAAAAAAAAAA==\""), '"' + std::string(6000, 'A') + '"'}) {
    INFO(bad);
    REQUIRE(code_of(bad) == "bad_request");
  }
}

TEST_CASE("one value has one text: other spellings of the same ETag are refused", "[etag]") {
  auto tag = [](std::string text) { return '"' + text + '"'; };
  REQUIRE(code_of(tag("AAAAAAAAAAAA")) == "ok");
  REQUIRE(code_of(tag("gAAAAAAAAAAAAA")) == "bad_request");  // a head count of two bytes: 80 00
  REQUIRE(code_of(tag("AAAAAAAAAAAAA")) == "bad_request");   // a character too many
  REQUIRE(code_of(tag("AAAAAAAAAAAAAB")) == "bad_request");  // bits left over
  ETag unsorted{{{Bob, Sequence{1}}, {Alice, Sequence{1}}}, 0};
  ETag twice{{{Bob, Sequence{1}}, {Bob, Sequence{1}}}, 0};
  ETag no_event{{{Bob, Sequence::none}}, 0};
  REQUIRE(code_of(format(unsorted)) == "bad_request");
  REQUIRE(code_of(format(twice)) == "bad_request");
  REQUIRE(code_of(format(no_event)) == "bad_request");
}
