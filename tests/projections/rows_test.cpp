#include "engine/event_codec.h"
#include "projections/rows_fixture.h"

using namespace genlock;
using namespace genlock::test;

namespace {

std::vector<std::string> keys_of(const ordered& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

}  // namespace

TEST_CASE("a row has all columns in their order, null where empty", "[projections]") {
  LanNode node(1, Role::lan, 1'795'372'923'113);
  create_gala(node);
  create(node, source(1),
         R"({"type":"camera","name":"CAM \"1\"","h_res":1920,"rate":59.94,"label":"SRC 1"})");
  ordered row = shown(node, source(1));
  REQUIRE(keys_of(row) == std::vector<std::string>{"id",
                                                   "production_id",
                                                   "type",
                                                   "name",
                                                   "h_res",
                                                   "v_res",
                                                   "rate",
                                                   "standard",
                                                   "note",
                                                   "secondary_device",
                                                   "blanking",
                                                   "label",
                                                   "sort_order",
                                                   "version",
                                                   "created_at",
                                                   "updated_at",
                                                   "last_modified_by",
                                                   "is_deleted",
                                                   "synced_at",
                                                   "outputs",
                                                   "_meta"});
  REQUIRE(row["name"] == "CAM \"1\"");
  REQUIRE(row["rate"].dump() == "59.94");
  REQUIRE(row["v_res"].is_null());
  REQUIRE(row["production_id"] == gala.to_string());
  REQUIRE(row["version"] == 1);
  REQUIRE(row["last_modified_by"] == ana.user_id.to_string());
  REQUIRE(row["is_deleted"] == false);
  REQUIRE(row["synced_at"].is_null());
  REQUIRE(row["outputs"] == ordered::array());
  REQUIRE(keys_of(row["_meta"]) == std::vector<std::string>{"etag", "by", "conflicts"});
  REQUIRE(row["_meta"]["by"]["device"] == "FOH tablet");
  REQUIRE(row["_meta"]["etag"] == format(served(node, source(1)).etag));
  REQUIRE(row["created_at"].get<std::string>().starts_with("2026-11-22T18:42:0"));
}

TEST_CASE("only a production says who locks it", "[projections]") {
  LanNode node(1, Role::lan);
  create_gala(node);
  REQUIRE(shown(node, gala_row)["_meta"]["lock"].is_null());
  Command lock;
  lock.kind = CommandKind::lock;
  lock.stream = gala;
  lock.table = table::productions;
  lock.record = gala_row.id;
  lock.by = ana;
  lock.reason = "show day";
  lock.until_ms = node.clock.peek() + 1'000;
  REQUIRE(node.execute(lock).ok());
  ordered shown_lock = shown(node, gala_row)["_meta"]["lock"];
  REQUIRE(shown_lock["reason"] == "show day");
  REQUIRE(shown_lock["by"]["user"] == "Ana");
  REQUIRE(shown_lock["node"]["id"] == node.engine.identity().node.to_string());
  node.clock.set(node.clock.peek() + 2'000);
  REQUIRE(shown(node, gala_row)["_meta"]["lock"].is_null());
}

TEST_CASE("a merged write says what it kept of others", "[projections]") {
  LanNode node(1, Role::lan);
  create_gala(node);
  ColumnId merged[] = {find_table(table::productions)->column("venue")->id};
  auto row = get_row(context_of(node), table::productions, gala_row.id, merged);
  REQUIRE(ordered::parse((*row)->json)["_meta"]["merged_fields"] == ordered{"venue"});
}

TEST_CASE("a child changes its owner's row and ETag", "[projections]") {
  LanNode node(1, Role::lan);
  create_gala(node);
  create(node, source(1), R"({"type":"camera","name":"CAM 1","outputs":[
      {"connector":"SDI","output_index":1},{"connector":"HDMI","output_index":2}]})");
  ServedRow before = served(node, source(1));
  ordered outputs = ordered::parse(before.json)["outputs"];
  REQUIRE(outputs.size() == 2);
  REQUIRE(outputs[1]["connector"] == "HDMI");
  REQUIRE(outputs[1]["source_id"] == source(1).id.to_string());

  RecordKey hdmi{table::source_outputs, *RecordId::parse(outputs[1]["id"].get<std::string>())};
  update(node, hdmi, R"({"connector":"DP"})");
  ServedRow after = served(node, source(1));
  REQUIRE(ordered::parse(after.json)["outputs"][1]["connector"] == "DP");
  REQUIRE(after.etag.heads != before.etag.heads);
  REQUIRE(served(node, hdmi).parent == source(1).id);
  REQUIRE(ordered::parse(served(node, hdmi).json)["_meta"]["etag"] ==
          ordered::parse(after.json)["outputs"][1]["_meta"]["etag"]);

  update(node, source(1), R"({"outputs":[]})");
  REQUIRE(shown(node, source(1))["outputs"].empty());
  REQUIRE(served(node, hdmi).is_deleted);
}

