#include "projections/stored_row.h"

#include "projections/json.h"
#include "projections/row_layout.h"
#include "projections/time_text.h"

#include <xxhash.h>

#include <algorithm>
#include <charconv>

namespace genlock {
namespace {

using namespace row_layout;

std::vector<Field> make_shape(const Table& table) {
  std::vector<Field> shape{{"id", ColumnType::uuid}};
  if (!table.parent_column.empty()) shape.push_back({table.parent_column, ColumnType::uuid});
  for (const Column& column : table.columns) shape.push_back({column.name, column.type, column.id});
  shape.insert(shape.end(), {{"version", ColumnType::integer},
                             {"created_at", ColumnType::time},
                             {"updated_at", ColumnType::time},
                             {"last_modified_by", ColumnType::uuid},
                             {"is_deleted", ColumnType::boolean},
                             {"synced_at", ColumnType::time}});
  return shape;
}

Error damaged() { return {ErrorCode::corruption, "a stored row is damaged: rebuild the rows"}; }

// The text inside a JSON string that our own writer made.
std::string unquoted(std::string_view quoted) {
  std::string_view inner = quoted.substr(1, quoted.size() - 2);
  if (inner.find('\\') == inner.npos) return std::string(inner);
  auto parsed = parse_json(quoted);
  return parsed.ok() ? std::move(parsed->text) : std::string(inner);
}

Value number_value(ColumnType type, std::string_view text) {
  if (type == ColumnType::real) {
    double real = 0;
    std::from_chars(text.data(), text.data() + text.size(), real);
    return real;
  }
  std::int64_t integer = 0;
  std::from_chars(text.data(), text.data() + text.size(), integer);
  return integer;
}

Value quoted_value(ColumnType type, std::string_view text) {
  std::string inner = unquoted(text);
  if (type == ColumnType::uuid) {
    auto uuid = Uuid::parse(inner);
    return uuid ? Value{*uuid} : Value{};
  }
  if (type == ColumnType::time) {
    auto ms = parse_time(inner);
    return ms ? Value{std::int64_t{*ms}} : Value{};
  }
  return inner;
}

}  // namespace

const std::vector<Field>& shape_of(const Table& table) {
  static const std::vector<std::vector<Field>> shapes = [] {
    std::vector<std::vector<Field>> made;  // ids of tables count from 1
    for (const Table& each : tables()) made.push_back(make_shape(each));
    return made;
  }();
  return shapes.at(number(table.id) - 1);
}

Result<StoredRow> StoredRow::parse(std::string_view bytes) {
  if (bytes.size() < fixed_bytes || bytes[0] != static_cast<char>(row_format_version))
    return damaged();
  StoredRow row;
  row.bytes_ = bytes;
  row.flags_ = static_cast<std::uint8_t>(bytes[1]);
  row.conflict_rows_ = read<std::uint32_t>(bytes, 2);
  row.deleted_ms_ = read<std::int64_t>(bytes, 6);
  row.shown_hash_ = read<std::uint64_t>(bytes, 14);
  std::size_t head_count = read<std::uint16_t>(bytes, 22);
  row.field_count_ = read<std::uint16_t>(bytes, 24);
  row.gap_count_ = read<std::uint32_t>(bytes, 26);

  std::string_view rest = bytes.substr(fixed_bytes);
  const auto take = [&rest](std::size_t count, std::size_t size) {
    std::string_view taken = rest.substr(0, count * size);
    rest.remove_prefix(taken.size());
    return taken;
  };
  row.heads_ = take(head_count, head_bytes);
  row.fields_ = take(row.field_count_, 4);
  row.gaps_ = take(row.gap_count_, gap_bytes);
  row.json_ = rest;
  return row.is_sound() ? Result<StoredRow>(row) : damaged();
}

bool StoredRow::is_sound() const {
  if (fields_.size() != field_count_ * 4 || gaps_.size() != gap_count_ * gap_bytes) return false;
  if (heads_.size() % head_bytes != 0 || gap_count_ == 0 || !json_.ends_with("}}")) return false;
  std::uint32_t last = 0;
  for (std::size_t i = 0; i < field_count_; ++i) {
    std::uint32_t offset = read<std::uint32_t>(fields_, i * 4);
    if (offset < last || offset > json_.size()) return false;
    last = offset;
  }
  for (std::size_t i = 0; i < gap_count_; ++i) {
    std::uint32_t offset = read<std::uint32_t>(gaps_, i * gap_bytes);
    if (offset < last || offset > json_.size() - 2) return false;
    last = offset;
  }
  return true;
}

std::vector<Dot> StoredRow::heads() const {
  std::vector<Dot> heads;
  for (std::size_t at = 0; at < heads_.size(); at += head_bytes) {
    heads.push_back({OriginId{Uuid::from_bytes(heads_.substr(at, 16))},
                     Sequence{read<std::uint64_t>(heads_, at + 16)}});
  }
  return heads;
}

std::uint64_t StoredRow::tag() const { return XXH3_64bits(heads_.data(), heads_.size()); }

Gap StoredRow::gap(std::size_t index) const {
  std::string_view at = gaps_.substr(index * gap_bytes, gap_bytes);
  return {
      .offset = read<std::uint32_t>(at, 0),
      .kind = static_cast<GapKind>(at[4]),
      .record = {TableId{read<std::uint16_t>(at, 5)}, RecordId{Uuid::from_bytes(at.substr(7, 16))}},
      .tag = read<std::uint64_t>(at, 23)};
}

// A value ends where `,"next":` begins; the last field is followed by synced_at, whose value is the
// first gap.
std::string_view StoredRow::field_text(const Table& table, std::size_t field) const {
  const std::vector<Field>& shape = shape_of(table);
  if (field >= field_count_ || field_count_ + 1 != shape.size()) return "null";
  std::size_t begin = read<std::uint32_t>(fields_, field * 4);
  bool last = field + 1 == field_count_;
  std::size_t next = last ? gap(0).offset : read<std::uint32_t>(fields_, (field + 1) * 4);
  std::size_t between = shape[field + 1].name.size() + 4;
  return next < begin + between ? "null" : json_.substr(begin, next - between - begin);
}

Value StoredRow::field_value(const Table& table, std::size_t field) const {
  std::string_view text = field_text(table, field);
  if (text.empty() || text == "null") return {};
  ColumnType type = shape_of(table)[field].type;
  if (type == ColumnType::json) return std::string(text);
  if (text == "true" || text == "false") return text == "true";
  return text.front() == '"' ? quoted_value(type, text) : number_value(type, text);
}

Value StoredRow::column_value(const Table& table, ColumnId column) const {
  const std::vector<Field>& shape = shape_of(table);
  auto found = std::ranges::find(shape, column, &Field::column);
  if (column == ColumnId::none || found == shape.end()) return {};
  return field_value(table, static_cast<std::size_t>(found - shape.begin()));
}

// Digits and letters only, or so says the schema; a peer's row may hold anything.
std::string_view StoredRow::sort_order(const Table& table) const {
  constexpr std::size_t fields_after =
      5;  // version, created_at, updated_at, last_modified_by, is_deleted
  std::string_view text = field_text(table, field_count_ - fields_after - 1);
  return text.size() > 2 && text.front() == '"' ? text.substr(1, text.size() - 2)
                                                : std::string_view{};
}

std::uint64_t tag_of(const std::vector<Dot>& heads) {
  std::string bytes;
  for (const Dot& head : heads) write_head(bytes, head);
  return XXH3_64bits(bytes.data(), bytes.size());
}

void append_filled(std::string& out, const StoredRow& row, const FillGap& fill,
                   std::string_view more_meta) {
  std::string_view json = row.json();
  std::size_t done = 0;
  for (std::size_t i = 0; i < row.gap_count(); ++i) {
    Gap gap = row.gap(i);
    out.append(json, done, gap.offset - done);
    fill(out, gap);
    done = gap.offset;
  }
  out.append(json, done, json.size() - 2 - done);
  out.append(more_meta);
  out += "}}";
}

}  // namespace genlock
