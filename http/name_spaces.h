// Genlock's own name space of UUIDv5 names, ec8c55c3-ba72-5930-9fd9-308976536c10: what is made in
// it has the same id on every node.
#pragma once

#include "engine/ids.h"

namespace genlock::http {

inline Uuid genlock_names() { return *Uuid::parse("ec8c55c3-ba72-5930-9fd9-308976536c10"); }

}  // namespace genlock::http
