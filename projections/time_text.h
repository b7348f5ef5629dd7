// Times as text. Out: always UTC with milliseconds, `2026-11-22T18:42:03.114Z`. In: RFC 3339 with
// any offset.
#pragma once

#include "engine/clock.h"

#include <optional>
#include <string>
#include <string_view>

namespace genlock {

// 24 characters. A time outside the years 0000..9999 is shown as the nearest one inside.
std::string format_time(UnixMs ms);
void append_time(std::string& out, UnixMs ms);

// nullopt: no RFC 3339 date-time with an offset. A date alone and a time without an offset are
// refused: they would mean something else in the next time zone. Digits beyond milliseconds are cut
// off; second 60 is the next minute.
std::optional<UnixMs> parse_time(std::string_view text);

}  // namespace genlock
