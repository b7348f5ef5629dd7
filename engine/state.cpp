#include "engine/state.h"

#include "engine/event_codec.h"
#include "engine/past_events.h"
#include "engine/state_keys.h"

#include <algorithm>

namespace genlock {

namespace {

Result<std::vector<RecordKey>> keys_under(const Reader& reader, const std::string& prefix) {
  std::vector<RecordKey> keys;
  TRY(reader.scan_prefix(Space::state, prefix, [&](std::string_view key, std::string_view) {
    keys.push_back(state_keys::record_at_end(key));
    return true;
  }));
  return keys;
}

}  // namespace

Result<const RecordState*> State::find(const RecordKey& key) const {
  auto at = read_.find(key);
  if (at == read_.end()) {
    TRY_ASSIGN(std::optional<std::string> bytes,
               reader_.get(Space::state, state_keys::record(stream_, key)));
    if (bytes) {
      Result<RecordState> record = decode_record(*bytes);
      if (!record.ok()) return std::move(record).error();
      at = read_.emplace(key, std::move(*record)).first;
    } else {
      at = read_.emplace(key, std::nullopt).first;
    }
  }
  return at->second ? &*at->second : nullptr;
}

Result<std::optional<RecordState>> State::record(const RecordKey& key) const {
  TRY_ASSIGN(const RecordState* record, find(key));
  return record ? std::optional<RecordState>(*record) : std::nullopt;
}

Result<std::optional<RecordState>> State::take(const RecordKey& key) {
  TRY(find(key));
  return std::move(read_.extract(key).mapped());
}

Result<std::vector<RecordKey>> State::children(RecordId parent, TableId table) const {
  std::string prefix = state_keys::children(stream_, parent);
  if (table != TableId::none) append_be16(prefix, number(table));
  return keys_under(reader_, prefix);
}

Result<std::vector<RecordKey>> State::referrers(RecordId target) const {
  return keys_under(reader_, state_keys::referrers(stream_, target));
}

Result<std::vector<RecordKey>> State::claimants(std::uint16_t unique_id, RecordId parent,
                                                const Value& value) const {
  return keys_under(reader_, state_keys::claims(stream_, unique_id, parent, value));
}

Result<std::string> State::greatest_order(RecordId parent, TableId table) const {
  TRY_ASSIGN(std::optional<std::string> order,
             reader_.get(Space::state, state_keys::greatest_order(stream_, parent, table)));
  return std::move(order).value_or(std::string{});
}

Result<LockState> State::locks() const {
  if (locks_) return *locks_;
  TRY_ASSIGN(std::optional<std::string> bytes,
             reader_.get(Space::state, state_keys::locks(stream_)));
  locks_ = LockState{};
  if (bytes) {
    TRY_ASSIGN(locks_, decode_locks(*bytes));
  }
  return *locks_;
}

Result<std::vector<RecordKey>> State::records() const {
  return keys_under(reader_, state_keys::begin('r', stream_));
}

Result<std::uint64_t> State::dropped_before(const RecordKey& key, const Dot& dot) const {
  if (!is_compacted_) {
    TRY_ASSIGN(const VersionVector floor, log_.floor(reader_, stream_));
    is_compacted_ = !floor.empty();
  }
  if (!*is_compacted_) return std::uint64_t{0};
  TRY_ASSIGN(const std::optional<RecordFacts> facts, log_.facts(reader_, stream_, key));
  return facts ? facts->dropped_before(dot) : std::uint64_t{0};
}

Result<std::vector<Dot>> State::event_dots(const RecordKey& key) const {
  TRY_ASSIGN(const RecordState* record, find(key));
  if (!record) return std::vector<Dot>{};
  TRY_ASSIGN(std::vector<PastEvent> past, past_of(*record, stream_, reader_));
  std::vector<Dot> dots;
  dots.reserve(past.size());
  for (const PastEvent& event : past) dots.push_back(event.dot);
  return dots;
}

Result<std::vector<RecordEvent>> State::history(const RecordKey& key) const {
  TRY_ASSIGN(const RecordState* record, find(key));
  if (!record) return std::vector<RecordEvent>{};
  return history(*record);
}

Result<std::vector<RecordEvent>> State::history(const RecordState& record) const {
  TRY_ASSIGN(std::vector<PastEvent> past, past_of(record, stream_, reader_));
  std::vector<RecordEvent> events;
  events.reserve(past.size());
  for (const PastEvent& named : past) {
    EventId id{stream_, named.dot};
    TRY_ASSIGN(StoredEvent stored, log_.read(reader_, id));
    TRY_ASSIGN(Event event, decode_stored(stored));
    TRY_ASSIGN(VersionVector context, log_.context_of(reader_, id));
    events.push_back({std::move(event), std::move(context)});
  }
  std::sort(events.begin(), events.end(), [](const RecordEvent& a, const RecordEvent& b) {
    return a.event.rank() < b.event.rank();
  });
  return events;
}

Result<std::vector<RecordEvent>> State::history(const RecordKey& key,
                                                const VersionVector& within) const {
  TRY_ASSIGN(std::vector<RecordEvent> events, history(key));
  std::erase_if(events, [&](const RecordEvent& e) { return !within.contains(e.event.dot); });
  return events;
}

}  // namespace genlock
