#include "decide_fixture.h"

using namespace genlock;
using namespace genlock::test;

namespace {

RecordKey output(std::uint8_t n) { return {table::source_outputs, id_of(n)}; }

// Names of the connectors of source 1, in their order.
std::vector<std::string> outputs(const Replica& node) {
  std::vector<RecordView> rows = children(node, id_of(1), table::source_outputs);
  ColumnId order = column::sort_order;
  std::ranges::sort(rows, {}, [&](const RecordView& row) { return row.value(order); });
  std::vector<std::string> names;
  for (const RecordView& row : rows)
    names.push_back(
        std::get<std::string>(row.value(column_of(table::source_outputs, "connector"))));
  return names;
}
using Names = std::vector<std::string>;

// The source with two outputs, ids 21 and 22.
void two_outputs(Crew& crew) {
  Command command = put(source(1), {});
  add_child(command.row, table::source_outputs, {{"connector", "SDI"}, {"output_index", 1}}).id =
      id_of(21);
  add_child(command.row, table::source_outputs, {{"connector", "HDMI"}, {"output_index", 2}}).id =
      id_of(22);
  done(crew.lan, command);
  crew.sync();
}

RowInput& add_output(Command& command, Fields fields) {
  return add_child(command.row, table::source_outputs, fields);
}

}  // namespace

TEST_CASE("a list that is named is the whole list", "[decide][nested]") {
  Crew crew;
  two_outputs(crew);
  Command command = put(source(1), {});
  add_output(command, {{"connector", "3G-SDI"}}).id = id_of(21);    // known: update
  add_output(command, {{"connector", "Fiber"}}).id = id_of(23);     // new id: create
  add_output(command, {{"connector", "DP"}, {"output_index", 7}});  // no id: create
  Outcome outcome = done(crew.lan, command);                        // 22 is missing: delete
  REQUIRE(outcome.record == source(1));
  REQUIRE(outputs(crew.lan) == Names{"3G-SDI", "Fiber", "DP"});
  REQUIRE(view_of(crew.lan, output(22)).is_deleted);
  REQUIRE(shown(crew.lan, output(21), "output_index") == Value{1});
  REQUIRE(shown(crew.lan, output(23), "output_index") == Value{1});  // the default
  REQUIRE(view_of(crew.lan, output(23)).parent == id_of(1));
}

TEST_CASE("a list that is not named stays, and an empty one empties", "[decide][nested]") {
  Crew crew;
  two_outputs(crew);
  done(crew.lan, put(source(1), {{"note", "x"}}));
  REQUIRE(outputs(crew.lan).size() == 2);
  Command command = put(source(1), {});
  command.row.children[table::source_outputs];
  done(crew.lan, command);
  REQUIRE(outputs(crew.lan).empty());
}

TEST_CASE("a child without an id is matched before it is created", "[decide][nested]") {
  Crew crew;
  two_outputs(crew);
  Command command = put(source(1), {});
  add_output(command, {{"connector", "HDMI"}, {"output_index", 2}});
  add_output(command, {{"connector", "SDI"}});  // output_index is 1 by default
  unchanged(crew.lan, command);
  command.row.children[table::source_outputs][1].values =
      values_of(table::source_outputs, {{"connector", "12G"}});
  done(crew.lan, command);
  REQUIRE(shown(crew.lan, output(21), "connector") == Value{"12G"});
}

TEST_CASE("children that leave their place to the default pair up in order", "[decide][nested]") {
  Crew crew;
  Command command = put(source(1), {});
  add_output(command, {{"connector", "SDI"}});
  add_output(command, {{"connector", "HDMI"}});
  done(crew.lan, command);
  REQUIRE(outputs(crew.lan) == Names{"SDI", "HDMI"});
  unchanged(crew.lan, command);
}

TEST_CASE("ports are matched by type and index", "[decide][nested]") {
  Crew crew;
  RecordKey device{table::equipment_specs, id_of(1)};
  Command command =
      post(device, {{"category", "r"}, {"manufacturer", "X"}, {"model", "Y"}}, library_stream);
  Fields in_0 = {{"port_type", "input"}, {"port_index", 0}, {"io_type", "SDI"}};
  Fields out_0 = {{"port_type", "output"}, {"port_index", 0}, {"io_type", "SDI"}};
  add_child(command.row, table::equipment_io_ports, in_0).id = id_of(31);
  add_child(command.row, table::equipment_io_ports, out_0).id = id_of(32);
  done(crew.lan, command);
  Command change = put(device, {}, library_stream);
  add_child(change.row, table::equipment_io_ports, out_0);
  add_child(change.row, table::equipment_io_ports,
            {{"port_type", "input"}, {"port_index", 0}, {"io_type", "HDMI"}});
  done(crew.lan, change);
  RecordKey first{table::equipment_io_ports, id_of(31)};
  REQUIRE(shown(crew.lan, first, "io_type", library_stream) == Value{"HDMI"});
  REQUIRE(children(crew.lan, device.id, table::equipment_io_ports, library_stream).size() == 2);
}

