#include "engine/utf8.h"

#include "catch.h"

using genlock::is_utf8;

TEST_CASE("well-formed text of every length of sequence is UTF-8", "[utf8]") {
  for (const char* text : {"", "plain", "exactly eight..!", "ü", "€uro",
                           "\U0001f3a5 and some more text", "\uffff", "\U0010ffff"}) {
    INFO(text);
    REQUIRE(is_utf8(text));
  }
}

TEST_CASE("malformed text is not UTF-8, wherever it stands", "[utf8]") {
  for (const char* bad :
       {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe2\x82", "\xe2\x28\xa1"}) {
    for (const char* before : {"", "seven..", "eight...", "ü"}) {
      const std::string text = std::string(before) + bad;
      REQUIRE_FALSE(is_utf8(text));
      REQUIRE_FALSE(is_utf8(text + " after"));
    }
  }
}
