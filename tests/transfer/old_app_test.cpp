// The browser storage of the app before Genlock: every wrapping, every list, and what is broken.
#include "transfer/old_app.h"

#include "catch.h"
#include "support/places.h"
#include "transfer/api_client.h"
#include "transfer/json_print.h"
#include "transfer/old_feeds.h"

#include <algorithm>
#include <set>

using namespace genlock;
using namespace genlock::transfer;

namespace {

const std::string sample = test_data("localstorage-export.json");

ImportFile parsed(const std::string& text) {
  auto file = parse_import_file("f", text);
  INFO((file.ok() ? "" : file.error().message));
  REQUIRE(file.ok());
  return *std::move(file);
}

std::string refusal(const std::string& text) {
  auto file = parse_import_file("f", text);
  REQUIRE(!file.ok());
  REQUIRE(file.error().code == ErrorCode::bad_request);
  return file.error().message;
}

// A store with a show and these members more.
std::string store(const std::string& more) {
  return R"({"state":{"production":{"id":"p","client":"Acme","showName":"Gala"})" + more + "}}";
}

const FileRow* find_row(const ImportFile& file, std::string_view table, std::string_view label) {
  for (const FileRow& row : file.shows[0].children)
    if (row.table->name == table &&
        (text_of(row.json, "label") == label || text_of(row.json, "name") == label))
      return &row;
  return nullptr;
}

std::size_t count(const ImportFile& file, std::string_view table) {
  return static_cast<std::size_t>(std::ranges::count_if(
      file.shows[0].children, [&](const FileRow& row) { return row.table->name == table; }));
}

std::string kept(const ImportFile& file, std::string_view name) {
  const FileRow* row = find_row(file, "attachments", name);
  return row ? dump(member(row->json, "content")) : "(none)";
}

bool has_note(const ImportFile& file, std::string_view part) {
  return std::ranges::any_of(file.notes,
                             [&](const std::string& note) { return note.find(part) != note.npos; });
}

}  // namespace

TEST_CASE("a real export: labels, outputs, equipment, connections, and all that was kept",
          "[transfer][old]") {
  auto file = read_import_file(sample);
  REQUIRE(file.ok());
  REQUIRE(file->left_out.empty());
  REQUIRE(file->shows.size() == 1);
  REQUIRE(file->equipment.size() == 219);
  REQUIRE(count(*file, "sources") == 21);
  REQUIRE(count(*file, "sends") == 21);
  REQUIRE(count(*file, "connections") == 4);
  const Json& production = file->shows[0].production.json;
  REQUIRE(text_of(production, "show_name") == "Annual Conference 2024");
  REQUIRE(text_of(production, "load_in") == "2024-03-15T00:00:00.000Z");
  REQUIRE(has_note(*file, "midnight UTC"));
  const FileRow* source = find_row(*file, "sources", "SRC 18");
  REQUIRE(source);
  REQUIRE(text_of(source->json, "name") == "CAM 1");
  REQUIRE(text_of(source->json, "type") == "Camera");
  REQUIRE(text_of(member(source->json, "outputs").items.at(0), "connector") == "SDI");
  const FileRow* send = find_row(*file, "sends", "DST 14");
  REQUIRE(text_of(send->json, "output_connector") == "SDI");
  // What no table takes is there as it was, and named.
  for (const char* list : {"checklist", "ipAddresses", "cameras", "ccus", "ledScreens",
                           "videoSwitchers", "mediaServers", "serverAllocations"}) {
    INFO(list);
    REQUIRE(find_row(*file, "attachments", list));
    REQUIRE(std::ranges::find(file->kept, list, &Kept::name) != file->kept.end());
  }
  REQUIRE(std::ranges::find(file->kept, "checklist", &Kept::name)->items == 95);
  REQUIRE(has_note(*file, "user_name"));
  REQUIRE(kept(*file, "localStorage/user_name") == "(none)");
}

