#include "projections/fold_beside.h"

#include "projections/log_only.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <vector>

namespace genlock {
namespace {

using Hashes = std::array<std::vector<std::uint64_t>, space_count>;  // of the keys folded

std::uint64_t hash_of(std::string_view key) { return XXH3_64bits(key.data(), key.size()); }

// False: enough was seen.
Result<bool> show(const Batch& folded, const FoldedKeys& keys, Hashes& known) {
  for (Space space : derived_spaces) {
    for (const auto& [key, value] : folded.at(space)) {
      if (!value) continue;
      known[static_cast<std::size_t>(space)].push_back(hash_of(key));
      TRY_ASSIGN(const bool wants_more, keys.made(space, key, *value));
      if (!wants_more) return false;
    }
  }
  return true;
}

Result<void> show_strays(const Reader& reader, const FoldedKeys& keys, Hashes& known) {
  for (Space space : derived_spaces) {
    std::vector<std::uint64_t>& hashes = known[static_cast<std::size_t>(space)];
    std::sort(hashes.begin(), hashes.end());
    Result<bool> wants_more = true;
    TRY(reader.scan(space, {}, {}, [&](std::string_view key, std::string_view) {
      if (!std::binary_search(hashes.begin(), hashes.end(), hash_of(key)))
        wants_more = keys.stray(space, key);
      return wants_more.ok() && *wants_more;
    }));
    TRY_ASSIGN(const bool go_on, std::move(wants_more));
    if (!go_on) return {};
  }
  return {};
}

}  // namespace

Result<void> fold_beside(const Reader& reader, Engine& engine, RebuildProgress& progress,
                         const OnProgress& on_progress, const FoldedKeys& keys) {
  LogOnly log_only(reader);
  Hashes known;
  TRY_ASSIGN(std::vector<StreamId> streams, engine.log().streams(reader));
  progress.stream_count = streams.size();
  for (StreamId stream : streams) {
    Overlay scratch(log_only);
    const std::uint64_t before = progress.events;
    TRY(engine.refold(stream, scratch, [&](std::uint64_t events) -> Result<void> {
      progress.events = before + events;
      if (on_progress) on_progress(progress);
      return {};
    }));
    TRY_ASSIGN(const bool wants_more, show(scratch.batch(), keys, known));
    if (!wants_more) return {};
    ++progress.streams_done;
  }
  return show_strays(reader, keys, known);
}

}  // namespace genlock
