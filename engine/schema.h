// The relational schema is data: one table of tables. From it come validation, the fold's policies,
// the routes, the rows on the wire, import and export. Tables and columns have stable numeric ids:
// events carry numbers, people read names. Adding is allowed; renumbering never.
#pragma once

#include "engine/value.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace genlock {

enum class ColumnType { text, integer, real, boolean, time, uuid, json };

// What happens when concurrent writes of a group differ (docs/merging.md).
enum class Policy {
  last_writer_wins,  // the highest rank shows; the others are resolved rows in sync_conflicts
  flagged,           // all are kept; the conflict is pending until somebody decides
};

// How fine concurrent writes of a last-writer-wins group of one column are merged (rule 8).
enum class Grain {
  whole,
  words,  // word by word (engine/word_merge.h)
  keys,   // JSON objects key path by key path (engine/json_merge.h)
};

struct Column {
  ColumnId id;
  std::string_view name;
  ColumnType type;
  bool required = false;                       // NOT NULL; required text may not be empty
  std::vector<std::string_view> allowed = {};  // CHECK (column IN (...)); empty: anything
  double minimum = 0, maximum = 0;             // for integer and real; 0..0: no bound
  bool minimum_is_open = false;                // above `minimum` rather than from it on
  std::size_t max_bytes = 0;                   // for text and json
  Value default_value = {};                    // of a create that does not name it
  TableId set_null_target = TableId::none;     // ON DELETE SET NULL reference, checked on write
  Grain grain = Grain::whole;
};

struct Group {
  GroupId id;             // the lowest column id in it
  std::string_view name;  // "video_format", or the column's own name
  Policy policy;
  std::vector<ColumnId> columns;  // ascending
};

struct Index {
  std::uint16_t id;       // stable, unique over all tables
  std::string_view name;  // as in the source document
  ColumnId column;        // none: the parent column
};

struct Table {
  TableId id;
  std::string_view name;           // "equipment_specs"
  std::string_view collection;     // in paths: "equipment"; empty: not served
  TableId parent = TableId::none;  // ON DELETE CASCADE
  std::string_view parent_column =
      {};                             // "production_id"; its value is the parent's id, written once
  bool nested = false;                // served inside its parent's row
  std::string_view nested_name = {};  // "outputs", "io_ports", "cards", "io"
  std::vector<ColumnId> nested_match = {};  // how a child without an id is matched: {output_index}
  std::vector<Column>
      columns;  // without id, parent and the derived sync columns; with label, sort_order
  std::vector<Group> groups;                   // every column is in exactly one
  ColumnId unique_in_parent = ColumnId::none;  // UNIQUE(parent, column)
  std::uint16_t unique_id = 0;                 // stable id of that key
  std::vector<Index> indexes = {};

  const Column* column(ColumnId id) const;
  const Column* column(std::string_view name) const;
  const Group* group(GroupId id) const;
  const Group* group_of(ColumnId column) const;
};

// Version of the schema below; goes into each event and into the hello of a session.
inline constexpr std::uint16_t schema_version = 1;

std::span<const Table> tables();
// nullptr for what this version does not know.
const Table* find_table(TableId id);
const Table* find_table(std::string_view name);
const Table* find_collection(std::string_view collection);
// The tables whose parent is `parent`.
std::vector<const Table*> child_tables(TableId parent);

// Ids that code refers to by name; schema.cpp checks that they agree with the table of tables.
namespace table {
inline constexpr TableId productions{1}, equipment_specs{2}, equipment_io_ports{3},
    equipment_cards{4}, equipment_card_io{5}, sources{6}, source_outputs{7}, sends{8},
    connections{9}, nodes{10}, origins{11},
    attachments{12};  // what a show carries along and no other table has a place for (ADR 14)
}  // namespace table
// Columns that every table has, under the same ids.
namespace column {
inline constexpr ColumnId label{1}, sort_order{2};
}  // namespace column

}  // namespace genlock
