#include "projections/row_projection.h"

#include "projections/change_note.h"
#include "projections/conflict_codec.h"
#include "projections/document_writer.h"
#include "projections/keys.h"
#include "projections/synced_at.h"

#include <algorithm>
#include <set>

namespace genlock {
namespace {

using Version = DocumentWriter::Version;

Result<void> note_synced(Overlay& overlay, StreamId stream, const std::vector<Version>& versions,
                         UnixMs now_ms) {
  std::map<RecordKey, std::vector<const Version*>> by_document;
  for (const Version& version : versions) by_document[version.document].push_back(&version);
  for (const auto& [document, rows] : by_document) {
    std::string key = keys::synced(*find_table(document.table), stream, document.id);
    TRY_ASSIGN(auto bytes, overlay.get(Space::local, key));
    SyncedTimes times = SyncedTimes::parse(bytes.value_or(""));
    bool changed = false;
    for (const Version* row : rows) changed |= times.note(row->record, row->tag, now_ms);
    if (changed) overlay.put(Space::local, std::move(key), times.to_bytes());
  }
  return {};
}

// A stored row and what it stands in.
struct Located {
  std::string bytes;
  RecordId parent;
};

Result<std::optional<Located>> locate(const Reader& reader, StreamId stream, const RecordKey& key) {
  const Table* table = find_table(key.table);
  if (!table) return std::optional<Located>{};
  Located located;
  if (table->nested) {
    TRY_ASSIGN(auto parent, reader.get(Space::rows, keys::place(key, stream)));
    if (!parent) return std::optional<Located>{};
    located.parent = RecordId{Uuid::from_bytes(*parent)};
  }
  TRY_ASSIGN(auto bytes,
             reader.get(Space::rows, keys::row(*table, stream, located.parent, key.id)));
  if (!bytes) return std::optional<Located>{};
  located.bytes = *std::move(bytes);
  return std::optional<Located>(std::move(located));
}

// The rows that the events touched, each with its document, and with the rows it stands in.
// Versions that the cloud does not have yet are left out.
class SyncedRows {
 public:
  SyncedRows(const Reader& reader, StreamId stream, const VersionVector& cloud_has)
      : reader_(reader), stream_(stream), cloud_has_(cloud_has) {}

  // Returns the record's document.
  Result<RecordKey> add(const RecordKey& key) {
    if (auto known = documents_.find(key); known != documents_.end()) return known->second;
    documents_[key] = key;
    TRY_ASSIGN(auto located, locate(reader_, stream_, key));
    if (!located) return key;
    const Table& table = *find_table(key.table);
    RecordKey document = key;
    if (table.nested) {
      TRY_ASSIGN(document, add({table.parent, located->parent}));
    }
    documents_[key] = document;
    TRY_ASSIGN(StoredRow row, StoredRow::parse(located->bytes));
    bool covered = std::ranges::all_of(row.heads(),
                                       [&](const Dot& head) { return cloud_has_.contains(head); });
    if (covered) versions_.push_back({document, key, row.tag()});
    return document;
  }

  const std::vector<Version>& versions() const { return versions_; }

 private:
  const Reader& reader_;
  StreamId stream_;
  const VersionVector& cloud_has_;
  std::map<RecordKey, RecordKey> documents_;
  std::vector<Version> versions_;
};

}  // namespace

Result<void> RowProjection::apply(Overlay& overlay, const State& state, const Changes& changes,
                                  UnixMs now_ms) {
  DocumentWriter writer(overlay, state);
  TRY(writer.write(changes.records));
  if (role_ == Role::cloud) TRY(note_synced(overlay, state.stream(), writer.versions(), now_ms));
  TRY(note_change(overlay, state, changes, writer.changes(), notes_));
  if (listener_) listener_(writer.changes());
  return {};
}

// By the grammar of keys.h. O(keys of all streams): only forks need it.
Result<void> RowProjection::drop(Overlay& overlay, StreamId stream) {
  const auto is_of_stream = [&](std::string_view key, std::string_view value) {
    switch (key.front()) {
      case 'r':
      case 'i':
        return key.substr(3, 16) == stream.view();
      case 'l':
        return key.substr(19, 16) == stream.view();
      case 'f':
      case 't':
        return value.substr(0, 16) == stream.view();
      default:
        return key.substr(1, 16) == stream.view();
    }
  };
  std::vector<std::string> keys;
  TRY(overlay.scan(Space::rows, {}, {}, [&](std::string_view key, std::string_view value) {
    if (is_of_stream(key, value)) keys.emplace_back(key);
    return true;
  }));
  for (std::string& key : keys) overlay.erase(Space::rows, std::move(key));
  return {};
}

Result<Digest> RowProjection::digest(const Reader& reader, StreamId stream) const {
  TRY_ASSIGN(auto bytes, reader.get(Space::rows, keys::digest(stream)));
  if (!bytes || bytes->size() != 16) return Digest{};
  return Digest{read_be64(*bytes), read_be64(bytes->substr(8))};
}

Result<std::optional<ETag>> RowProjection::etag(const Reader& reader, StreamId stream,
                                                const RecordKey& key) const {
  TRY_ASSIGN(auto located, locate(reader, stream, key));
  if (!located) return std::optional<ETag>{};
  TRY_ASSIGN(StoredRow row, StoredRow::parse(located->bytes));
  return std::optional<ETag>(row.etag());
}

Result<std::optional<Conflict>> RowProjection::find_conflict(const State& state,
                                                             const Uuid& id) const {
  using Nothing = std::optional<Conflict>;
  TRY_ASSIGN(auto place, state.reader().get(Space::rows, keys::conflict_place(id)));
  if (!place) return Nothing{};
  StreamId stream{Uuid::from_bytes(place->substr(0, 16))};
  if (stream != state.stream()) return Nothing{};
  RecordKey record = keys::record_of(place->substr(16));
  TRY_ASSIGN(auto bytes, state.reader().get(Space::rows, keys::conflict(stream, record, id)));
  if (!bytes) return Nothing{};
  TRY_ASSIGN(Conflict conflict, decode_conflict(*bytes));
  return Nothing(std::move(conflict));
}

Result<void> mark_synced(Overlay& overlay, StreamId stream, std::span<const Event> events,
                         const VersionVector& cloud_has, UnixMs now_ms) {
  SyncedRows rows(overlay, stream, cloud_has);
  for (const Event& event : events) {
    for (const Operation& operation : event.operations) {
      TRY(rows.add({operation.table, operation.record}));
    }
  }
  return note_synced(overlay, stream, rows.versions(), now_ms);
}

}  // namespace genlock
