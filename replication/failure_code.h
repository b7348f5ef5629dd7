// Error codes on the wire: numbers that never change, whatever order ErrorCode has.
#pragma once

#include "engine/result.h"

#include <array>
#include <cstdint>
#include <utility>

namespace genlock::replication {

inline constexpr std::array<std::pair<ErrorCode, std::uint8_t>, 10> failure_codes = {{
    {ErrorCode::corruption, 1},
    {ErrorCode::gap, 2},
    {ErrorCode::fork, 3},
    {ErrorCode::unsupported, 4},
    {ErrorCode::too_large, 5},
    {ErrorCode::unavailable, 6},
    {ErrorCode::invalid_argument, 7},
    {ErrorCode::gone, 8},
    {ErrorCode::compacted, 9},
    {ErrorCode::exists, 10},
}};

// Codes without a number of their own are sent as "unavailable"; unknown numbers are read as
// "corruption".
constexpr std::uint8_t number_of(ErrorCode code) {
  for (const auto& [known, number] : failure_codes)
    if (known == code) return number;
  return 6;
}
constexpr ErrorCode code_of(std::uint8_t number) {
  for (const auto& [code, known] : failure_codes)
    if (known == number) return code;
  return ErrorCode::corruption;
}

}  // namespace genlock::replication
