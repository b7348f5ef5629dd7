// JSON from outside, read strictly: valid UTF-8, no duplicate keys, no NaN, at most
// limits::max_json_depth deep. A value keeps the order of its keys, because opaque columns are kept
// as they came.
#pragma once

#include "engine/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace genlock {

struct Json {
  enum class Kind { null, boolean, integer, real, text, array, object };

  Kind kind = Kind::null;
  bool boolean = false;
  std::int64_t integer = 0;  // whole numbers without fraction or exponent that fit
  double real = 0;           // every other number, and also the value of an integer
  std::string text = {};
  std::vector<Json> items = {};                            // array
  std::vector<std::pair<std::string, Json>> members = {};  // object, in the order they came

  bool is(Kind wanted) const { return kind == wanted; }
  bool is_number() const { return kind == Kind::integer || kind == Kind::real; }
  // The member `key` of an object, or nullptr.
  const Json* find(std::string_view key) const;
};
const char* to_string(Json::Kind kind);  // "an object", as a message says it

// ERRORS: bad_request, with the place: broken JSON, invalid UTF-8, a key twice, too deep, a number
// too great.
Result<Json> parse_json(std::string_view text);
// Compact, keys in their order, numbers printed shortest.
std::string dump(const Json& json);
// True for text that parse_json takes, apart from its depth and keys.
bool is_json(std::string_view text);

// "/outputs/2" + "connector" = "/outputs/2/connector" (RFC 6901).
std::string pointer_to(std::string_view parent, std::string_view key);

}  // namespace genlock
