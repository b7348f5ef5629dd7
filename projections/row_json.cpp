#include "projections/row_json.h"

#include "engine/check.h"
#include "projections/json_text.h"
#include "projections/row_layout.h"

#include <xxhash.h>

#include <algorithm>

namespace genlock {
namespace {

using namespace row_layout;

// Writes one row: the JSON, and beside it where its fields and gaps are.
class RowWriter {
 public:
  RowWriter(const RecordView& view, const RowParts& parts) : view_(view), parts_(parts) {
    json_.reserve(1'024);
    fields_.reserve(128);
    gaps_.reserve(4 * gap_bytes);
  }

  std::string write() {
    write_columns();
    write_derived();
    for (const NestedRows& nested : parts_.nested) write_nested(nested);
    write_meta();
    return with_header();
  }

 private:
  // `"name":`, and notes that its value begins here.
  void begin_field(std::string_view name) {
    json_ += fields_.empty() ? "{\"" : ",\"";
    json_ += name;
    json_ += "\":";
    row_layout::write(fields_, static_cast<std::uint32_t>(json_.size()));
  }

  void add_gap(GapKind kind, const RecordKey& record, std::uint64_t tag) {
    write_gap(static_cast<std::uint32_t>(json_.size()), kind, record, tag);
  }

  void write_gap(std::uint32_t offset, GapKind kind, const RecordKey& record, std::uint64_t tag) {
    row_layout::write(gaps_, offset);
    row_layout::write(gaps_, static_cast<std::uint8_t>(kind));
    row_layout::write(gaps_, number(record.table));
    gaps_.append(record.id.view());
    row_layout::write(gaps_, tag);
  }

  void write_columns() {
    const Table& table = *view_.table;
    begin_field("id");
    append_json(json_, view_.id.uuid);
    if (!table.parent_column.empty()) {
      begin_field(table.parent_column);
      append_json(json_, view_.parent.uuid);
    }
    for (const Column& column : table.columns) {
      begin_field(column.name);
      append_json(json_, column.type, view_.value(column.id));
    }
  }

  void write_derived() {
    begin_field("version");
    append_json(json_, view_.version);
    begin_field("created_at");
    append_json(json_, ColumnType::time, Value{std::int64_t{view_.created_ms}});
    begin_field("updated_at");
    append_json(json_, ColumnType::time, Value{std::int64_t{view_.updated_ms}});
    begin_field("last_modified_by");
    append_json(json_, view_.by.user_id);
    begin_field("is_deleted");
    append_json(json_, view_.is_deleted);
    json_ += ",\"synced_at\":";
    add_gap(GapKind::synced_at, {view_.table->id, view_.id}, tag_of(view_.heads));
  }

  // The children's rows as they are stored; their gaps move along.
  void write_nested(const NestedRows& nested) {
    json_ += ",\"";
    json_ += nested.table->nested_name;
    json_ += "\":[";
    for (std::size_t i = 0; i < nested.rows.size(); ++i) {
      if (i > 0) json_ += ',';
      const StoredRow& row = nested.rows[i];
      auto begin = static_cast<std::uint32_t>(json_.size());
      for (std::size_t g = 0; g < row.gap_count(); ++g) {
        Gap gap = row.gap(g);
        write_gap(begin + gap.offset, gap.kind, gap.record, gap.tag);
      }
      json_ += row.json();
    }
    json_ += ']';
  }

  // The ETag covers what comes before and after it, and the sides of the pending conflicts.
  void write_meta() {
    std::string tail = meta_after_etag();
    shown_hash_ = hash_of_shown(tail);
    json_ += ",\"_meta\":{\"etag\":";
    append_json_string(json_, format(ETag{view_.heads, shown_hash_}));
    json_ += tail;
    if (view_.table->id == table::productions) {
      json_ += ",\"lock\":";
      add_gap(GapKind::lock, {view_.table->id, view_.id}, 0);
    }
    json_ += "}}";
  }

  std::string meta_after_etag() const {
    std::string out = ",\"by\":";
    append_json(out, view_.by);
    out += ",\"conflicts\":";
    append_json(out, std::uint64_t{view_.pending_conflicts});
    if (view_.hidden_by) {
      const Table* table = find_table(view_.hidden_by->table);
      out += ",\"hidden_by\":{\"table\":";
      append_json_string(out, table ? table->name : "");
      out += ",\"id\":";
      append_json(out, view_.hidden_by->id.uuid);
      out += '}';
    }
    if (view_.slot_taken_by) {
      out += ",\"slot_taken_by\":";
      append_json(out, view_.slot_taken_by->uuid);
    }
    return out;
  }

  std::uint64_t hash_of_shown(std::string_view tail) const {
    XXH64_hash_t hash = XXH3_64bits(json_.data(), json_.size());
    hash = XXH3_64bits_withSeed(tail.data(), tail.size(), hash);
    for (const std::string& conflict : parts_.pending_conflicts) {
      hash = XXH3_64bits_withSeed(conflict.data(), conflict.size(), hash);
    }
    return hash;
  }

  std::uint8_t flags() const {
    return static_cast<std::uint8_t>((view_.is_deleted ? StoredRow::deleted_flag : 0) |
                                     (view_.hidden_by ? StoredRow::hidden_flag : 0) |
                                     (parts_.locked ? StoredRow::locked_flag : 0) |
                                     (nests() ? StoredRow::nests_flag : 0));
  }

  bool nests() const {
    return std::any_of(parts_.nested.begin(), parts_.nested.end(),
                       [](const NestedRows& each) { return !each.rows.empty(); });
  }

  std::string with_header() const {
    std::string out;
    out.reserve(fixed_bytes + view_.heads.size() * head_bytes + fields_.size() + gaps_.size() +
                json_.size());
    row_layout::write(out, static_cast<std::uint8_t>(row_format_version));
    row_layout::write(out, flags());
    row_layout::write(out, static_cast<std::uint32_t>(parts_.conflict_rows));
    row_layout::write(out, std::int64_t{view_.deleted_ms});
    row_layout::write(out, shown_hash_);
    row_layout::write(out, static_cast<std::uint16_t>(view_.heads.size()));
    row_layout::write(out, static_cast<std::uint16_t>(fields_.size() / 4));
    row_layout::write(out, static_cast<std::uint32_t>(gaps_.size() / gap_bytes));
    for (const Dot& head : view_.heads) write_head(out, head);
    out += fields_;
    out += gaps_;
    out += json_;
    return out;
  }

  const RecordView& view_;
  const RowParts& parts_;
  std::string json_, fields_, gaps_;
  std::uint64_t shown_hash_ = 0;
};

}  // namespace

std::string encode_row(const RecordView& view, const RowParts& parts) {
  CHECK(view.heads.size() <= 0xffff, view.heads.size());
  return RowWriter(view, parts).write();
}

}  // namespace genlock
