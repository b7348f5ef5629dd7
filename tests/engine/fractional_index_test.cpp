#include "engine/fractional_index.h"

#include "catch.h"
#include "engine/limits.h"

#include <rapidcheck/catch.h>

using namespace genlock;

namespace {

using Bound = std::optional<std::string_view>;

std::string between(Bound a, Bound b) {
  Result<std::string> key = generate_key_between(a, b);
  return key ? *key : "error: " + key.error().message;
}

const std::string smallest = "A" + std::string(26, '0');
const std::string greatest = "z" + std::string(26, 'z');

}  // namespace

// The table of the reference implementation's own tests.
TEST_CASE("keys are those of the npm package fractional-indexing", "[fractional_index]") {
  REQUIRE(between({}, {}) == "a0");
  REQUIRE(between({}, "a0") == "Zz");
  REQUIRE(between({}, "Zz") == "Zy");
  REQUIRE(between("a0", {}) == "a1");
  REQUIRE(between("a1", {}) == "a2");
  REQUIRE(between("a0", "a1") == "a0V");
  REQUIRE(between("a1", "a2") == "a1V");
  REQUIRE(between("a0V", "a1") == "a0l");
  REQUIRE(between("Zz", "a0") == "ZzV");
  REQUIRE(between("Zz", "a1") == "a0");
  REQUIRE(between({}, "Y00") == "Xzzz");
  REQUIRE(between("bzz", {}) == "c000");
  REQUIRE(between("a0", "a0V") == "a0G");
  REQUIRE(between("a0", "a0G") == "a08");
  REQUIRE(between("b125", "b129") == "b127");
  REQUIRE(between("a0", "a1V") == "a1");
  REQUIRE(between("Zz", "a01") == "a0");
  REQUIRE(between({}, "a0V") == "a0");
  REQUIRE(between({}, "b999") == "b99");
  REQUIRE(between({}, smallest + "V") == smallest + "G");
  REQUIRE(between("zzzzzzzzzzzzzzzzzzzzzzzzzzy", {}) == greatest);
  REQUIRE(between(greatest, {}) == greatest + "V");
  REQUIRE(between("a0", "a00V").substr(0, 3) == "a00");
}

TEST_CASE("what is no key is refused", "[fractional_index]") {
  for (std::string bad : {"", "0", "a", "a00", "a1 ", "b1", "zzz",
                          "\xC3\xA4"
                          "0",
                          "-0"}) {
    INFO(bad);
    REQUIRE(!generate_key_between(bad, {}).ok());
    REQUIRE(!generate_key_between({}, bad).ok());
  }
  REQUIRE(!generate_key_between({}, smallest).ok());
  REQUIRE(!generate_key_between(smallest, {}).ok());
}

TEST_CASE("the lower key must be before the upper one", "[fractional_index]") {
  REQUIRE(!generate_key_between("a1", "a0").ok());
  REQUIRE(!generate_key_between("a1", "a1").ok());
}

TEST_CASE("a key between two keys is between them", "[fractional_index]") {
  rc::prop("after any walk of insertions", [](const std::vector<std::uint8_t>& steps) {
    std::vector<std::string> keys{"a0"};
    for (std::uint8_t step : steps) {
      std::size_t at = step % (keys.size() + 1);
      Bound a = at == 0 ? Bound{} : Bound{keys[at - 1]};
      Bound b = at == keys.size() ? Bound{} : Bound{keys[at]};
      std::string key = generate_key_between(a, b).value();
      RC_ASSERT((!a || *a < key) && (!b || key < *b));
      keys.insert(keys.begin() + static_cast<std::ptrdiff_t>(at), key);
    }
  });
}

TEST_CASE("a place at the end is found after any sort_order", "[fractional_index]") {
  REQUIRE(key_after("") == "a0");
  REQUIRE(key_after("a0") == "a1");
  REQUIRE(key_after("az") == "b00");
  for (std::string last : {"0", "5", "Z", "ZZZZ", "a", "a00", "b1", "m", "y", "z", "zz", "zzzzz",
                           "zzzzzzzzzzzzzzzzzzzzzzzzzzz", "zzzzzzzzzzzzzzzzzzzzzzzzzzz5"}) {
    INFO(last);
    REQUIRE(key_after(last) > last);
    REQUIRE(key_after(last).size() <= limits::max_sort_order_bytes);
  }
  std::string full(limits::max_sort_order_bytes, 'z');
  REQUIRE(key_after(full) == full);
}
