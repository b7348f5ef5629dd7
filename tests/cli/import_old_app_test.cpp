// The browser storage of the app before Genlock, and CSV, into a node and out again.
#include "cli/api_client.h"
#include "local_node.h"
#include "support/places.h"
#include "transfer/csv_table.h"
#include "transfer/export.h"
#include "transfer/json_print.h"

using namespace genlock;
using namespace genlock::cli;

namespace {

const std::string old_file = "localstorage-export.json";

std::string everything(LocalNode& node) {
  auto json = export_everything(node.client());
  REQUIRE(json.ok());
  return pretty(*json);
}

Position last(LocalNode& node) { return *node.node().log().last_position(node.node().store()); }

ImportReport take(LocalNode& node, const ImportFile& file, const ImportOptions& options) {
  auto rehearsal = rehearsal_of(node.node());
  auto report = import_files(options.dry_run ? *rehearsal : node.client(), {file}, options);
  INFO((report.ok() ? "" : report.error().message));
  REQUIRE(report.ok());
  return *std::move(report);
}

ImportFile file_of(const std::string& text) {
  auto file = parse_import_file("inline", text);
  REQUIRE(file.ok());
  return *std::move(file);
}

std::string only_show(LocalNode& node) {
  auto list = node.client().list("/api/productions");
  REQUIRE(list.ok());
  REQUIRE(list->size() == 1);
  return text_of(list->front(), "id");
}

std::string csv_of(LocalNode& node, const char* table, const std::string& list,
                   char separator = ',') {
  auto rows = node.client().list(list);
  REQUIRE(rows.ok());
  return write_csv(**csv_table(table), *rows, separator);
}

ImportFile csv_file(const char* table, const std::string& production, const std::string& text) {
  CsvOptions options;
  options.table = *csv_table(table);
  if (!production.empty()) options.production = *RecordId::parse(production);
  auto file = read_csv("f.csv", text, options);
  INFO((file.ok() ? "" : file.error().message));
  REQUIRE(file.ok());
  return *std::move(file);
}

}  // namespace

TEST_CASE("the old app's storage comes in whole, and again changes nothing", "[cli][old]") {
  LocalNode node;
  ImportReport first = node.take({old_file});
  INFO(describe(first));
  REQUIRE(first.left_out.empty());
  REQUIRE(first.tables["sources"].taken == 21);
  REQUIRE(first.tables["connections"].taken == 4);
  REQUIRE(first.tables["equipment_specs"].taken == 219);
  REQUIRE(first.tables["attachments"].taken == first.kept.size());
  REQUIRE(describe(first).find("checklist") != std::string::npos);
  Position before = last(node);
  ImportReport second = node.take({old_file}, true);
  REQUIRE(second.total().unchanged == first.total().taken);
  REQUIRE(last(node) == before);
}

TEST_CASE("what came from the old app is exported, attachments too, and taken back", "[cli][old]") {
  LocalNode first, second;
  first.take({old_file});
  std::string text = everything(first);
  REQUIRE(text.find("192.168.0.11") != std::string::npos);
  REQUIRE(second.take({text}).left_out.empty());
  REQUIRE(everything(second) == text);
}

TEST_CASE("devices that the library has already are recognised", "[cli][old]") {
  LocalNode node;
  node.take({"equipment.json"});
  ImportReport report = node.take({old_file});
  INFO(describe(report));
  REQUIRE(report.tables["equipment_specs"].taken == 0);
  REQUIRE(report.left_out.empty());
}

TEST_CASE("a dry run writes nothing, and says what the run then does", "[cli]") {
  LocalNode node;
  node.take({"show-small.json"});
  Position before = last(node);
  ImportFile old = *read_import_file(test_data(old_file));
  ImportReport dry = take(node, old, {.dry_run = true});
  REQUIRE(last(node) == before);
  REQUIRE(dry.dry_run);
  REQUIRE(describe(dry).starts_with("a dry run"));
  ImportReport wet = take(node, old, {});
  for (auto& [name, counts] : wet.tables) {
    INFO(name);
    REQUIRE(dry.tables[name].taken == counts.taken);
    REQUIRE(dry.tables[name].left_out == counts.left_out);
  }
  REQUIRE(dry.kept.size() == wet.kept.size());
}

TEST_CASE("a dry run names what the node would refuse, as the node does", "[cli]") {
  LocalNode node;
  node.take({"show-small.json"});
  const std::string bad = R"({"production":{"id":"11111111-1111-4111-8111-111111111111",
      "client":"Acme","show_name":"Gala"},
      "sources":[{"id":"22222222-2222-4222-8222-222222222222","type":"CAM","name":"CAM 1","h_res":0},
                 {"id":"2ea3077d-510c-44ae-b1f4-f2e166df6721","type":"CAM","name":"of another show"},
                 {"type":"CAM"},
                 {"type":"CAM","name":"good","outputs":[{"connector":""}]}],
      "connections":[{"source_id":"22222222-2222-4222-8222-222222222222"},
                     {"source_id":"33333333-3333-4333-8333-333333333333"}, {"note":"good"}]})";
  ImportReport dry = take(node, file_of(bad), {.dry_run = true});
  ImportReport wet = take(node, file_of(bad), {});
  REQUIRE(dry.left_out.size() == 6);
  REQUIRE(wet.left_out.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    INFO(dry.left_out[i].reason << "\n" << wet.left_out[i].reason);
    REQUIRE(dry.left_out[i].pointer == wet.left_out[i].pointer);
  }
}

