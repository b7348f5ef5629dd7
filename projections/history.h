// The history of a show or of one row: what each event did, newest first in canonical order. It is
// folded from the log when it is asked for, so it costs time with every event of the stream
// (roughly that of a rebuild of it); what was folded is kept for the pages that follow.
#pragma once

#include "engine/version_vector.h"
#include "projections/queries.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace genlock {

// The fields a history can be filtered and ordered by: event at op table record_id label user
// batch comment.
std::span<const Field> history_fields();

inline constexpr std::size_t default_history_limit = 100;

// What one event did to one record.
struct HistoryItem {
  std::vector<Value> fields;  // of history_fields(), then hybrid time (as milliseconds and
                              // counter), origin, number in its event
  Person by;
  OriginId origin;
  std::string changes;  // JSON
};

// The history of the stream that was asked for last, as of the events that it had then. Not
// thread-safe.
struct HistoryCache {
  static constexpr std::size_t max_bytes = 32 << 20;  // some 50,000 items; longer ones are not kept

  StreamId stream;
  VersionVector has;               // empty: nothing is kept
  VersionVector floor;             // behind which nothing was known
  std::vector<HistoryItem> items;  // oldest first
};

// One item for each event and record that it is about. `record`: of that one alone; none: of the
// whole stream. Memory: one page and what the cache keeps, beside the state of the stream.
//   {"event","at","op","table","record_id","label","by","node","changes":[{"column","from","to"}],
//    "batch":"Paste 40 sources","comment":null}
// `changes` are the columns that the event wrote, `from` is what was shown before it. What it wrote
// stands there too where something concurrent shows instead. `batch`: the label of the batch that
// the event was. `comment`: what its author said to it, such as why a lock was overridden.
// Of a compacted stream it ends with one item whose `op` is "compacted".
// ERRORS: bad_request (cursor), corruption.
Result<ServedList> list_history(const ReadContext& context, StreamId stream,
                                std::optional<RecordKey> record, const ListOptions& options,
                                HistoryCache& cache);

}  // namespace genlock
