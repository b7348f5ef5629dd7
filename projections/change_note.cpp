#include "projections/change_note.h"

#include "projections/keys.h"

#include <algorithm>
#include <set>

namespace genlock {
namespace {

constexpr std::size_t max_dropped = 8;  // more than come in, so that what is too much melts away
constexpr std::size_t count_bytes = 8, row_bytes = 18, id_bytes = 16;

std::string encode(const ChangeNote& note) {
  std::string bytes;
  append_be64(bytes, note.rows.size());
  for (const RecordKey& row : note.rows) bytes += keys::record_suffix(row);
  for (const Uuid& conflict : note.conflicts) bytes += conflict.view();
  return bytes;
}

std::optional<ChangeNote> decode(std::string_view bytes) {
  if (bytes.size() < count_bytes) return std::nullopt;
  const std::uint64_t rows = read_be64(bytes);
  bytes.remove_prefix(count_bytes);
  if (rows > bytes.size() / row_bytes || (bytes.size() - rows * row_bytes) % id_bytes != 0)
    return std::nullopt;
  ChangeNote note;
  for (; note.rows.size() < rows; bytes.remove_prefix(row_bytes))
    note.rows.push_back(keys::record_of(bytes));
  for (; !bytes.empty(); bytes.remove_prefix(id_bytes))
    note.conflicts.push_back(Uuid::from_bytes(bytes.substr(0, id_bytes)));
  return note;
}

Error damaged_note() { return {ErrorCode::corruption, "a note on what changed is damaged"}; }

// The row that a record is served in.
Result<RecordKey> document_of(const State& state, RecordKey key) {
  for (const Table* table = find_table(key.table); table && table->nested;
       table = find_table(key.table)) {
    TRY_ASSIGN(const RecordState* record, state.find(key));
    if (!record) break;
    key = {table->parent, record->parent};
  }
  return key;
}

Result<std::set<RecordKey>> named_by(const State& state, const std::vector<Event>& events) {
  std::set<RecordKey> named;
  for (const Event& event : events) {
    for (const Operation& operation : event.operations) {
      TRY_ASSIGN(RecordKey document, document_of(state, {operation.table, operation.record}));
      named.insert(document);
    }
  }
  return named;
}

Result<bool> are_newest(const Overlay& overlay, const State& state, const Changes& changes,
                        Position last) {
  TRY_ASSIGN(StoredEvent stored, state.log().read(overlay, changes.events.back().id()));
  return stored.position == last;
}

// What is kept of notes.
struct Kept {
  Position horizon = Position::none;  // notes up to there were dropped
  std::uint64_t bytes = 0;            // of the others
};

Result<Kept> read_kept(const Reader& reader) {
  TRY_ASSIGN(const auto bytes, reader.get(Space::local, keys::changed_horizon()));
  if (!bytes) return Kept{};
  if (bytes->size() != 16) return damaged_note();
  return Kept{Position{read_be64(*bytes)}, read_be64(bytes->substr(8))};
}

void write_kept(Overlay& overlay, const Kept& kept) {
  std::string bytes;
  append_be64(bytes, number(kept.horizon));
  append_be64(bytes, kept.bytes);
  overlay.put(Space::local, keys::changed_horizon(), std::move(bytes));
}

// Drops the oldest notes beyond the bounds, a few at a time: each commit brings at most one.
Result<void> drop_old(Overlay& overlay, Position last, const NoteBounds& bounds, Kept& kept) {
  struct Old {
    std::string key;
    std::uint64_t bytes = 0;
  };
  std::vector<Old> oldest;
  TRY(overlay.scan(Space::local, keys::changed(0), keys::changed(number(last)),
                   [&](std::string_view key, std::string_view value) {
                     oldest.push_back({std::string(key), value.size()});
                     return oldest.size() < max_dropped;
                   }));
  for (const Old& old : oldest) {
    const std::uint64_t at = read_be64(std::string_view(old.key).substr(old.key.size() - 8));
    const bool is_recent = number(last) - at <= bounds.events;
    if (is_recent && kept.bytes <= bounds.bytes) return {};
    overlay.erase(Space::local, old.key);
    kept.bytes -= std::min(kept.bytes, old.bytes);
    kept.horizon = Position{at};
  }
  return {};
}

Result<void> put_note(Overlay& overlay, Position last, std::string note, const NoteBounds& bounds) {
  TRY_ASSIGN(Kept kept, read_kept(overlay));
  kept.bytes += note.size();
  overlay.put(Space::local, keys::changed(number(last)), std::move(note));
  TRY(drop_old(overlay, last, bounds, kept));
  write_kept(overlay, kept);
  return {};
}

}  // namespace

Result<void> note_change(Overlay& overlay, const State& state, const Changes& changes,
                         const ShownChanges& shown, const NoteBounds& bounds) {
  if (changes.events.empty()) return {};
  TRY_ASSIGN(std::set<RecordKey> named, named_by(state, changes.events));
  ChangeNote note{{}, shown.conflicts};
  std::ranges::copy_if(shown.rows, std::back_inserter(note.rows), [&](const RecordKey& row) {
    return !find_table(row.table)->nested && !named.contains(row);
  });
  if (note.rows.empty() && note.conflicts.empty()) return {};
  TRY_ASSIGN(Position last, state.log().last_position(overlay));
  TRY_ASSIGN(bool newest, are_newest(overlay, state, changes, last));
  if (newest) TRY(put_note(overlay, last, encode(note), bounds));
  return {};
}

Result<Position> note_horizon(const Reader& reader) {
  TRY_ASSIGN(const Kept kept, read_kept(reader));
  return kept.horizon;
}

Result<std::set<Uuid>> noted_conflicts(const Reader& reader, Position after, Position last) {
  std::set<Uuid> conflicts;
  bool damaged = false;
  TRY(reader.scan(Space::local, keys::changed(number(after) + 1), keys::changed(number(last) + 1),
                  [&](std::string_view, std::string_view bytes) {
                    const auto note = decode(bytes);
                    damaged = !note;
                    if (note) conflicts.insert(note->conflicts.begin(), note->conflicts.end());
                    return !damaged;
                  }));
  if (damaged) return damaged_note();
  return conflicts;
}

Result<ChangeNote> read_change_note(const Reader& reader, Position position) {
  TRY_ASSIGN(auto bytes, reader.get(Space::local, keys::changed(number(position))));
  if (!bytes) return ChangeNote{};
  auto note = decode(*bytes);
  if (!note) return damaged_note();
  return *std::move(note);
}

}  // namespace genlock
