// Conflicts and locks in JSON (docs/api.md, sections 8 and 9), with the nodes' present names.
#pragma once

#include "engine/conflict.h"
#include "engine/lock.h"
#include "projections/node_names.h"

#include <string>

namespace genlock {

Result<std::string> encode_conflict(const Conflict& conflict, NodeNames& names);

// A lock, or null for nullptr.
Result<std::string> encode_lock(const Lock* lock, NodeNames& names);

// The production whose stream this is; nil for the library and the directory.
Uuid production_of(StreamId stream);

}  // namespace genlock