TEST_CASE("an import that nobody wants any more ends, and what was written stays", "[cli]") {
  LocalNode node;
  std::stop_source stop;
  ImportOptions options;
  options.cancelled = stop.get_token();
  options.on_progress = [&](std::uint64_t done, std::uint64_t) {
    if (done == 5) stop.request_stop();
  };
  auto file = read_import_file(test_data("equipment.json"));
  auto report = import_files(node.client(), {*file}, options);
  REQUIRE(!report.ok());
  REQUIRE(report.error().message == "the import was cancelled");
  REQUIRE(node.client().list("/api/equipment")->size() == 5);
}

TEST_CASE("a CSV of a table goes out and in without a change, with commas and semicolons",
          "[cli][csv]") {
  LocalNode node;
  node.take({old_file, "show-large.json", "equipment.json"});
  const std::string show = "e24b8cfc-783a-4a26-bc4c-c3359b2f36ba";
  const std::string base = "/api/productions/" + show;
  Position before = last(node);
  for (char separator : {',', ';'}) {
    for (const char* table : {"sources", "sends"}) {
      std::string text = csv_of(node, table, base + '/' + table, separator);
      ImportReport report = take(node, csv_file(table, show, text), {.update = true});
      INFO(describe(report) << text.substr(0, 2000));
      REQUIRE(report.total().unchanged == (std::string(table) == "sources" ? 120 : 160));
      REQUIRE(csv_of(node, table, base + '/' + table, separator) == text);
    }
    std::string text = csv_of(node, "equipment", "/api/equipment", separator);
    ImportReport report = take(node, csv_file("equipment", "", text), {.update = true});
    INFO(describe(report));
    REQUIRE(report.total().unchanged == node.client().list("/api/equipment")->size());
  }
  REQUIRE(last(node) == before);
}

TEST_CASE("a line without an id is the row of that label, else a new one", "[cli][csv]") {
  LocalNode node;
  node.take({old_file});
  std::string show = only_show(node);
  std::string text = "ID,NAME,TYPE,H RES\r\nSRC 18,CAM ONE,Camera,3840\r\nSRC 99,NEW,Laptop,\r\n";
  ImportReport report = take(node, csv_file("sources", show, text), {.update = true});
  INFO(describe(report));
  REQUIRE(report.total().changed == 1);
  REQUIRE(report.total().taken == 1);
  REQUIRE(take(node, csv_file("sources", show, text), {.update = true}).total().unchanged == 2);
  auto rows = node.client().list("/api/productions/" + show + "/sources?label=eq.SRC%2018");
  REQUIRE(rows->size() == 1);
  REQUIRE(text_of(rows->front(), "name") == "CAM ONE");
  REQUIRE(text_of(rows->front(), "note") == "LONG LENS CTR");  // no column of the file
  REQUIRE(member(rows->front(), "outputs").items.size() == 1);
}

TEST_CASE("formulas go out as text and come back as they were", "[cli][csv]") {
  LocalNode node;
  node.take({R"json({"production":{"id":"11111111-1111-4111-8111-111111111111","client":"Acme",
      "show_name":"Gala"},"sends":[{"type":"MONITOR","name":"=HYPERLINK(1)","note":"-5 dB"}]})json"});
  const std::string list = "/api/productions/11111111-1111-4111-8111-111111111111/sends";
  std::string text = csv_of(node, "sends", list);
  REQUIRE(text.find("'=HYPERLINK") != std::string::npos);
  REQUIRE(text.find(",'-5 dB") != std::string::npos);
  REQUIRE(
      take(node, csv_file("sends", "11111111-1111-4111-8111-111111111111", text), {.update = true})
          .total()
          .unchanged == 1);
}

TEST_CASE("a table alone needs its show on the node", "[cli][csv]") {
  LocalNode node;
  ImportFile file = csv_file("sources", "11111111-1111-4111-8111-111111111111", "name,type\nA,B\n");
  auto report = import_files(node.client(), {file}, {});
  REQUIRE(!report.ok());
  REQUIRE(report.error().code == ErrorCode::not_found);
  node.take({R"({"production":{"id":"11111111-1111-4111-8111-111111111111","client":"Acme",
      "show_name":"Gala"}})"});
  REQUIRE(take(node, file, {}).total().taken == 1);
  ImportFile device = csv_file("equipment", "",
                               "category,manufacturer,model,inputs,outputs\n"
                               "router,Acme,R4,4 x SDI,2 x SDI\n");
  REQUIRE(take(node, device, {}).total().taken == 1);
  REQUIRE(take(node, device, {}).total().unchanged == 1);
  REQUIRE(member(node.client().list("/api/equipment")->front(), "io_ports").items.size() == 6);
}
