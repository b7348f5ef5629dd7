#include "engine/state_keys.h"
#include "projections/conflict_codec.h"
#include "projections/fold_beside.h"
#include "projections/keys.h"
#include "projections/stored_row.h"

namespace genlock {
namespace {

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (char byte : bytes) {
    text += digits[static_cast<unsigned char>(byte) >> 4];
    text += digits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

std::string describe(const RecordKey& record) {
  const Table* table = find_table(record.table);
  std::string name =
      table ? std::string(table->name) : "table " + std::to_string(number(record.table));
  return name + " " + record.id.to_string();
}

std::string describe_row_key(std::string_view key) {
  const Table* table = key.size() >= 35 ? find_table(TableId{read_be16(key.substr(1))}) : nullptr;
  if (key[0] == 'r' && table) {
    return "row of " + describe({table->id, RecordId{keys::id_at_end(key)}}) + " in stream " +
           Uuid::from_bytes(key.substr(3, 16)).to_string();
  }
  if (key[0] == 'c' && key.size() == 51) {
    return "conflict " + keys::id_at_end(key).to_string() + " of " +
           describe(keys::record_of(key.substr(17)));
  }
  if (key[0] == 'd' && key.size() == 17)
    return "digest of stream " + keys::id_at_end(key).to_string();
  return "key " + hex(key);
}

std::string describe_state_key(std::string_view key) {
  if (key.size() < 17) return "key " + hex(key);
  std::string stream = " in stream " + Uuid::from_bytes(key.substr(1, 16)).to_string();
  if (key[0] == 'r' && key.size() == 35)
    return "state of " + describe(state_keys::record_at_end(key)) + stream;
  if (key[0] == 'l') return "locks" + stream;
  return "key " + hex(key) + stream;
}

std::string describe(Space space, std::string_view key) {
  if (key.empty()) return "an empty key";
  return space == Space::rows ? "rows: " + describe_row_key(key)
                              : "state: " + describe_state_key(key);
}

// The first field of two rows that differs, with both values.
std::string differing_field(std::string_view key, std::string_view stored,
                            std::string_view folded) {
  const Table* table =
      key[0] == 'r' && key.size() >= 35 ? find_table(TableId{read_be16(key.substr(1))}) : nullptr;
  auto a = StoredRow::parse(stored), b = StoredRow::parse(folded);
  if (!table || !a.ok() || !b.ok()) return "other bytes";
  const std::vector<Field>& shape = shape_of(*table);
  for (std::size_t i = 0; i + 1 < shape.size(); ++i) {
    std::string_view was = a->field_text(*table, i), is = b->field_text(*table, i);
    if (was == is) continue;
    return "column " + std::string(shape[i].name) + " is stored as " + std::string(was) +
           " and folds to " + std::string(is);
  }
  return "other heads, _meta or nested rows";
}

std::string difference(Space space, std::string_view key, std::string_view stored,
                       std::string_view folded) {
  std::string what = space == Space::rows ? differing_field(key, stored, folded) : "other bytes";
  return describe(space, key) + ": " + what;
}

}  // namespace

Result<VerifyReport> verify(const Reader& reader, Engine& engine, const OnProgress& on_progress) {
  VerifyReport report;
  FoldedKeys keys;
  keys.made = [&](Space space, const std::string& key, const std::string& folded) -> Result<bool> {
    ++report.keys;
    TRY_ASSIGN(auto stored, reader.get(space, key));
    if (!stored) {
      report.difference = describe(space, key) + ": the log makes it, but it is not stored";
    } else if (*stored != folded) {
      report.difference = difference(space, key, *stored, folded);
    }
    return !report.difference;
  };
  keys.stray = [&](Space space, std::string_view key) -> Result<bool> {
    report.difference = describe(space, key) + ": stored, but nothing in the log makes it";
    return false;
  };
  TRY(fold_beside(reader, engine, report.progress, on_progress, keys));
  return report;
}

}  // namespace genlock
