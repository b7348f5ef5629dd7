// The version of the key grammars in a data directory, kept under the key "format" of Space::meta.
// A program reads directories up to its own version and refuses newer ones: it would misread them.
#pragma once

#include "engine/store.h"

#include <cstdint>

namespace genlock {

// 4: docs/formats/log-keys.md. Format 3 had one event for a command's key; format 2 no compacted
// streams, either. Both are read, and become 4 when they are opened to be written. Format 1, of
// before the first release, had a key for each head and each position; it is no longer read.
inline constexpr std::uint64_t store_format = 4, oldest_store_format = 2;

// ERRORS: unsupported (made by a newer program), corruption (there are events but no version).
Result<void> check_store_format(const Reader& reader);
// The same; then marks a new or an older store.
Result<void> ensure_store_format(Store& store);

}  // namespace genlock
