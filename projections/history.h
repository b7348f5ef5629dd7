// The history of a show or of one row: what each event did, newest first in canonical order. It is
// folded from the log when it is asked for, so it costs time with every event of the stream
// (roughly that of a rebuild of it) and stores nothing.
#pragma once

#include "projections/queries.h"

#include <optional>
#include <span>

namespace genlock {

// The fields a history can be filtered and ordered by: event at op table record_id label user.
std::span<const Field> history_fields();

inline constexpr std::size_t default_history_limit = 100;

// One item for each event and record that it is about. `record`: of that one alone; none: of the
// whole stream. Memory: one page, where `options` name no order, beside the state of the stream.
//   {"event","at","op","table","record_id","label","by","node","changes":[{"column","from","to"}],
//    "batch":null}
// `changes` are the columns that the event wrote, `from` is what was shown before it. What it wrote
// stands there too where something concurrent shows instead.
// ERRORS: bad_request (cursor), corruption.
Result<ServedList> list_history(const ReadContext& context, StreamId stream,
                                std::optional<RecordKey> record, const ListOptions& options);

}  // namespace genlock
