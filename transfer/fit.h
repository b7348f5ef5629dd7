// Values of files that were not made for Genlock, brought into the form of a column: "1920" where a
// whole number is wanted, "59,94" for a rate, PLANNING for planning, 2024-03-15 for a time.
#pragma once

#include "engine/result.h"
#include "engine/schema.h"
#include "projections/json.h"

namespace genlock::transfer {

// The value as the API takes it for `column`; empty text becomes null. A date alone means midnight
// UTC, a time without an offset is UTC: `assumed`, where given, is set for such.
// ERRORS: invalid_argument; the message follows the name of a field: "must be 1..32768, not 0".
Result<Json> fit(const Column& column, const Json& value, bool* assumed = nullptr);

// "hRes", "H RES", "h-res" -> "h_res".
std::string snake_case(std::string_view name);

}  // namespace genlock::transfer