TEST_CASE("a device holds its cards, and they their ports", "[projections]") {
  LanNode node(1, Role::lan);
  create(node, equipment(1),
         R"({"category":"switcher","manufacturer":"B","model":"E3","io_architecture":"card-based",
      "specs":{"z":1,"a":[1.50]},"cards":[{"slot_number":1,"io":[{"port_type":"input","io_type":"SDI","port_index":0}]},
      {"slot_number":2,"io":[]}]})",
         library_stream);
  ordered row = shown(node, equipment(1));
  REQUIRE(row["specs"].dump() == R"({"z":1,"a":[1.5]})");
  REQUIRE(row["format_by_io"] == true);
  REQUIRE(row["io_ports"] == ordered::array());
  REQUIRE(row["cards"].size() == 2);
  REQUIRE(row["cards"][0]["io"][0]["io_type"] == "SDI");
  REQUIRE(row["cards"][1]["io"] == ordered::array());

  RecordKey port{table::equipment_card_io,
                 *RecordId::parse(row["cards"][0]["io"][0]["id"].get<std::string>())};
  update(node, port, R"({"io_type":"12G"})", library_stream);
  REQUIRE(shown(node, equipment(1))["cards"][0]["io"][0]["io_type"] == "12G");
  REQUIRE(listed(node, "equipment").size() == 1);
}

TEST_CASE("gone rows are kept, hidden ones say by whom, lists leave both out", "[projections]") {
  LanNode node(1, Role::lan);
  create_gala(node);
  create(node, source(1), R"({"type":"camera","name":"CAM 1","outputs":[{"connector":"SDI"}]})");
  create(node, source(2), R"({"type":"laptop","name":"PPT"})");
  create(node, connection(1), "{\"source_id\":\"" + source(1).id.to_string() + "\"}");
  remove(node, source(1));
  REQUIRE(listed(node, "sources").size() == 1);
  REQUIRE(listed(node, "sources", {.include_deleted = true}).size() == 2);
  ServedRow gone = served(node, source(1));
  REQUIRE(gone.is_deleted);
  REQUIRE(gone.deleted_ms > 0);
  REQUIRE(ordered::parse(gone.deleted_by)["user"] == "Ana");
  REQUIRE(ordered::parse(gone.json)["outputs"].size() == 1);
  REQUIRE(shown(node, connection(1))["source_id"].is_null());

  remove(node, gala_row);
  ServedRow hidden = served(node, source(2));
  REQUIRE(hidden.hidden_by == gala_row);
  REQUIRE(!hidden.is_deleted);
  REQUIRE(ordered::parse(hidden.json)["_meta"]["hidden_by"]["table"] == "productions");
  REQUIRE(listed(node, "productions").empty());

  command(node, CommandKind::restore, gala_row);
  command(node, CommandKind::restore, source(1));
  REQUIRE(listed(node, "sources").size() == 2);
  REQUIRE(shown(node, connection(1))["source_id"] == source(1).id.to_string());
}

