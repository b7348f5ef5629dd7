// Finds stored rows and makes them ready to send. Shared by the queries; not for other modules.
#pragma once

#include "projections/node_names.h"
#include "projections/queries.h"
#include "projections/stored_row.h"

#include <map>
#include <optional>
#include <string>

namespace genlock {

// A stored row with its address.
struct FoundRow {
  StreamId stream;
  RecordKey key;
  RecordId parent;  // nil: a root, or a row of a list, whose scope says it
  std::string bytes;
};

// nullopt: no such row.
Result<std::optional<FoundRow>> find_row(const Reader& reader, StreamId stream,
                                         const RecordKey& key);

// What this node knows of the sync of documents, read once for a list.
class SyncedLookup {
 public:
  explicit SyncedLookup(const Reader& reader) : reader_(reader) {}
  // Of one document.
  Result<void> load(const Table& table, StreamId stream, RecordId document);
  // Of all of a table: of one stream, or (none) of every one.
  Result<void> load_all(const Table& table, std::optional<StreamId> stream);

  // Time of the version `tag` of `record`, which is part of `document`.
  std::optional<UnixMs> find(RecordId document, const RecordKey& record, std::uint64_t tag) const;

 private:
  const Reader& reader_;
  std::map<RecordId, std::string> by_document_;
};

// Fills the gaps of rows.
class RowServer {
 public:
  explicit RowServer(const ReadContext& context) : context_(context), names_(context.reader) {}

  // Appends the row's JSON. `document`: the row it stands in, or itself.
  Result<void> append(std::string& out, const StoredRow& row, StreamId stream, RecordId document,
                      const SyncedLookup& synced, std::string_view more_meta = {});
  NodeNames& names() { return names_; }

 private:
  Result<std::string> lock_of(StreamId stream);

  const ReadContext& context_;
  NodeNames names_;
};

// Appends an array of the stream's conflicts, the newest first.
Result<void> append_conflicts_of(std::string& out, const ReadContext& context, StreamId stream);

}  // namespace genlock
