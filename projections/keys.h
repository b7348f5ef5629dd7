// Keys of the read model. Space::rows, a function of the log (also in docs/formats/rows.md):
//   r table stream [owner] id            -> stored row                  owner: only where the table
//   is nested l table id stream                    -> parent                      where a record
//   is; nil: a root i index stream value id              -> ""                          visible
//   rows by an indexed column c stream table id conflict           -> encoded conflict of one
//   record f conflict                           -> stream table id             where a conflict is
//   t newest conflict                    -> stream table id             all conflicts, the newest
//   first p stream newest conflict             -> table id                    pending ones d stream
//   -> digest:16                   sum over rows and conflicts
// Space::local, this node's own:
//   synced: table stream id              -> what is known of a document's rows
//   (projections/synced_at.h)
//   changed: position                    -> what an event changed beyond what it names
//   (projections/change_note.h)
// Ids are 16 bytes, tables and indexes 2, `newest` is the inverted time of making in 8 bytes, all
// big-endian. A value of an index is its text, 0x00 doubled by 0xff and ended by 0x00 0x00, or the
// 16 bytes of an id, or one byte.
#pragma once

#include "engine/bytes.h"
#include "engine/record.h"

#include <string>

namespace genlock::keys {

inline std::string rows_of_table(const Table& table) {
  std::string key = "r";
  append_be16(key, number(table.id));
  return key;
}

inline std::string rows_of_stream(const Table& table, StreamId stream) {
  return rows_of_table(table).append(stream.view());
}

inline std::string rows_of_owner(const Table& table, StreamId stream, RecordId owner) {
  return rows_of_stream(table, stream).append(owner.view());
}

inline std::string row(const Table& table, StreamId stream, RecordId parent, RecordId id) {
  std::string key = rows_of_stream(table, stream);
  if (table.nested) key.append(parent.view());
  return key.append(id.view());
}

inline std::string places(const RecordKey& record) {
  std::string key = "l";
  append_be16(key, number(record.table));
  return key.append(record.id.view());
}

inline std::string place(const RecordKey& record, StreamId stream) {
  return places(record).append(stream.view());
}

inline std::string index_values(std::uint16_t index, StreamId stream, const Value& value) {
  std::string key = "i";
  append_be16(key, index);
  key.append(stream.view());
  if (const auto* flag = std::get_if<bool>(&value)) {
    key.push_back(*flag ? '\1' : '\0');
  } else if (const auto* uuid = std::get_if<Uuid>(&value)) {
    key.append(uuid->view());
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    for (char c : *text) {
      key.push_back(c);
      if (c == '\0') key.push_back('\xff');
    }
    key.append(2, '\0');
  }
  return key;
}

inline std::string record_suffix(const RecordKey& record) {
  std::string bytes;
  append_be16(bytes, number(record.table));
  return bytes.append(record.id.view());
}

inline RecordKey record_of(std::string_view suffix) {
  return {TableId{read_be16(suffix)}, RecordId{Uuid::from_bytes(suffix.substr(2, 16))}};
}

inline std::string conflicts_of_stream(StreamId stream) { return "c" + std::string(stream.view()); }

inline std::string conflicts_of(StreamId stream, const RecordKey& record) {
  return conflicts_of_stream(stream) + record_suffix(record);
}

inline std::string conflict(StreamId stream, const RecordKey& record, const Uuid& id) {
  return conflicts_of(stream, record).append(id.view());
}

inline std::string conflict_place(const Uuid& id) { return "f" + std::string(id.view()); }

inline void append_newest(std::string& key, std::int64_t made_ms) {
  append_be64(key, ~(static_cast<std::uint64_t>(made_ms) ^ (std::uint64_t{1} << 63)));
}

inline std::string all_conflicts() { return "t"; }

inline std::string conflict_by_time(std::int64_t made_ms, const Uuid& id) {
  std::string key = all_conflicts();
  append_newest(key, made_ms);
  return key.append(id.view());
}

inline std::string all_pending() { return "p"; }

inline std::string pending_of(StreamId stream) { return "p" + std::string(stream.view()); }

inline std::string pending(StreamId stream, std::int64_t made_ms, const Uuid& id) {
  std::string key = pending_of(stream);
  append_newest(key, made_ms);
  return key.append(id.view());
}

inline std::string digest(StreamId stream) { return "d" + std::string(stream.view()); }

// Documents of a table: a row that is not nested, with all that is nested in it.
inline std::string synced_of_table(const Table& table) {
  std::string key = "synced:";
  append_be16(key, number(table.id));
  return key;
}

inline std::string synced_of_stream(const Table& table, StreamId stream) {
  return synced_of_table(table).append(stream.view());
}

inline std::string synced(const Table& table, StreamId stream, RecordId id) {
  return synced_of_stream(table, stream).append(id.view());
}

// What an event changed beyond what it names (projections/change_note.h).
inline std::string changed(std::uint64_t position) {
  std::string key = "changed:";
  append_be64(key, position);
  return key;
}

// How many of those there are, and up to where they were dropped. No such note begins so.
inline std::string changed_horizon() { return "changed-horizon"; }

// The id at the end of a key.
inline Uuid id_at_end(std::string_view key) {
  return Uuid::from_bytes(key.substr(key.size() - 16));
}

}  // namespace genlock::keys