TEST_CASE("connections are read from the feeds of switchers", "[transfer][old]") {
  auto file = read_import_file(sample);
  REQUIRE(file.ok());
  const FileRow *gfx = find_row(*file, "sources", "SRC 3"),
                *screen = find_row(*file, "sends", "DST 1");
  bool into = false, out = false;
  for (const FileRow& row : file->shows[0].children) {
    if (row.table->name != "connections") continue;
    if (text_of(row.json, "source_id") == gfx->id.to_string()) {
      into = true;
      REQUIRE(text_of(row.json, "destination_type") == "switcher");
      REQUIRE(text_of(row.json, "source_output_id") ==
              text_of(member(gfx->json, "outputs").items.at(0), "id"));
      REQUIRE(text_of(member(row.json, "signal_path").items.at(1), "in") == "E2 ID.0 IN 1.1");
    }
    if (text_of(row.json, "destination_id") == screen->id.to_string()) {
      out = true;
      REQUIRE(text_of(row.json, "destination_type") == "send");
      REQUIRE(text_of(row.json, "intermediate_output") == "E2 ID.0 OUT 1.1");
    }
  }
  REQUIRE(into);
  REQUIRE(out);
  REQUIRE(has_note(*file, "E2 ID.0 OUT 4.1 > MVR 0.1: names no one send"));
}

TEST_CASE("the same store in each wrapping gives the same rows", "[transfer][old]") {
  std::string text = store(R"(,"sources":[{"id":"SRC 1","type":"LAPTOP","name":"GFX"}])");
  std::string quoted = dump(json_text(text));
  std::vector<ImportFile> files;
  for (const std::string& wrapping :
       {text, quoted, R"({"video-production-storage":)" + quoted + "}",
        R"({"video-production-storage":)" + text + "}", R"({"productions":)" + quoted + "}",
        "\xef\xbb\xbf" + text,
        R"({"app-preferences":"{}","video-production-storage":)" + quoted + "}",
        R"({"production-store":)" + quoted + "}"})
    files.push_back(parsed(wrapping));
  for (const ImportFile& file : files) {
    REQUIRE(file.shows[0].production.id == files[0].shows[0].production.id);
    REQUIRE(file.shows[0].children.size() == files[0].shows[0].children.size());
    REQUIRE(file.shows[0].children[0].json.members.size() ==
            files[0].shows[0].children[0].json.members.size());
  }
  // Rows on nodes have these ids: they must never change.
  REQUIRE(files[0].shows[0].production.id.to_string() == "765e6676-a9a9-542a-b4b0-a04ee133d06e");
  REQUIRE(files[0].shows[0].children[0].id.to_string() == "b4d329cc-1021-5331-b6e8-a42140fb4819");
}

TEST_CASE("a type is the same before and after the old app was loaded again", "[transfer][old]") {
  auto type = [](const std::string& old) {
    ImportFile file =
        parsed(store(R"(,"sources":[{"id":"SRC 1","name":"A","type":")" + old + "\"}]"));
    return text_of(file.shows[0].children[0].json, "type");
  };
  REQUIRE(type("LAPTOP") == "Laptop");
  REQUIRE(type("Laptop") == "Laptop");
  REQUIRE(type("MEDIA_SERVER") == "Media Server");
  REQUIRE(type("PTZ") == "PTZ");
  REQUIRE(type("Laptop - PC GFX") == "Laptop - PC GFX");
}

TEST_CASE("labels that occur twice are two rows; a UUID that a row has is its id",
          "[transfer][old]") {
  ImportFile file = parsed(store(
      R"(,"sources":[{"id":"SRC 1","name":"A","type":"x"},{"id":"SRC 1","name":"B","type":"x"},
          {"id":"SRC 2","uuid":"22222222-2222-4222-8222-222222222222","name":"C","type":"x"}])"));
  std::set<RecordId> ids;
  for (const FileRow& row : file.shows[0].children) ids.insert(row.id);
  REQUIRE(ids.size() == 4);  // and the old id of the production
  REQUIRE(find_row(file, "sources", "SRC 2")->id.to_string() ==
          "22222222-2222-4222-8222-222222222222");
}

TEST_CASE("what fits no column is kept, and told", "[transfer][old]") {
  ImportFile file = parsed(store(
      R"(,"sources":[{"id":"SRC 1","name":"A","type":"x","hRes":"wide","vRes":"1080","category":"GFX",
          "outputs":[{"id":"out-1","connector":"SDI","format":"1080p"},{"id":"out-2"}]}],
          "sends":[{"id":"DST 1"}])"));
  const FileRow* source = find_row(file, "sources", "SRC 1");
  REQUIRE(!source->json.find("h_res"));
  REQUIRE(integer_of(source->json, "v_res") == 1080);
  REQUIRE(member(source->json, "outputs").items.size() == 1);
  REQUIRE(has_note(file, "sources SRC 1 hRes must be a whole number, not \"wide\""));
  REQUIRE(
      kept(file, "sources") ==
      R"([{"id":"SRC 1","hRes":"wide","category":"GFX","outputs":[{"id":"out-1","connector":"SDI","format":"1080p"},{"id":"out-2"}]}])");
  // A row without a name is called as people call it.
  REQUIRE(text_of(find_row(file, "sends", "DST 1")->json, "name") == "DST 1");
}

