// One apply of the row projection: which rows to make again, in which order, and what of them goes
// into the store. For projections/row_projection.cpp alone.
#pragma once

#include "projections/row_projection.h"
#include "projections/stored_row.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace genlock {

// Writes stored rows with all that hangs on them: indexes, the place of the record, the digest.
class RowWriteBack {
 public:
  RowWriteBack(Overlay& overlay, StreamId stream) : overlay_(overlay), stream_(stream) {}

  // The row's bytes as stored so far.
  Result<std::optional<std::string>> stored(const RecordView& view) const;
  // True where the bytes differ from those `before`; nothing is written otherwise.
  Result<bool> put(const RecordView& view, const std::optional<std::string>& before,
                   std::string bytes);
  Result<bool> erase(const Table& table, RecordId id);
  // Brings the conflicts of the records that were put or erased to `wanted`; returns the ids that
  // changed.
  Result<std::vector<Uuid>> put_conflicts(const std::vector<const Conflict*>& wanted);
  Result<void> write_digest();

 private:
  using Conflicts = std::map<Uuid, Conflict>;

  Result<void> erase_at(const Table& table, RecordId parent, RecordId id);
  std::set<std::string> index_keys(const Table& table, const StoredRow& row, RecordId id) const;
  void update_indexes(const std::set<std::string>& before, const std::set<std::string>& after);
  Result<Conflicts> stored_conflicts();
  void erase_conflict(const Conflict& conflict);
  void put_conflict(const Conflict& conflict);

  Overlay& overlay_;
  StreamId stream_;
  Digest added_, removed_;
  std::set<RecordKey> had_conflicts_;
};

class DocumentWriter {
 public:
  DocumentWriter(Overlay& overlay, const State& state);

  Result<void> write(const std::vector<RecordKey>& records);

  const ShownChanges& changes() const { return changes_; }
  // The present version of each row that was written: document, record, tag.
  struct Version {
    RecordKey document;
    RecordKey record;
    std::uint64_t tag = 0;
  };
  const std::vector<Version>& versions() const { return versions_; }

 private:
  using Views = std::map<RecordKey, std::optional<RecordWithConflicts>>;

  Result<RecordWithConflicts*> load(const RecordKey& key);
  Result<void> collect(const std::vector<RecordKey>& records);
  Result<void> collect_owners(const RecordKey& key);
  Result<void> write_row(const RecordKey& key);
  Result<bool> may_nest(const RecordKey& key, const std::optional<std::string>& before) const;
  Result<std::vector<std::string>> children_of(const Table& table, RecordId owner);
  Result<bool> is_locked();
  RecordKey document_of(const RecordKey& key) const;

  Overlay& overlay_;
  const State& state_;
  RowWriteBack rows_;
  Views views_;
  std::set<RecordKey> owners_;  // of nested rows among the views
  ShownChanges changes_;
  std::vector<Version> versions_;
};

}  // namespace genlock
