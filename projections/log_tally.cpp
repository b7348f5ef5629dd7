#include "projections/log_tally.h"

#include "engine/event_codec.h"
#include "projections/change_note.h"
#include "projections/queries.h"
#include "projections/row_reader.h"

#include <algorithm>

namespace genlock {
namespace {

constexpr std::size_t max_events = 20'000, max_operations = 50'000;  // of a look: some 100 ms

Result<bool> has_pending(const Reader& reader, StreamId stream, const RecordKey& record) {
  TRY_ASSIGN(const std::vector<Uuid> ids, conflicts_of_record(reader, stream, record));
  for (const Uuid& id : ids) {
    TRY_ASSIGN(const auto conflict, find_conflict(reader, id));
    if (conflict && conflict->pending()) return true;
  }
  return false;
}

}  // namespace

Result<void> LogTally::look(const Reader& reader) {
  TRY_ASSIGN(const Position end, log_.last_position(reader));
  if (at_ == end && looked_) return {};
  looked_ = true;
  const Position from = at_;
  written_.clear();
  operations_ = 0;
  std::size_t events = 0;
  Result<void> outcome;
  TRY(log_.read_after(reader, at_, [&](const EventId& id, const StoredEvent& stored) {
    if (events == max_events || operations_ >= max_operations) return false;
    ++events;
    outcome = take(id, stored);
    at_ = stored.position;
    return outcome.ok();
  }));
  TRY(std::move(outcome));
  TRY_ASSIGN(const std::set<Uuid> conflicts, noted_conflicts(reader, from, at_));
  for (const Uuid& id : conflicts) TRY(count_conflict(reader, id));
  TRY(count_merges(reader));
  TRY_ASSIGN(counts_.open, pending_by_kind(reader));
  if (at_ < end) return {};
  begun_ = at_;
  detected_.clear();
  resolved_.clear();
  return {};
}

Result<void> LogTally::take(const EventId& id, const StoredEvent& stored) {
  TRY_ASSIGN(const Event event, decode_stored(stored));
  std::set<TableId> tables;
  for (const Operation& operation : event.operations) {
    tables.insert(operation.table);
    written_[{id.stream, {operation.table, operation.record}}].insert(id.dot);
  }
  operations_ += event.operations.size();
  for (const TableId table : tables) ++counts_.events[{id.dot.origin == self_, table}];
  return {};
}

Result<bool> LogTally::is_new(const Reader& reader, StreamId stream, const Dot& dot) const {
  if (dot == Dot{}) return false;
  Result<StoredEvent> stored = log_.read(reader, {stream, dot});
  if (!stored.ok() && stored.error().code == ErrorCode::not_found) return false;
  if (!stored.ok() && stored.error().code == ErrorCode::compacted) return false;
  if (!stored.ok()) return stored.error();
  return stored->position > begun_;
}

Result<void> LogTally::count_conflict(const Reader& reader, const Uuid& id) {
  TRY_ASSIGN(const auto conflict, find_conflict(reader, id));
  if (!conflict) return {};
  bool has_news = false;
  for (const ConflictSide& side : conflict->sides) {
    TRY_ASSIGN(const bool side_is_new, is_new(reader, conflict->stream, side.event));
    has_news |= side_is_new;
  }
  if (has_news && detected_.insert(id).second) ++counts_.detected[{conflict->kind, conflict->loss}];
  if (conflict->pending() || conflict->loss) return {};
  TRY_ASSIGN(const bool decided, is_new(reader, conflict->stream, conflict->resolved_by_event));
  if (decided && resolved_.insert(id).second) ++counts_.resolved[conflict->resolution];
  return {};
}

Result<void> LogTally::count_merges(const Reader& reader) {
  for (const auto& [row, written] : written_) {
    const auto& [stream, record] = row;
    TRY_ASSIGN(const auto found, find_row(reader, stream, record));
    if (!found) continue;
    TRY_ASSIGN(const StoredRow stored, StoredRow::parse(found->bytes));
    const std::vector<Dot> heads = stored.heads();
    const bool is_part = std::ranges::find_first_of(heads, written) != heads.end();
    if (heads.size() < 2 || !is_part) continue;
    TRY_ASSIGN(const bool waits, has_pending(reader, stream, record));
    if (!waits) ++counts_.merged[record.table];
  }
  return {};
}

Result<ConflictCounts> pending_by_kind(const Reader& reader) {
  ConflictCounts counts{};
  TRY_ASSIGN(const std::vector<Uuid> ids, pending_conflicts(reader));
  for (const Uuid& id : ids) {
    TRY_ASSIGN(const auto conflict, find_conflict(reader, id));
    if (conflict) ++counts[static_cast<std::size_t>(conflict->kind)];
  }
  return counts;
}

}  // namespace genlock