TEST_CASE("lists nest in lists", "[decide][nested]") {
  Crew crew;
  RecordKey device{table::equipment_specs, id_of(1)};
  Command command =
      post(device, {{"category", "r"}, {"manufacturer", "X"}, {"model", "Y"}}, library_stream);
  RowInput& card = add_child(command.row, table::equipment_cards, {{"slot_number", 1}});
  card.id = id_of(41);
  add_child(card, table::equipment_card_io, {{"io_type", "SDI"}}).id = id_of(51);
  done(crew.lan, command);
  RecordKey port{table::equipment_card_io, id_of(51)};
  REQUIRE(view_of(crew.lan, port, library_stream).parent == id_of(41));
  Command change = put(device, {}, library_stream);
  RowInput& same = add_child(change.row, table::equipment_cards, {{"slot_number", 1}});
  add_child(same, table::equipment_card_io, {{"io_type", ""}}).id = id_of(51);
  REQUIRE(faults(refused(crew.lan, change, ErrorCode::invalid_argument)) ==
          Faults{"/cards/0/io/0/io_type required"});
  Command empty = put(device, {}, library_stream);
  empty.row.children[table::equipment_cards];
  Outcome outcome = done(crew.lan, empty);
  REQUIRE(last_event(crew.lan, outcome).operations.size() ==
          1);  // the port is hidden with its card
  REQUIRE(view_of(crew.lan, port, library_stream).hidden_by ==
          RecordKey{table::equipment_cards, id_of(41)});
}

TEST_CASE("what stands twice in one list is refused", "[decide][nested]") {
  Crew crew;
  two_outputs(crew);
  Command command = put(source(1), {});
  add_output(command, {{"connector", "SDI"}}).id = id_of(21);
  add_output(command, {{"connector", "SDI"}}).id = id_of(21);
  add_output(command, {{"connector", "A"}, {"output_index", 3}});
  add_output(command, {{"connector", "B"}, {"output_index", 3}});
  REQUIRE(faults(refused(crew.lan, command, ErrorCode::invalid_argument)) ==
          Faults{"/outputs/1/id unique", "/outputs/3/output_index unique"});
}

TEST_CASE("what stands twice in one body is refused, in whichever lists", "[decide][nested]") {
  Crew crew;
  RecordKey device{table::equipment_specs, id_of(1)};
  Command command =
      post(device, {{"category", "r"}, {"manufacturer", "X"}, {"model", "Y"}}, library_stream);
  for (int slot : {1, 2}) {
    RowInput& card = add_child(command.row, table::equipment_cards, {{"slot_number", slot}});
    add_child(card, table::equipment_card_io, {{"io_type", "SDI"}}).id = id_of(51);
  }
  REQUIRE(faults(refused(crew.lan, command, ErrorCode::invalid_argument)) ==
          Faults{"/cards/1/io/0/id unique"});
}

TEST_CASE("a child of another parent, and a list of another table, are refused",
          "[decide][nested]") {
  Crew crew;
  two_outputs(crew);
  done(crew.lan, post(source(2), {{"type", "camera"}, {"name", "CAM 2"}}));
  Command command = put(source(2), {});
  add_output(command, {{"connector", "SDI"}}).id = id_of(21);
  REQUIRE(faults(refused(crew.lan, command, ErrorCode::invalid_argument)) ==
          Faults{"/outputs/0/id read_only"});
  Command strange = put(source(2), {});
  strange.row.children[table::equipment_cards];
  REQUIRE(faults(refused(crew.lan, strange, ErrorCode::invalid_argument)) == Faults{" unknown"});
}

TEST_CASE("a child that was removed comes back with its id", "[decide][nested]") {
  Crew crew;
  two_outputs(crew);
  done(crew.lan, command_of(CommandKind::remove, output(22)));
  Command command = put(source(1), {});
  add_output(command, {}).id = id_of(21);
  add_output(command, {{"connector", "DVI"}}).id = id_of(22);
  done(crew.lan, command);
  REQUIRE(outputs(crew.lan) == Names{"SDI", "DVI"});
}

