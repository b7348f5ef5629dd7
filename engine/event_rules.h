// What holds for every event, written here or read from elsewhere: sizes, text that is UTF-8,
// finite numbers, columns and context in ascending order, sequences above zero.
#pragma once

#include "engine/event.h"
#include "engine/result.h"

#include <string>

namespace genlock {

// ERRORS: corruption (malformed), too_large.
Result<void> check_event(const Event& event);
Error malformed(std::string what);

}  // namespace genlock
