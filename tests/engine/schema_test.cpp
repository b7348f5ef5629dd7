#include "engine/schema.h"

#include "catch.h"
#include "engine/limits.h"

#include <algorithm>
#include <set>

using namespace genlock;

namespace {

const Table& table_named(std::string_view name) {
  const Table* found = find_table(name);
  REQUIRE(found);
  return *found;
}

std::vector<std::string_view> names_in(const Table& table, std::string_view group_name) {
  auto group = std::ranges::find(table.groups, group_name, &Group::name);
  REQUIRE(group != table.groups.end());
  std::vector<std::string_view> names;
  for (ColumnId column : group->columns) names.push_back(table.column(column)->name);
  return names;
}

Policy policy_of(std::string_view table, std::string_view column) {
  const Table& found = table_named(table);
  return found.group_of(found.column(column)->id)->policy;
}

}  // namespace

TEST_CASE("every column is in exactly one group, which its lowest column names", "[schema]") {
  for (const Table& table : tables()) {
    INFO(table.name);
    std::multiset<ColumnId> grouped;
    for (const Group& group : table.groups) {
      INFO(group.name);
      REQUIRE(!group.columns.empty());
      REQUIRE(group.id == group.columns.front());
      REQUIRE(std::ranges::is_sorted(group.columns));
      if (group.columns.size() == 1 && group.name != "slot") {
        REQUIRE(group.name == table.column(group.id)->name);
      }
      grouped.insert(group.columns.begin(), group.columns.end());
    }
    std::multiset<ColumnId> columns;
    for (const Column& column : table.columns) columns.insert(column.id);
    REQUIRE(grouped == columns);
    REQUIRE(std::ranges::is_sorted(table.groups, {}, &Group::id));
  }
}

TEST_CASE("ids and names are unique, and the life group is no column", "[schema]") {
  std::set<std::string_view> table_names, collections;
  std::set<std::uint16_t> indexes, unique_keys;
  for (const Table& table : tables()) {
    INFO(table.name);
    REQUIRE(find_table(table.id) == &table);
    REQUIRE(find_table(table.name) == &table);
    REQUIRE(table_names.insert(table.name).second);
    if (!table.collection.empty()) REQUIRE(collections.insert(table.collection).second);
    std::set<ColumnId> ids;
    std::set<std::string_view> names;
    for (const Column& column : table.columns) {
      REQUIRE(number(column.id) > 0);
      REQUIRE(column.id != life_group);
      REQUIRE(ids.insert(column.id).second);
      REQUIRE(names.insert(column.name).second);
    }
    for (const Index& index : table.indexes) REQUIRE(indexes.insert(index.id).second);
    if (table.unique_id != 0) REQUIRE(unique_keys.insert(table.unique_id).second);
  }
}

TEST_CASE("ids that code names agree with the tables", "[schema]") {
  REQUIRE(table_named("productions").id == table::productions);
  REQUIRE(table_named("equipment_specs").id == table::equipment_specs);
  REQUIRE(table_named("equipment_io_ports").id == table::equipment_io_ports);
  REQUIRE(table_named("equipment_cards").id == table::equipment_cards);
  REQUIRE(table_named("equipment_card_io").id == table::equipment_card_io);
  REQUIRE(table_named("sources").id == table::sources);
  REQUIRE(table_named("source_outputs").id == table::source_outputs);
  REQUIRE(table_named("sends").id == table::sends);
  REQUIRE(table_named("connections").id == table::connections);
  REQUIRE(table_named("nodes").id == table::nodes);
  REQUIRE(table_named("origins").id == table::origins);
  for (const Table& table : tables()) {
    REQUIRE(table.column("label")->id == column::label);
    REQUIRE(table.column("sort_order")->id == column::sort_order);
    REQUIRE(table.columns.back().id == column::sort_order);
  }
}

TEST_CASE("parents, nested lists and references lead to tables that exist", "[schema]") {
  for (const Table& table : tables()) {
    INFO(table.name);
    REQUIRE((table.parent == TableId::none) == table.parent_column.empty());
    REQUIRE(table.nested == !table.nested_name.empty());
    REQUIRE(table.nested == !table.nested_match.empty());
    if (table.parent != TableId::none) REQUIRE(find_table(table.parent));
    for (ColumnId column : table.nested_match) REQUIRE(table.column(column));
    if (table.unique_in_parent != ColumnId::none) REQUIRE(table.column(table.unique_in_parent));
    for (const Index& index : table.indexes) {
      bool of_parent = index.column == ColumnId::none;
      REQUIRE((of_parent ? table.parent != TableId::none : table.column(index.column) != nullptr));
    }
    for (const Column& column : table.columns) {
      if (column.set_null_target == TableId::none) continue;
      REQUIRE(column.type == ColumnType::uuid);
      REQUIRE(find_table(column.set_null_target));
    }
  }
  REQUIRE(child_tables(table::productions).size() == 4);
  REQUIRE(child_tables(TableId::none).empty());
}

TEST_CASE("text and JSON are bounded, and defaults are of their column's type", "[schema]") {
  for (const Table& table : tables()) {
    for (const Column& column : table.columns) {
      INFO(table.name << "." << column.name);
      bool has_length = column.type == ColumnType::text || column.type == ColumnType::json;
      REQUIRE((column.max_bytes > 0) == has_length);
      REQUIRE(column.minimum <= column.maximum);
      if (column.type == ColumnType::boolean)
        REQUIRE(std::holds_alternative<bool>(column.default_value));
      for (std::string_view word : column.allowed) REQUIRE(!word.empty());
    }
  }
  REQUIRE(table_named("sources").column("note")->max_bytes == limits::max_long_text_bytes);
  REQUIRE(table_named("sources").column("rate")->minimum_is_open);
  REQUIRE(is_null(table_named("productions").column("status")->default_value));
  REQUIRE(table_named("source_outputs").column("output_index")->default_value ==
          Value{std::int64_t{1}});
}

TEST_CASE("what a crew must decide is flagged, the rest is last-writer-wins", "[schema]") {
  using Names = std::vector<std::string_view>;
  REQUIRE(names_in(table_named("sources"), "video_format") ==
          Names{"h_res", "v_res", "rate", "standard", "blanking"});
  REQUIRE(names_in(table_named("sends"), "video_format") ==
          Names{"h_res", "v_res", "rate", "standard"});
  REQUIRE(names_in(table_named("productions"), "schedule") == Names{"load_in", "load_out"});
  REQUIRE(names_in(table_named("connections"), "from") == Names{"source_id", "source_output_id"});
  REQUIRE(names_in(table_named("equipment_card_io"), "port") ==
          Names{"port_type", "io_type", "port_index"});
  REQUIRE(policy_of("productions", "status") == Policy::flagged);
  REQUIRE(policy_of("productions", "venue") == Policy::last_writer_wins);
  REQUIRE(policy_of("sources", "name") == Policy::last_writer_wins);
  REQUIRE(policy_of("sends", "output_connector") == Policy::flagged);
  REQUIRE(policy_of("connections", "signal_path") == Policy::flagged);
  REQUIRE(policy_of("connections", "note") == Policy::last_writer_wins);
  REQUIRE(policy_of("equipment_specs", "model") == Policy::last_writer_wins);
  REQUIRE(policy_of("equipment_specs", "card_slots") == Policy::flagged);
  REQUIRE(policy_of("equipment_cards", "slot_number") == Policy::flagged);
}
