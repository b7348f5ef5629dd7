// Folds the whole log again beside what is stored, and shows both: what verify and mend have in
// common.
#pragma once

#include "projections/rebuild.h"

namespace genlock {

// What is seen on the way; false: enough.
struct FoldedKeys {
  // A key that the log makes, with its bytes.
  std::function<Result<bool>(Space space, const std::string& key, const std::string& folded)> made;
  // A stored key that nothing in the log makes; after all others.
  std::function<Result<bool>(Space space, std::string_view key)> stray;
};

// Keys of Space::state and Space::rows, stream by stream. `stray` must not write. Memory: one
// stream, and eight bytes for each key.
Result<void> fold_beside(const Reader& reader, Engine& engine, RebuildProgress& progress,
                         const OnProgress& on_progress, const FoldedKeys& keys);

}  // namespace genlock