TEST_CASE("a list is filtered, ordered and cut into pages", "[projections]") {
  LanNode node(1, Role::lan);
  create_gala(node);
  for (std::uint8_t n = 1; n <= 9; ++n) {
    std::string type = n % 3 == 0 ? "laptop" : "camera";
    create(node, source(n),
           R"({"type":")" + type + R"(","name":"S)" + std::to_string(10 - n) + "\"}");
  }
  const std::vector<Field>& fields = shape_of(*find_table(table::sources));
  const auto list = [&](std::vector<QueryParameter> parameters) {
    return listed(node, "sources", parse_list_options(fields, parameters).value());
  };
  REQUIRE(list({}).size() == 9);
  REQUIRE(list({})[0]["name"] == "S9");  // in order of creation, by sort_order
  REQUIRE(list({{"order", "name"}})[0]["name"] == "S1");
  REQUIRE(list({{"type", "eq.laptop"}}).size() == 3);
  REQUIRE(list({{"type", "in.(laptop,camera)"}}).size() == 9);
  REQUIRE(list({{"type", "eq.laptop"}, {"name", "ilike.s7"}}).size() == 1);
  REQUIRE(list({{"version", "gt.1"}}).empty());
  REQUIRE(list({{"synced_at", "is.null"}}).size() == 9);

  std::vector<std::string> names;
  ListOptions options =
      parse_list_options(fields,
                         std::vector<QueryParameter>{{"order", "name.desc"}, {"limit", "4"}})
          .value();
  for (bool more = true; more;) {
    auto page = list_rows(context_of(node), *find_table(table::sources), gala, options).value();
    for (const ordered& row : ordered::parse(page.json)) names.push_back(row["name"]);
    more = page.next_cursor.has_value();
    options.cursor = page.next_cursor.value_or("");
  }
  REQUIRE(names == std::vector<std::string>{"S9", "S8", "S7", "S6", "S5", "S4", "S3", "S2", "S1"});

  update(node, source(3), R"({"type":"camera"})");
  remove(node, source(6));
  REQUIRE(list({{"type", "eq.laptop"}}).size() == 1);
  REQUIRE(list({{"type", "eq.laptop"}, {"deleted", "true"}}).size() == 2);
}

TEST_CASE("a whole production is one answer", "[projections]") {
  LanNode node(1, Role::lan);
  create_gala(node);
  create(node, source(1), R"({"type":"camera","name":"CAM 1"})");
  create(node, send(1), R"({"type":"screen","name":"LED"})");
  auto whole = get_whole_production(context_of(node), gala_row.id).value();
  ordered json = ordered::parse(whole->json);
  REQUIRE(json["show_name"] == "Gala");
  REQUIRE(json["sources"].size() == 1);
  REQUIRE(json["sends"].size() == 1);
  REQUIRE(json["connections"].empty());
  REQUIRE(json["conflicts"].empty());
}

TEST_CASE("a write that changes nothing writes no row and no digest", "[projections]") {
  LanNode node(1, Role::lan);
  create_gala(node);
  Digest before = digest_of(node);
  auto rows = node.dump(Space::rows);
  Overlay overlay(node.store);
  Changes changes{gala, {}, {gala_row}};
  REQUIRE(node.projection.apply(overlay, State(overlay, node.log, gala), changes, 1).ok());
  REQUIRE(overlay.batch().empty());
  REQUIRE(digest_of(node) == before);
}

TEST_CASE("synced_at tells when the cloud had this version", "[projections]") {
  LanNode node(1, Role::lan);
  create_gala(node);
  create(node, source(1), R"({"type":"camera","name":"CAM 1","outputs":[{"connector":"SDI"}]})");
  const auto sync = [&](UnixMs now_ms) {
    std::vector<Event> events;
    auto head = node.head(gala);
    node.log
        .read_after(node.store, Position::none,
                    [&](const EventId&, const StoredEvent& stored) {
                      events.push_back(decode(stored.bytes).value());
                      return true;
                    })
        .value();
    Overlay overlay(node.store);
    REQUIRE(mark_synced(overlay, gala, events, head.vector(), now_ms).ok());
    node.store.commit(overlay.take_batch(), true).value();
  };
  sync(1'000);
  ordered row = shown(node, source(1));
  REQUIRE(row["synced_at"] == "1970-01-01T00:00:01.000Z");
  REQUIRE(row["outputs"][0]["synced_at"] == "1970-01-01T00:00:01.000Z");
  REQUIRE(listed(node, "sources")[0]["synced_at"] == "1970-01-01T00:00:01.000Z");

  update(node, source(1), R"({"note":"x"})");
  row = shown(node, source(1));
  REQUIRE(row["synced_at"].is_null());
  REQUIRE(row["outputs"][0]["synced_at"] == "1970-01-01T00:00:01.000Z");

  sync(2'000);
  row = shown(node, source(1));
  REQUIRE(row["synced_at"] == "1970-01-01T00:00:02.000Z");
  REQUIRE(row["outputs"][0]["synced_at"] == "1970-01-01T00:00:01.000Z");
}

TEST_CASE("on a cloud node synced_at is the time of storing", "[projections]") {
  CloudNode node(1, Role::cloud);
  create_gala(node);
  REQUIRE(shown(node, gala_row)["synced_at"].is_string());
}
