// Archives, case by case: what is said when one is not sound, and what stands beside the events.
#include "archive_fixture.h"
#include "engine/event_codec.h"
#include "support/places.h"
#include "transfer/api_client.h"
#include "transfer/archive_line.h"
#include "transfer/checksum.h"
#include "transfer/show_file.h"

#include <fstream>
#include <sstream>

namespace genlock::test {
namespace {

const StreamId gala{uuid_named(0x01, 1)};
const RecordId device{uuid_named(0x20, 1)}, port{uuid_named(0x21, 1)};

Operation create_of(TableId table, RecordId record, RecordId parent, ColumnValues values) {
  Operation operation;
  operation.kind = OperationKind::create;
  operation.table = table;
  operation.record = record;
  operation.parent = parent;
  operation.values = std::move(values);
  return operation;
}

Value text(const char* of) { return std::string(of); }

// A show of three events.
void make_gala(Node& node) {
  node.write(gala, {create_of(table::productions, RecordId{gala.uuid}, {},
                              {{ColumnId{3}, text("Acme")}, {ColumnId{4}, text("Gala")}})});
  const RecordId camera{uuid_named(0x10, 1)};
  node.write(gala, {create_of(table::sources, camera, RecordId{gala.uuid},
                              {{ColumnId{3}, text("camera")}, {ColumnId{4}, text("CAM 1")}})});
  Operation set;
  set.table = table::sources;
  set.record = camera;
  set.group = ColumnId{4};
  set.values = {{ColumnId{4}, text("CAM left")}};
  node.write(gala, {set});
}

// A device with a port in the library, and a connection of the show that ends at it.
void make_device(Node& node) {
  node.write(library_stream, {create_of(table::equipment_specs, device, {},
                                        {{ColumnId{3}, text("camera")},
                                         {ColumnId{4}, text("Sony")},
                                         {ColumnId{5}, text("HDC-5500")}})});
}

void connect(Node& node, const Uuid& to) {
  node.write(gala, {create_of(table::connections, RecordId{uuid_named(0x12, 1)},
                              RecordId{gala.uuid}, {{ColumnId{10}, to}})});
}

std::string replaced(std::string in, std::string_view what, std::string_view by) {
  const std::size_t at = in.find(what);
  REQUIRE(at != std::string::npos);
  return in.replace(at, what.size(), by);
}

// The n-th line; the first is 0.
std::string line(const std::string& archive, int n) {
  std::istringstream in(archive);
  std::string found;
  for (int i = 0; i <= n; ++i) REQUIRE(std::getline(in, found));
  return found;
}

// With a checksum that fits again.
std::string sealed(const std::string& archive) {
  const std::string mark = ",\"sha256\":\"";
  const std::size_t end = archive.rfind(mark), at = end + mark.size();
  transfer::Checksum sum;
  sum.add(archive.substr(0, end));
  return archive.substr(0, at) + sum.hex() + archive.substr(at + 64);
}

std::string refused(const std::string& archive) {
  Node node(9, Role::lan);
  const auto report = take(node, archive);
  REQUIRE_FALSE(report.ok());
  REQUIRE(node.head(gala).origins.empty());
  return report.error().message;
}

struct Archived {
  Archived() {
    make_gala(node);
    text = archive_of(node, gala);
  }
  std::string event(int n) const {
    return "event " +
           EventId{gala, {node.engine.identity().origin, Sequence{static_cast<std::uint64_t>(n)}}}
               .to_string();
  }
  Node node{1, Role::lan};
  std::string text;
};

}  // namespace

TEST_CASE("an archive is one JSON document with an event a line", "[archive]") {
  const Archived made;
  const auto json = parse_json(made.text);
  REQUIRE(json.ok());
  REQUIRE(transfer::text_of(transfer::at(*json, "archive"), "show") == "Gala");
  const auto& events = transfer::member(*json, "events").items;
  REQUIRE(events.size() == 3);
  const Json& did = transfer::member(events[2], "did").items.at(0);
  REQUIRE(transfer::text_of(did, "op") == "set");
  REQUIRE(transfer::text_of(transfer::member(did, "values"), "name") == "CAM left");
}

TEST_CASE("the archive of the documentation is what is written", "[archive]") {
  const Archived made;
  std::ifstream in(project_file("docs/formats/archive-json.md"));
  std::ostringstream all;
  all << in.rdbuf();
  const std::string page = all.str(), mark = "```json\n";
  const std::size_t at = page.find(mark, page.find("## An example"));
  REQUIRE(at != std::string::npos);
  const std::size_t begin = at + mark.size();
  REQUIRE(page.substr(begin, page.find("```", begin) - begin) == made.text);
}

TEST_CASE("it does not matter in which pieces an archive is read", "[archive]") {
  const Archived made;
  for (const std::size_t step : {1, 7, 4096}) {
    std::size_t events = 0;
    const auto facts = transfer::read_archive(reading(made.text, step), [&](const Chunk& chunk) {
      events += chunk.events.size();
      return Result<void>();
    });
    REQUIRE(facts.ok());
    REQUIRE(events == 3);
  }
}

TEST_CASE("an edited line is refused with the event, what it says and what its bytes say",
          "[archive]") {
  const Archived made;
  const std::string why = refused(sealed(replaced(made.text, "\"CAM left\"", "\"CAM right\"")));
  REQUIRE(why.starts_with(made.event(3)));
  REQUIRE(why.find("CAM right") != std::string::npos);
  REQUIRE(why.find("CAM left") != std::string::npos);
  REQUIRE(refused(sealed(replaced(made.text, "\"role\":\"lan\"", "\"role\":\"cloud\"")))
              .starts_with(made.event(1)));
}

TEST_CASE("bytes that were changed are refused with their event", "[archive]") {
  const Archived made;
  const std::string second = line(made.text, 2), mark = "\"bytes\":\"";
  std::string changed = second;
  char& one = changed[changed.find(mark) + mark.size() + 40];
  one = one == 'A' ? 'B' : 'A';
  REQUIRE(refused(sealed(replaced(made.text, second, changed))).starts_with(made.event(2)));
}

TEST_CASE("bytes and text that fit each other do not get past the chain of hashes", "[archive]") {
  const Archived made;
  // A forger writes the second event anew, as it would have been.
  const auto sound = transfer::read_archive_line(
      std::string_view(line(made.text, 2)).substr(0, line(made.text, 2).size() - 1));
  REQUIRE(sound.ok());
  Event event = decode(sound->bytes).value();
  event.operations[0].values[1].value = text("CAM 9");
  transfer::ArchivedEvent forged = *sound;
  forged.bytes = encode(event).value();
  const std::string changed = transfer::archive_line(forged).value() + ",";
  const std::string why = refused(sealed(replaced(made.text, line(made.text, 2), changed)));
  REQUIRE(why.starts_with(made.event(2)));
  REQUIRE(why.find("hash") != std::string::npos);
}

TEST_CASE("a missing, doubled or moved line is named", "[archive]") {
  const Archived made;
  const std::string second = line(made.text, 2) + '\n';
  REQUIRE(refused(sealed(replaced(made.text, second, ""))).starts_with(made.event(3)));
  REQUIRE(refused(sealed(replaced(made.text, second, second + second))).starts_with(made.event(2)));
  const std::string first = line(made.text, 1) + '\n';
  REQUIRE(refused(sealed(replaced(made.text, first + second, second + first)))
              .starts_with(made.event(2)));
}

TEST_CASE("what stands beside the events is under the checksum", "[archive]") {
  const Archived made;
  REQUIRE(refused(replaced(made.text, "\"show\":\"Gala\"", "\"show\":\"Ball\"")).find("checksum") !=
          std::string::npos);
  REQUIRE(refused(made.text + "x").find("behind the end") != std::string::npos);
  REQUIRE(refused(made.text.substr(0, made.text.size() / 2)).find("the file ends") !=
          std::string::npos);
  REQUIRE(refused("{}").find("no archive") != std::string::npos);
  REQUIRE(refused(sealed(replaced(made.text, "\"format\":1", "\"format\":2"))).find("newer") !=
          std::string::npos);
}

TEST_CASE("devices that a show names travel with it, and the library of the reader stays as it is",
          "[archive]") {
  Node truck(1, Role::lan), office(2, Role::cloud);
  make_device(truck);
  make_gala(truck);
  connect(truck, device.uuid);
  const std::string archive = archive_of(truck, gala);
  const transfer::ArchiveReport report = taken(office, archive);
  REQUIRE(report.facts.devices.size() == 1);
  REQUIRE(transfer::text_of(report.facts.devices[0], "model") == "HDC-5500");
  REQUIRE(report.lacking == std::vector<std::string>{"Sony HDC-5500"});
  REQUIRE(office.head(library_stream).origins.empty());
  make_device(office);
  REQUIRE(taken(office, archive).lacking.empty());
}

TEST_CASE("a device that no row of the show names stays at home", "[archive]") {
  Node truck(1, Role::lan);
  make_device(truck);
  make_gala(truck);
  Node office(2, Role::cloud);
  REQUIRE(taken(office, archive_of(truck, gala)).facts.devices.empty());
}

TEST_CASE("a node that went on keeps its own events, and is told that it has more", "[archive]") {
  const Archived made;
  Node office(2, Role::cloud);
  taken(office, made.text);
  connect(office, device.uuid);
  const transfer::ArchiveReport report = taken(office, made.text);
  REQUIRE(report.stored == 0);
  REQUIRE(report.duplicates == 3);
  REQUIRE_FALSE(report.is_same);
}

TEST_CASE("names that the writer of an archive did not know stand as numbers, and are taken",
          "[archive]") {
  const Archived made;
  const std::string unknown = replaced(replaced(made.text, "\"CAM left\"}", "\"CAM left\"}"),
                                       "{\"name\":\"CAM left\"}", "{\"#6.4\":\"CAM left\"}");
  // The group too: a writer that does not know a column does not know its group.
  const std::string all = replaced(unknown, "\"group\":\"name\"", "\"group\":\"#6.4\"");
  Node office(2, Role::cloud);
  REQUIRE(taken(office, sealed(all)).is_same);
}

TEST_CASE("an archive among files of rows is told what takes it", "[archive]") {
  const Archived made;
  const auto file = transfer::parse_import_file("gala.json", made.text);
  REQUIRE_FALSE(file.ok());
  REQUIRE(file.error().message.find("genlock import FILE") != std::string::npos);
}

TEST_CASE("streams that are no show have no archive", "[archive]") {
  const Archived made;
  for (const StreamId stream : {library_stream, directory_stream, StreamId{uuid_named(0x01, 9)}}) {
    const auto writer =
        transfer::ArchiveWriter::open(made.node.log, made.node.projection, made.node.store, stream);
    REQUIRE_FALSE(writer.ok());
    REQUIRE(writer.error().code == ErrorCode::not_found);
  }
}

}  // namespace genlock::test
