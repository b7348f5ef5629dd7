// The version of the key grammars in a data directory, kept under the key "format" of Space::meta.
// A program reads directories up to its own version and refuses newer ones: it would misread them.
#pragma once

#include "engine/store.h"

#include <cstdint>

namespace genlock {

// 1: docs/formats/log-keys.md as first released.
inline constexpr std::uint64_t store_format = 1;

// ERRORS: unsupported (made by a newer program), corruption (there are events but no version).
Result<void> check_store_format(const Reader& reader);
// Marks a new store; then the same.
Result<void> ensure_store_format(Store& store);

}  // namespace genlock