TEST_CASE("a list that is larger than a column comes in pieces", "[transfer][old]") {
  std::string items;
  for (int i = 0; i < 400; ++i)
    items += (i ? ",{\"n\":\"" : "{\"n\":\"") + std::string(1000, 'x') + "\"}";
  ImportFile file =
      parsed(store(",\"notes\":[" + items + "],\"blob\":\"" + std::string(300'000, 'y') + '"'));
  REQUIRE(find_row(file, "attachments", "notes"));
  REQUIRE(find_row(file, "attachments", "notes (2)"));
  std::size_t sum = 0;
  for (const Kept& one : file.kept)
    if (one.name.starts_with("notes")) sum += one.items;
  REQUIRE(sum == 400);
  REQUIRE(file.left_out.size() == 1);
  REQUIRE(file.left_out[0].second.label == "blob");
  REQUIRE(file.left_out[0].second.reason.find("keep the file") != std::string::npos);
}

TEST_CASE("feeds name rows by label in brackets, at the end, or by name", "[transfer][old]") {
  auto row = [](const char* label, const char* name) {
    return FileRow{.table = find_table(table::sources),
                   .id = {},
                   .json = json_object({{"label", json_text(label)}, {"name", json_text(name)}}),
                   .pointer = {},
                   .label = {}};
  };
  std::vector<FileRow> rows{row("SRC 1", "WIDE"), row("SRC 11", "DEMO"), row("SRC 3", "GFX A"),
                            row("SRC 9", "TWIN"), row("SRC 9", "OTHER"), row("", "SAME"),
                            row("", "SAME")};
  auto label_named = [&](const char* feed) {
    const FileRow* found = named_by(feed, rows);
    return found ? text_of(found->json, "name") : "(none)";
  };
  REQUIRE(label_named("GFX A [SRC 3]") == "GFX A");
  REQUIRE(label_named("anything [ src 3 ]") == "GFX A");
  REQUIRE(label_named("DEMO SRC 11") == "DEMO");
  REQUIRE(label_named("SRC 1") == "WIDE");
  REQUIRE(label_named("wide") == "WIDE");
  REQUIRE(label_named("TWIN [SRC 9]") == "TWIN");
  REQUIRE(label_named("[SRC 9]") == "(none)");
  REQUIRE(label_named("SAME") == "(none)");
  REQUIRE(label_named("MVR 0.1") == "(none)");
  REQUIRE(label_named("][") == "(none)");
}

TEST_CASE("what holds no store is refused with the way to get one", "[transfer][old]") {
  REQUIRE(refusal(R"({"productions":null})").find("\"productions\" is null") != std::string::npos);
  REQUIRE(refusal(R"({"productions":null})").find("localStorage") != std::string::npos);
  REQUIRE(refusal(R"({"video-production-storage":"{broken"})").find("video-production-storage") !=
          std::string::npos);
  REQUIRE(refusal(R"({"state":null})").find("/state must be an object") != std::string::npos);
  REQUIRE(refusal(R"({"state":[]})").find("/state must be an object") != std::string::npos);
  REQUIRE(refusal(R"({"state":{}})").find("no show and no equipment") != std::string::npos);
  REQUIRE(refusal(R"({"state":{"sources":[{"id":"SRC 1"}]}})").find("which show") !=
          std::string::npos);
  REQUIRE(refusal(store(R"(,"sources":{})")).find("/state/sources must be a list") !=
          std::string::npos);
  REQUIRE(refusal("\"\\\"\\\\\\\"x\\\\\\\"\\\"\"").size() > 0);
  REQUIRE(refusal("\"[1]\"").find("must be an object") != std::string::npos);
}

TEST_CASE("rows that are none are left out with their place, the others are read",
          "[transfer][old]") {
  ImportFile file = parsed(store(
      R"(,"sources":[7,{"id":"SRC 2","name":"A","type":"x"}],"equipmentSpecs":["y"],
          "videoSwitchers":[3,{"id":"e2","inputs":[4,{"feed":5},{"feed":"A"}],"outputs":"no"}])"));
  REQUIRE(file.left_out.size() == 2);
  REQUIRE(file.left_out[0].second.pointer == "/state/equipmentSpecs/0");
  REQUIRE(file.left_out[1].second.pointer == "/state/sources/0");
  REQUIRE(count(file, "sources") == 1);
  REQUIRE(count(file, "connections") == 1);
}
