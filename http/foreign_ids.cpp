#include "http/foreign_ids.h"

#include "http/request_body.h"
#include "projections/queries.h"

namespace genlock::http {
namespace {

bool is_reserved(const RecordId& id) {
  return id.uuid.is_nil() || id.uuid == library_stream.uuid || id.uuid == directory_stream.uuid;
}

Result<bool> is_elsewhere(const Reader& reader, StreamId stream, TableId table, RecordId id) {
  TRY_ASSIGN(std::optional<StreamId> home, find_stream(reader, table, id));
  return home && *home != stream;
}

Error taken(TableId table, RecordId id) {
  ErrorDetail detail;
  detail.record = RecordKey{table, id};
  return {ErrorCode::exists,
          "the id " + id.to_string() +
              " is taken by a row of another production: create under another id",
          {},
          std::make_shared<const ErrorDetail>(std::move(detail))};
}

Result<void> check_nested(const Reader& reader, StreamId stream, TableId table,
                          const RowInput& row) {
  if (row.id) {
    if (is_reserved(*row.id))
      return field_error(row.pointer + "/id", "format", "is no id that a row may have");
    TRY_ASSIGN(bool elsewhere, is_elsewhere(reader, stream, table, *row.id));
    if (elsewhere)
      return field_error(row.pointer + "/id", "read_only", "is the id of a row of another parent");
  }
  for (const auto& [child_table, children] : row.children)
    for (const RowInput& child : children) TRY(check_nested(reader, stream, child_table, child));
  return {};
}

}  // namespace

Result<void> check_foreign_ids(const Reader& reader, const Command& command) {
  const RowInput& row = command.row;
  if (command.kind == CommandKind::create && row.id && !is_reserved(*row.id)) {
    TRY_ASSIGN(bool elsewhere, is_elsewhere(reader, command.stream, command.table, *row.id));
    if (elsewhere) return taken(command.table, *row.id);
  }
  return check_nested(reader, command.stream, command.table, row);
}

}  // namespace genlock::http
