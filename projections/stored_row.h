// A row as it lies in Space::rows: its JSON with gaps, and a header that says where they and the
// fields are. The same bytes on every node with the same events; what a node adds by itself
// (synced_at, the lock) is put into the gaps when the row is served, so that serving is a few
// copies and never a parse.
//
//   row   = format:1 flags:1 conflict_rows:4 deleted_ms:8 shown_hash:8 head_count:2 field_count:2
//           gap_count:4 head* field* gap* json
//   head  = origin:16 sequence:8               of the ETag
//   field = offset:4                           of its value in json; in the order of
//   shape_of(table) gap   = offset:4 kind:1 table:2 record:16 tag:8     ascending; the first one is
//   synced_at of the row itself
// Numbers are little-endian. json ends with `}}`: the end of _meta and of the row.
#pragma once

#include "engine/etag.h"
#include "engine/record.h"
#include "engine/schema.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace genlock {

// Version of the bytes above and of the JSON in them. Another one means: rebuild.
inline constexpr std::uint32_t row_format_version = 2;

// The top-level scalars of a row, in the order they are printed: what filters, orders and cursors
// speak of.
struct Field {
  std::string_view name;
  ColumnType type;
  ColumnId column = ColumnId::none;  // none: id, the parent column and the derived ones
};
// `synced_at` is the last one and stands in a gap.
const std::vector<Field>& shape_of(const Table& table);

enum class GapKind : std::uint8_t { synced_at = 1, lock = 2 };

struct Gap {
  std::uint32_t offset = 0;
  GapKind kind = GapKind::synced_at;
  RecordKey record;       // whose synced_at
  std::uint64_t tag = 0;  // names the version of that row: a hash of its heads
};

// Reads a stored row. Keeps a view: `bytes` must outlive it.
class StoredRow {
 public:
  // ERRORS: corruption.
  static Result<StoredRow> parse(std::string_view bytes);

  std::string_view bytes() const { return bytes_; }
  std::string_view json() const { return json_; }
  bool is_deleted() const { return (flags_ & deleted_flag) != 0; }
  bool is_hidden() const { return (flags_ & hidden_flag) != 0; }
  bool is_visible() const { return !is_deleted() && !is_hidden(); }
  bool nests() const { return (flags_ & nests_flag) != 0; }  // rows stand in it
  bool may_be_locked() const { return (flags_ & locked_flag) != 0; }
  std::size_t conflict_rows() const {
    return conflict_rows_;
  }  // in sync_conflicts, resolved ones too
  std::int64_t deleted_ms() const { return deleted_ms_; }
  std::vector<Dot> heads() const;
  ETag etag() const { return {heads(), shown_hash_}; }
  std::uint64_t tag() const;

  std::size_t field_count() const { return field_count_; }
  // JSON text of the field's value. REQUIRES: a field of shape_of(table) other than synced_at.
  std::string_view field_text(const Table& table, std::size_t field) const;
  // The same as a value.
  Value field_value(const Table& table, std::size_t field) const;
  std::string_view sort_order(const Table& table) const;  // empty: none
  Value column_value(const Table& table, ColumnId column) const;

  std::size_t gap_count() const { return gap_count_; }
  Gap gap(std::size_t index) const;

  static constexpr std::uint8_t deleted_flag = 1, hidden_flag = 2, locked_flag = 4, nests_flag = 8;

 private:
  bool is_sound() const;

  std::string_view bytes_, heads_, fields_, gaps_, json_;
  std::uint8_t flags_ = 0;
  std::size_t conflict_rows_ = 0, field_count_ = 0, gap_count_ = 0;
  std::int64_t deleted_ms_ = 0;
  std::uint64_t shown_hash_ = 0;
};

// Hash of a record's heads: which version of a row something was said of.
std::uint64_t tag_of(const std::vector<Dot>& heads);

// Appends the row's JSON with its gaps filled: `fill` appends the value for one gap. `more_meta`
// goes to the end of _meta ("" or `,"merged_fields":["note"]`).
using FillGap = std::function<void(std::string& out, const Gap& gap)>;
void append_filled(std::string& out, const StoredRow& row, const FillGap& fill,
                   std::string_view more_meta = {});

}  // namespace genlock