TEST_CASE("children that the sender's base did not cover stay", "[decide][nested][base]") {
  Crew crew;
  two_outputs(crew);
  Command command = put(source(1), {});
  command.base_version = seen(crew.lan, source(1));
  add_output(command, {{"connector", "SDI"}}).id = id_of(21);  // 22 goes, 23 is not known yet

  Command theirs = put(source(1), {});
  add_output(theirs, {}).id = id_of(21);
  add_output(theirs, {}).id = id_of(22);
  add_output(theirs, {{"connector", "Fiber"}, {"output_index", 3}}).id = id_of(23);
  done(crew.lan, theirs);

  done(crew.lan, command);
  REQUIRE(outputs(crew.lan) == Names{"SDI", "Fiber"});
}

TEST_CASE("a child that others changed is neither overwritten nor removed unseen",
          "[decide][nested][base]") {
  Crew crew;
  two_outputs(crew);
  Command command = put(source(1), {});
  command.base_version = seen(crew.lan, source(1));
  done(crew.lan, by(put(output(22), {{"connector", "DVI"}}), "Ana"));
  SECTION("changed by both") {
    add_output(command, {}).id = id_of(21);
    add_output(command, {{"connector", "VGA"}}).id = id_of(22);
    Error error = refused(crew.lan, command, ErrorCode::conflict);
    REQUIRE(error.detail->record == source(1));
    REQUIRE(error.detail->fields[0].record == output(22));
    REQUIRE(error.detail->fields[0].by.user == "Ana");
  }
  SECTION("sent back as it was: theirs stays") {
    add_output(command, {{"connector", "SDI"}}).id = id_of(21);
    add_output(command, {{"connector", "HDMI"}, {"output_index", 2}}).id = id_of(22);
    unchanged(crew.lan, command);
  }
  SECTION("removed by one") {
    add_output(command, {}).id = id_of(21);
    Error error = refused(crew.lan, command, ErrorCode::conflict);
    REQUIRE(error.detail->fields[0].yours.empty());
    command.record_conflict = true;
    done(crew.lan, command);
    REQUIRE(outputs(crew.lan) == Names{"SDI"});
  }
}

TEST_CASE("a child that others removed returns only if its sender edited it",
          "[decide][nested][base]") {
  Crew crew;
  two_outputs(crew);
  Command command = put(source(1), {});
  command.base_version = seen(crew.lan, source(1));
  done(crew.lan, command_of(CommandKind::remove, output(22)));
  add_output(command, {{"connector", "SDI"}}).id = id_of(21);
  RowInput& second = add_output(command, {{"connector", "HDMI"}});
  second.id = id_of(22);
  SECTION("left as it was") {
    unchanged(crew.lan, command);
    REQUIRE(outputs(crew.lan) == Names{"SDI"});
  }
  SECTION("edited") {
    second.values = values_of(table::source_outputs, {{"connector", "DVI"}});
    done(crew.lan, command);
    REQUIRE(outputs(crew.lan) == Names{"SDI", "DVI"});
  }
}

TEST_CASE("slots of a list are judged as it will be", "[decide][nested][unique]") {
  Crew crew;
  RecordKey device{table::equipment_specs, id_of(1)};
  Command command =
      post(device, {{"category", "r"}, {"manufacturer", "X"}, {"model", "Y"}}, library_stream);
  add_child(command.row, table::equipment_cards, {{"slot_number", 1}}).id = id_of(41);
  add_child(command.row, table::equipment_cards, {{"slot_number", 2}}).id = id_of(42);
  done(crew.lan, command);
  Command change = put(device, {}, library_stream);
  SECTION("two cards may swap") {
    add_child(change.row, table::equipment_cards, {{"slot_number", 2}}).id = id_of(41);
    add_child(change.row, table::equipment_cards, {{"slot_number", 1}}).id = id_of(42);
    done(crew.lan, change);
  }
  SECTION("a slot that its card leaves is free") {
    add_child(change.row, table::equipment_cards, {{"slot_number", 2}}).id = id_of(41);
    done(crew.lan, change);
  }
  SECTION("a slot in use is not") {
    add_child(change.row, table::equipment_cards, {}).id = id_of(41);
    add_child(change.row, table::equipment_cards, {}).id = id_of(42);
    add_child(change.row, table::equipment_cards, {{"slot_number", 2}}).id = id_of(43);
    Error error = refused(crew.lan, change, ErrorCode::invalid_argument);
    REQUIRE(faults(error) == Faults{"/cards/2/slot_number unique"});
    REQUIRE(error.fields[0].detail == "2 is in use: 3 is free");
  }
}
