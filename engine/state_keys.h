// Keys of Space::state. All begin with a letter and the stream, so a stream's state is one range
// per letter:
// clang-format off
//   r stream table id               -> RecordState
//   e stream table id origin seq    -> 16 events on a record from this one on (past_events.h)
//   c stream parent table id        -> ""  children of a record
//   x stream target table id        -> ""  referrers of `target` by ON DELETE SET NULL columns
//   u stream unique parent value table id  -> ""  claimants of a value of a unique key
//   o stream parent table           -> the greatest sort_order ever written under `parent`
//   l stream                        -> LockState
// clang-format on
// Ids are 16 bytes, tables and unique keys 2 bytes, sequences 8 bytes, all big-endian; a value is
// its state bytes with a 2-byte length in front.
#pragma once

#include "engine/bytes.h"
#include "engine/record.h"
#include "engine/state_bytes.h"

#include <string>

namespace genlock::state_keys {

inline constexpr std::string_view kinds = "recxuol";

inline std::string begin(char kind, StreamId stream) {
  std::string key;
  key.reserve(80);
  key.push_back(kind);
  key.append(stream.view());
  return key;
}
inline void append(std::string& key, const RecordKey& record) {
  append_be16(key, number(record.table));
  key.append(record.id.view());
}
inline std::string record(StreamId stream, const RecordKey& record_key) {
  std::string key = begin('r', stream);
  append(key, record_key);
  return key;
}
inline std::string past_runs(StreamId stream, const RecordKey& record_key) {
  std::string key = begin('e', stream);
  append(key, record_key);
  return key;
}
inline std::string past_run(StreamId stream, const RecordKey& record_key, const Dot& dot) {
  std::string key = past_runs(stream, record_key);
  key.append(dot.origin.view());
  append_be64(key, number(dot.sequence));
  return key;
}
inline std::string children(StreamId stream, RecordId parent) {
  std::string key = begin('c', stream);
  key.append(parent.view());
  return key;
}
inline std::string referrers(StreamId stream, RecordId target) {
  std::string key = begin('x', stream);
  key.append(target.view());
  return key;
}
inline std::string claims(StreamId stream, std::uint16_t unique_id, RecordId parent,
                          const Value& value) {
  std::string key = begin('u', stream);
  append_be16(key, unique_id);
  key.append(parent.view());
  ByteWriter bytes;
  write_value(bytes, value);
  std::string text = bytes.take();
  append_be16(key, static_cast<std::uint16_t>(text.size()));
  return key + text;
}
inline std::string greatest_order(StreamId stream, RecordId parent, TableId table) {
  std::string key = begin('o', stream);
  key.append(parent.view());
  append_be16(key, number(table));
  return key;
}
inline std::string locks(StreamId stream) { return begin('l', stream); }

// The (table, id) at the end of a key.
inline RecordKey record_at_end(std::string_view key) {
  std::string_view tail = key.substr(key.size() - 18);
  return {TableId{read_be16(tail)}, RecordId{Uuid::from_bytes(tail.substr(2))}};
}
// The dot at the end of the key of a run.
inline Dot dot_at_end(std::string_view key) {
  std::string_view tail = key.substr(key.size() - 24);
  return {OriginId{Uuid::from_bytes(tail.substr(0, 16))}, Sequence{read_be64(tail.substr(16))}};
}

}  // namespace genlock::state_keys
