#include "projections/synced_at.h"

#include "engine/bytes.h"
#include "projections/keys.h"

namespace genlock {
namespace {

constexpr std::size_t entry_bytes = 2 + 16 + 8 + 8;

}  // namespace

SyncedTimes SyncedTimes::parse(std::string_view value) {
  SyncedTimes times;
  for (; value.size() >= entry_bytes; value.remove_prefix(entry_bytes)) {
    times.entries_[keys::record_of(value)] = {read_be64(value.substr(18)),
                                              static_cast<UnixMs>(read_be64(value.substr(26)))};
  }
  return times;
}

std::string SyncedTimes::to_bytes() const {
  std::string bytes;
  for (const auto& [record, entry] : entries_) {
    bytes += keys::record_suffix(record);
    append_be64(bytes, entry.tag);
    append_be64(bytes, static_cast<std::uint64_t>(entry.ms));
  }
  return bytes;
}

bool SyncedTimes::note(const RecordKey& record, std::uint64_t tag, UnixMs ms) {
  auto [place, is_new] = entries_.try_emplace(record, Entry{tag, ms});
  if (is_new) return true;
  if (place->second.tag == tag) return false;
  place->second = {tag, ms};
  return true;
}

std::optional<UnixMs> find_synced(std::string_view value, const RecordKey& record,
                                  std::uint64_t tag) {
  for (; value.size() >= entry_bytes; value.remove_prefix(entry_bytes)) {
    if (read_be64(value.substr(18)) != tag || keys::record_of(value) != record) continue;
    return static_cast<UnixMs>(read_be64(value.substr(26)));
  }
  return std::nullopt;
}

}  // namespace genlock
