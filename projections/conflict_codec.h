// A conflict as it lies in Space::rows: engine/conflict.h byte for byte, without names of nodes.
// Little-endian, counts and lengths as four bytes; the grammar is the order of the struct's
// members.
#pragma once

#include "engine/conflict.h"

#include <string>
#include <string_view>

namespace genlock {

std::string encode(const Conflict& conflict);
// ERRORS: corruption.
Result<Conflict> decode_conflict(std::string_view bytes);

}  // namespace genlock
