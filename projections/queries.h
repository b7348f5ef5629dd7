// What the API reads. Every function answers from one Reader: give it a snapshot and the answer is
// one moment. JSON comes back ready to send.
#pragma once

#include "engine/conflict.h"
#include "engine/event_log.h"
#include "projections/page.h"
#include "projections/stored_row.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace genlock {

struct ReadContext {
  const Reader& reader;
  const EventLog& log;  // for locks
  UnixMs now_ms = 0;    // past `until` a lock is free
};

struct ServedRow {
  std::string json;
  ETag etag;
  StreamId stream;
  RecordKey key;
  RecordId parent;
  bool is_deleted = false;
  std::optional<RecordKey> hidden_by;  // the gone ancestor
  UnixMs deleted_ms = 0;               // of the row itself, or of that ancestor
  std::string deleted_by;              // person, as JSON; empty while visible

  bool visible() const { return !is_deleted && !hidden_by; }
};

// The stream that holds a record of this table; nullopt: no such row here.
Result<std::optional<StreamId>> find_stream(const Reader& reader, TableId table, RecordId id);

// One row, gone and hidden ones too: the caller answers 410 unless they were asked for. `merged`
// are columns for _meta.merged_fields. nullopt: 404.
Result<std::optional<ServedRow>> get_row(const ReadContext& context, TableId table, RecordId id,
                                         std::span<const ColumnId> merged = {});
// Of a known stream.
Result<std::optional<ServedRow>> get_row(const ReadContext& context, StreamId stream,
                                         const RecordKey& key,
                                         std::span<const ColumnId> merged = {});

// All rows of a table: `scope` is the production; not used for productions and equipment. A table
// of nested rows gives all of the stream's.
Result<ServedList> list_rows(const ReadContext& context, const Table& table, StreamId scope,
                             const ListOptions& options = {});

// The production with all its rows and conflicts, `include=all`.
Result<std::optional<ServedRow>> get_whole_production(const ReadContext& context, RecordId id);

// The fields a list of conflicts can be filtered and ordered by.
std::span<const Field> conflict_fields();
// The production that a list is narrowed to, if it is.
std::optional<StreamId> stream_of_conflicts(const ListOptions& options);
// Newest first.
Result<ServedList> list_conflicts(const ReadContext& context, const ListOptions& options = {});

struct ServedConflict {
  std::string json;
  std::string etag;  // quoted
  Conflict conflict;
};
Result<std::optional<ServedConflict>> get_conflict(const ReadContext& context, const Uuid& id);

// The same without its JSON.
Result<std::optional<Conflict>> find_conflict(const Reader& reader, const Uuid& id);

// Of one stream, or of all.
Result<std::size_t> pending_conflict_count(const Reader& reader,
                                           std::optional<StreamId> stream = {});
// Ids of a stream's pending conflicts whose side was held off by this lock (bulk "accept all").
Result<std::vector<Uuid>> conflicts_of_lock(const Reader& reader, const EventId& lock);
Result<std::vector<Uuid>> pending_conflicts(const Reader& reader);
// Ids of a record's, whatever became of them.
Result<std::vector<Uuid>> conflicts_of_record(const Reader& reader, StreamId stream,
                                              const RecordKey& record);
// Ids of all its conflicts, whatever became of them.
Result<std::vector<Uuid>> conflicts_of_stream(const Reader& reader, StreamId stream);

}  // namespace genlock
