#include "engine/schema.h"

#include "engine/check.h"
#include "engine/directory.h"
#include "engine/limits.h"

#include <algorithm>
#include <initializer_list>

namespace genlock {
namespace {

constexpr ColumnId id(int n) { return ColumnId{static_cast<std::uint16_t>(n)}; }

// --- words to write the tables with -------------------------------------------------------------

Column text(int n, std::string_view name) {
  return {.id = id(n), .name = name, .type = ColumnType::text, .max_bytes = limits::max_text_bytes};
}

Column long_text(int n, std::string_view name) {
  Column column = text(n, name);
  column.max_bytes = limits::max_long_text_bytes;
  return column;
}

Column note(int n) {
  Column column = long_text(n, "note");
  column.grain = Grain::words;
  return column;
}

Column choice(int n, std::string_view name, std::vector<std::string_view> allowed) {
  Column column = text(n, name);
  column.allowed = std::move(allowed);
  return column;
}

Column whole(int n, std::string_view name, double minimum, double maximum) {
  return {.id = id(n),
          .name = name,
          .type = ColumnType::integer,
          .minimum = minimum,
          .maximum = maximum};
}

// A frame rate: above 0 up to 1000.
Column rate(int n) {
  return {.id = id(n),
          .name = "rate",
          .type = ColumnType::real,
          .minimum = 0,
          .maximum = 1000,
          .minimum_is_open = true};
}

Column flag(int n, std::string_view name, bool default_value) {
  return {.id = id(n), .name = name, .type = ColumnType::boolean, .default_value = default_value};
}

Column time(int n, std::string_view name) {
  return {.id = id(n), .name = name, .type = ColumnType::time};
}

Column uuid(int n, std::string_view name) {
  return {.id = id(n), .name = name, .type = ColumnType::uuid};
}

// ON DELETE SET NULL.
Column reference(int n, std::string_view name, TableId target) {
  Column column = uuid(n, name);
  column.set_null_target = target;
  return column;
}

Column json(int n, std::string_view name) {
  return {.id = id(n),
          .name = name,
          .type = ColumnType::json,
          .max_bytes = limits::max_json_bytes,
          .grain = Grain::keys};
}

Column required(Column column) {
  column.required = true;
  return column;
}

Group group(std::string_view name, Policy policy, std::initializer_list<int> columns) {
  Group made{.id = id(*columns.begin()), .name = name, .policy = policy, .columns = {}};
  for (int n : columns) made.columns.push_back(id(n));
  return made;
}

constexpr Policy flagged = Policy::flagged;
constexpr Policy last_writer_wins = Policy::last_writer_wins;

// Adds what every table has: label, sort_order, and a group of its own for each column that `table`
// did not group.
Table complete(Table table) {
  table.columns.push_back(text(1, "label"));
  Column order = text(2, "sort_order");
  order.max_bytes = limits::max_sort_order_bytes;
  table.columns.push_back(order);
  for (const Column& column : table.columns) {
    if (table.group_of(column.id)) continue;
    table.groups.push_back(
        {.id = column.id, .name = column.name, .policy = last_writer_wins, .columns = {column.id}});
  }
  std::ranges::sort(table.groups, {}, &Group::id);
  return table;
}

// --- the tables ---------------------------------------------------------------------------------
// Numbers are for ever: a new column takes the next free one of its table, a dropped one is never
// used again.

Table productions() {
  return {
      .id = table::productions,
      .name = "productions",
      .collection = "productions",
      .columns = {required(text(3, "client")), required(text(4, "show_name")), text(5, "venue"),
                  text(6, "room"), time(7, "load_in"), time(8, "load_out"),
                  long_text(9, "show_info_url"),
                  choice(10, "status", {"planning", "ready", "active", "completed", "archived"})},
      .groups = {group("place", last_writer_wins, {5, 6}), group("schedule", flagged, {7, 8}),
                 group("status", flagged, {10})}};
}

Table equipment_specs() {
  return {.id = table::equipment_specs,
          .name = "equipment_specs",
          .collection = "equipment",
          .columns = {required(text(3, "category")), required(text(4, "manufacturer")),
                      required(text(5, "model")),
                      choice(6, "io_architecture", {"direct", "card-based"}),
                      whole(7, "card_slots", 0, 999), flag(8, "format_by_io", true),
                      flag(9, "is_secondary_device", false), json(10, "device_formats"),
                      json(11, "specs")},
          .groups = {group("identity", last_writer_wins, {4, 5}), group("io", flagged, {6, 7, 8})},
          .indexes = {{1, "idx_equipment_category", id(3)}, {2, "idx_equipment_secondary", id(9)}}};
}

// A port of a device, or of a card in one: the columns are the same.
Table ports(TableId table_id, std::string_view name, TableId parent, std::string_view parent_column,
            std::string_view nested_name, Index by_parent) {
  return {.id = table_id,
          .name = name,
          .collection = name,
          .parent = parent,
          .parent_column = parent_column,
          .nested = true,
          .nested_name = nested_name,
          .nested_match = {id(3), id(6)},
          .columns = {choice(3, "port_type", {"input", "output"}), required(text(4, "io_type")),
                      text(5, "format"), whole(6, "port_index", 0, 9999)},
          .groups = {group("port", flagged, {3, 4, 6})},
          .indexes = {by_parent}};
}

Table equipment_io_ports() {
  return ports(table::equipment_io_ports, "equipment_io_ports", table::equipment_specs,
               "equipment_id", "io_ports", {3, "idx_io_ports_equipment", ColumnId::none});
}

Table equipment_card_io() {
  return ports(table::equipment_card_io, "equipment_card_io", table::equipment_cards, "card_id",
               "io", {4, "idx_card_io_card", ColumnId::none});
}

Table equipment_cards() {
  return {.id = table::equipment_cards,
          .name = "equipment_cards",
          .collection = "equipment_cards",
          .parent = table::equipment_specs,
          .parent_column = "equipment_id",
          .nested = true,
          .nested_name = "cards",
          .nested_match = {id(3)},
          .columns = {required(whole(3, "slot_number", 1, 9999))},
          .groups = {group("slot", flagged, {3})},
          .unique_in_parent = id(3),
          .unique_id = 1};
}

Table sources() {
  return {
      .id = table::sources,
      .name = "sources",
      .collection = "sources",
      .parent = table::productions,
      .parent_column = "production_id",
      .columns = {required(text(3, "type")), required(text(4, "name")), whole(5, "h_res", 1, 32768),
                  whole(6, "v_res", 1, 32768), rate(7), text(8, "standard"), note(9),
                  text(10, "secondary_device"),
                  choice(11, "blanking", {"none", "RBv1", "RBv2", "RBv3"})},
      .groups = {group("video_format", flagged, {5, 6, 7, 8, 11})},
      .indexes = {{5, "idx_sources_production", ColumnId::none}, {6, "idx_sources_type", id(3)}}};
}

Table source_outputs() {
  Column output_index = whole(4, "output_index", 1, 9999);
  output_index.default_value = std::int64_t{1};
  return {.id = table::source_outputs,
          .name = "source_outputs",
          .collection = "source_outputs",
          .parent = table::sources,
          .parent_column = "source_id",
          .nested = true,
          .nested_name = "outputs",
          .nested_match = {id(4)},
          .columns = {required(text(3, "connector")), output_index},
          .groups = {group("connector", flagged, {3, 4})},
          .indexes = {{7, "idx_source_outputs_source", ColumnId::none}}};
}

Table sends() {
  return {
      .id = table::sends,
      .name = "sends",
      .collection = "sends",
      .parent = table::productions,
      .parent_column = "production_id",
      .columns = {required(text(3, "type")), required(text(4, "name")), whole(5, "h_res", 1, 32768),
                  whole(6, "v_res", 1, 32768), rate(7), text(8, "standard"), note(9),
                  text(10, "secondary_device"), text(11, "output_connector")},
      .groups = {group("video_format", flagged, {5, 6, 7, 8}),
                 group("output_connector", flagged, {11})},
      .indexes = {{8, "idx_sends_production", ColumnId::none}, {9, "idx_sends_type", id(3)}}};
}

Table connections() {
  return {.id = table::connections,
          .name = "connections",
          .collection = "connections",
          .parent = table::productions,
          .parent_column = "production_id",
          .columns = {reference(3, "source_id", table::sources),
                      reference(4, "source_output_id", table::source_outputs),
                      text(5, "intermediate_type"), uuid(6, "intermediate_id"),
                      text(7, "intermediate_input"), text(8, "intermediate_output"),
                      choice(9, "destination_type",
                             {"send", "switcher", "router", "processor", "recorder"}),
                      uuid(10, "destination_id"), json(11, "signal_path"), note(12)},
          .groups = {group("from", flagged, {3, 4}), group("via", flagged, {5, 6, 7, 8}),
                     group("to", flagged, {9, 10}), group("signal_path", flagged, {11})},
          .indexes = {{10, "idx_connections_production", ColumnId::none},
                      {11, "idx_connections_source", id(3)}}};
}

// The directory: who is who (engine/directory.h). A node's record id is the node's id, an origin's
// is the origin's. The tables have no collection and are not served; rows and conflicts look names
// up in them. node_id is a plain column and not a parent, so that an origin whose node is not known
// yet is a row all the same.
Table nodes() {
  return {.id = table::nodes,
          .name = "nodes",
          .collection = {},
          .columns = {required(text(3, "name")), required(choice(4, "role", {"cloud", "lan"})),
                      time(5, "retired_at"), text(6, "retired_by"), text(7, "retired_reason")},
          .groups = {group("retired", last_writer_wins, {5, 6, 7})}};
}

Table origins() {
  return {.id = table::origins,
          .name = "origins",
          .collection = {},
          .columns = {required(uuid(3, "node_id")), time(4, "closed_at"), json(5, "takes")},
          .groups = {}};
}

Table acknowledgements() {
  return {.id = table::acknowledgements,
          .name = "acknowledgements",
          .collection = {},
          .columns = {required(uuid(3, "origin_id")), required(uuid(4, "stream_id")),
                      json(5, "stable"), json(6, "held"), json(7, "with")},
          .groups = {group("said", last_writer_wins, {5, 6, 7})}};
}

Table attachments() {
  return {.id = table::attachments,
          .name = "attachments",
          .collection = "attachments",
          .parent = table::productions,
          .parent_column = "production_id",
          .columns = {required(text(3, "name")), json(4, "content")},
          .groups = {},
          .indexes = {{12, "idx_attachments_production", ColumnId::none}}};
}

std::vector<Table> make_tables() {
  std::vector<Table> made;
  for (Table table : {productions(), equipment_specs(), equipment_io_ports(), equipment_cards(),
                      equipment_card_io(), sources(), source_outputs(), sends(), connections(),
                      nodes(), origins(), attachments(), acknowledgements()}) {
    made.push_back(complete(std::move(table)));
    CHECK(number(made.back().id) == made.size(), made.back().name);  // find_table counts on it
  }
  return made;
}

const std::vector<Table>& all() {
  static const std::vector<Table> made = make_tables();
  return made;
}

const Table* find_by(std::string_view Table::*field, std::string_view name) {
  auto found = std::ranges::find(all(), name, field);
  return name.empty() || found == all().end() ? nullptr : &*found;
}

}  // namespace

std::span<const Table> tables() { return all(); }

const Table* find_table(TableId table_id) {
  std::size_t n = number(table_id);
  return n == 0 || n > all().size() ? nullptr : &all()[n - 1];
}

const Table* find_table(std::string_view name) { return find_by(&Table::name, name); }

const Table* find_collection(std::string_view collection) {
  return find_by(&Table::collection, collection);
}

std::vector<const Table*> child_tables(TableId parent) {
  std::vector<const Table*> found;
  for (const Table& table : all()) {
    if (parent != TableId::none && table.parent == parent) found.push_back(&table);
  }
  return found;
}

const Column* Table::column(ColumnId wanted) const {
  // Nearly always: 3 and up as they stand, then the two that every table has.
  const std::size_t n = number(wanted), guess = n > 2 ? n - 3 : columns.size() + n - 3;
  if (guess < columns.size() && columns[guess].id == wanted) return &columns[guess];
  auto found = std::ranges::find(columns, wanted, &Column::id);
  return found == columns.end() ? nullptr : &*found;
}

const Column* Table::column(std::string_view wanted) const {
  auto found = std::ranges::find(columns, wanted, &Column::name);
  return found == columns.end() ? nullptr : &*found;
}

const Group* Table::group(GroupId wanted) const {
  auto found = std::ranges::lower_bound(groups, wanted, {}, &Group::id);
  return found == groups.end() || found->id != wanted ? nullptr : &*found;
}

const Group* Table::group_of(ColumnId wanted) const {
  auto found = std::ranges::find_if(groups, [&](const Group& candidate) {
    return std::ranges::find(candidate.columns, wanted) != candidate.columns.end();
  });
  return found == groups.end() ? nullptr : &*found;
}

}  // namespace genlock
