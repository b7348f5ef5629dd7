// Rebuild and verify: state and rows are functions of the log, so they can be dropped and made
// again (I6), and a node can prove that what it serves is what its log says.
//
// Space::meta, key "derived": which versions of the fold and of the rows the store holds, or that a
// rebuild is under way.
//   complete fold_version row_format_version | rebuilding      as text
#pragma once

#include "engine/engine.h"
#include "engine/store.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace genlock {

struct RebuildProgress {
  std::size_t streams_done = 0, stream_count = 0;
  std::uint64_t events = 0;  // folded so far, over all streams
};
using OnProgress = std::function<void(const RebuildProgress& progress)>;

// True for a store whose fold or row format is another version's, or whose rebuild was cut short. A
// store without events never needs one.
Result<bool> needs_rebuild(const Reader& reader, const EventLog& log);

// Drops Space::state and Space::rows and folds every stream from the log, in batches of a few
// thousand events. Until the last of them is durable needs_rebuild stays true; cut short, the next
// one begins anew. REQUIRES: nobody else writes to the store meanwhile.
Result<RebuildProgress> rebuild(Store& store, Engine& engine, const OnProgress& on_progress = {});

struct MendReport {
  RebuildProgress progress;
  std::uint64_t keys = 0;         // folded
  std::uint64_t mended_keys = 0;  // of those that were written anew or taken away
};

// The same for a node that runs: folds every stream beside what `overlay` shows and puts into it
// only what differs, so that readers see the rows of before or of after and nothing between.
// Memory: one stream, what differs, and eight bytes for each key.
Result<MendReport> mend(Overlay& overlay, Engine& engine, const OnProgress& on_progress = {});

// Notes this program's versions. For a new store, before its first event.
Result<void> mark_version(Store& store);

struct VerifyReport {
  RebuildProgress progress;
  std::uint64_t keys = 0;  // compared
  std::optional<std::string>
      difference;  // the first one, for people: stream, table, record, column
};

// Folds every stream again, beside the store, and compares each key of Space::state and Space::rows
// byte for byte. Memory: one stream, and eight bytes for each key.
Result<VerifyReport> verify(const Reader& reader, Engine& engine,
                            const OnProgress& on_progress = {});

}  // namespace genlock
