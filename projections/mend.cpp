#include "projections/log_only.h"
#include "projections/rebuild.h"

#include <xxhash.h>

#include <algorithm>
#include <vector>

namespace genlock {
namespace {

// Puts what was folded in the place of what is stored, key by key, where they differ.
class Mending {
 public:
  Mending(Overlay& overlay, MendReport& report) : overlay_(overlay), report_(report) {}

  Result<void> take(const Batch& folded) {
    for (Space space : derived_spaces)
      for (const auto& [key, value] : folded.at(space))
        if (value) TRY(take_key(space, key, *value));
    return {};
  }

  // What nothing in the log makes.
  Result<void> erase_the_rest() {
    for (Space space : derived_spaces) {
      std::vector<std::uint64_t>& known = known_[static_cast<std::size_t>(space)];
      std::ranges::sort(known);
      std::vector<std::string> strangers;
      TRY(overlay_.scan(space, {}, {}, [&](std::string_view key, std::string_view) {
        if (!std::ranges::binary_search(known, hash_of(key))) strangers.emplace_back(key);
        return true;
      }));
      for (std::string& key : strangers) overlay_.erase(space, std::move(key));
      report_.mended_keys += strangers.size();
    }
    return {};
  }

 private:
  static std::uint64_t hash_of(std::string_view key) { return XXH3_64bits(key.data(), key.size()); }

  Result<void> take_key(Space space, const std::string& key, const std::string& folded) {
    known_[static_cast<std::size_t>(space)].push_back(hash_of(key));
    ++report_.keys;
    TRY_ASSIGN(auto stored, overlay_.get(space, key));
    if (stored == folded) return {};
    overlay_.put(space, key, folded);
    ++report_.mended_keys;
    return {};
  }

  Overlay& overlay_;
  MendReport& report_;
  std::array<std::vector<std::uint64_t>, space_count> known_;  // hashes of the keys folded
};

}  // namespace

Result<MendReport> mend(Overlay& overlay, Engine& engine, const OnProgress& on_progress) {
  MendReport report;
  LogOnly log_only(overlay);
  Mending mending(overlay, report);
  TRY_ASSIGN(std::vector<StreamId> streams, engine.log().streams(overlay));
  report.progress.stream_count = streams.size();
  for (StreamId stream : streams) {
    Overlay scratch(log_only);
    std::uint64_t before = report.progress.events;
    TRY(engine.refold(stream, scratch, [&](std::uint64_t events) -> Result<void> {
      report.progress.events = before + events;
      if (on_progress) on_progress(report.progress);
      return {};
    }));
    TRY(mending.take(scratch.batch()));
    ++report.progress.streams_done;
  }
  TRY(mending.erase_the_rest());
  return report;
}

}  // namespace genlock
