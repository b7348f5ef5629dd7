// JSON for people and for version control: two spaces, a member or item a line, but lists of plain
// values and small objects on one line. The same JSON always gives the same bytes.
#pragma once

#include "projections/json.h"

#include <string>

namespace genlock::transfer {

// Ends with a newline.
std::string pretty(const Json& json);

Json json_text(std::string text);
Json json_number(std::int64_t number);
Json json_flag(bool value);
Json json_array(std::vector<Json> items = {});
Json json_object(std::vector<std::pair<std::string, Json>> members = {});

}  // namespace genlock::transfer
