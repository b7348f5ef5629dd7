#include "projections/change_note.h"

#include "projections/keys.h"

#include <algorithm>
#include <set>

namespace genlock {
namespace {

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

}  // namespace

Result<void> note_change(Overlay& overlay, const State& state, const Changes& changes,
                         const ShownChanges& shown) {
  if (changes.events.empty()) return {};
  TRY_ASSIGN(std::set<RecordKey> named, named_by(state, changes.events));
  ChangeNote note{{}, shown.conflicts};
  std::ranges::copy_if(shown.rows, std::back_inserter(note.rows), [&](const RecordKey& row) {
    return !find_table(row.table)->nested && !named.contains(row);
  });
  if (note.rows.empty() && note.conflicts.empty()) return {};
  TRY_ASSIGN(Position last, state.log().last_position(overlay));
  TRY_ASSIGN(bool newest, are_newest(overlay, state, changes, last));
  if (newest) overlay.put(Space::local, keys::changed(number(last)), encode(note));
  return {};
}

Result<ChangeNote> read_change_note(const Reader& reader, Position position) {
  TRY_ASSIGN(auto bytes, reader.get(Space::local, keys::changed(number(position))));
  if (!bytes) return ChangeNote{};
  auto note = decode(*bytes);
  if (!note) return Error{ErrorCode::corruption, "a note on what changed is damaged"};
  return *std::move(note);
}

}  // namespace genlock
