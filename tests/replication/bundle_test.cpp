// Shipments as files: any order, any number of times, cut anywhere.
#include "replication/bundle.h"

#include "support/hex.h"
#include "support/places.h"
#include "test_node.h"

namespace genlock::replication {
namespace {

using test::show;
using test::TestNode;

const StreamId gala = show(1), expo = show(2);

std::string bundle_of(TestNode& node, std::vector<std::pair<StreamId, VersionVector>> streams) {
  std::string file;
  const auto size = write_bundle(node.log, node.store,
                                 {.self = node.engine.identity(),
                                  .now_ms = 1'000,
                                  .software = "test",
                                  .streams = std::move(streams)},
                                 [&](std::string_view bytes) -> Result<void> {
                                   file += bytes;
                                   return {};
                                 });
  REQUIRE(size.ok());
  REQUIRE(size->bytes == file.size());
  return file;
}

Result<BundleReport> try_import(TestNode& node, std::string_view file) {
  return read_bundle(node.engine, node.writer, node.store,
                     [&](std::size_t size) -> Result<std::string> {
                       const std::string piece(file.substr(0, size));
                       file.remove_prefix(piece.size());
                       return piece;
                     });
}

BundleReport import(TestNode& node, std::string_view file) {
  auto report = try_import(node, file);
  INFO((report.ok() ? "" : report.error().message));
  REQUIRE(report.ok());
  return *std::move(report);
}

VersionVector vector(TestNode& node, StreamId stream) { return node.head(stream).vector(); }

}  // namespace

TEST_CASE("a bundle brings a stream to an empty node, and again changes nothing", "[bundle]") {
  TestNode truck(1), office(2);
  for (int i = 0; i < 20; ++i) truck.edit(gala, "CAM " + std::to_string(i));
  truck.edit(expo);
  const std::string file = bundle_of(truck, {{gala, {}}, {expo, {}}});
  const BundleReport first = import(office, file);
  REQUIRE(first.complete());
  REQUIRE(first.maker.node == truck.engine.identity().node);
  REQUIRE(first.stored() == vector(truck, gala).event_count() + vector(truck, expo).event_count());
  REQUIRE(vector(office, gala) == vector(truck, gala));
  REQUIRE(office.engine.projection().digest(office.store, gala).value() ==
          truck.engine.projection().digest(truck.store, gala).value());
  const BundleReport second = import(office, file);
  REQUIRE(second.complete());
  REQUIRE(second.stored() == 0);
  REQUIRE(second.duplicates() == first.stored());
}

TEST_CASE("of two bundles in the wrong order the later one says what it lacks, and takes nothing",
          "[bundle]") {
  TestNode truck(1), office(2);
  truck.edit(gala);
  const VersionVector then = vector(truck, gala);
  const std::string early = bundle_of(truck, {{gala, {}}});
  truck.edit(gala, "CAM 2");
  truck.edit(expo);
  const std::string late = bundle_of(truck, {{gala, then}, {expo, {}}});

  const BundleReport refused = import(office, late);
  REQUIRE_FALSE(refused.complete());
  const auto& lacking = *std::ranges::find(refused.streams, gala, &BundledStream::stream);
  REQUIRE(lacking.missing.size() == 1);
  REQUIRE(lacking.missing[0].origin == truck.engine.identity().origin);
  REQUIRE(lacking.missing[0].last == then.last_seen(lacking.missing[0].origin));
  REQUIRE(lacking.stored == 0);
  REQUIRE(vector(office, gala).empty());
  REQUIRE(vector(office, expo) == vector(truck, expo));  // the other stream came

  REQUIRE(import(office, early).complete());
  REQUIRE(import(office, late).complete());
  REQUIRE(vector(office, gala) == vector(truck, gala));
}

TEST_CASE("bundles of both sides bring both to the same", "[bundle]") {
  TestNode truck(1), office(2);
  truck.edit(gala);
  REQUIRE(import(office, bundle_of(truck, {{gala, {}}})).complete());
  const VersionVector both = vector(truck, gala);
  truck.edit(gala, "of the truck");
  office.edit(gala, "of the office");
  const std::string out = bundle_of(truck, {{gala, both}});
  const std::string back = bundle_of(office, {{gala, both}});
  REQUIRE(import(office, out).complete());
  REQUIRE(import(truck, back).complete());
  REQUIRE(vector(office, gala) == vector(truck, gala));
  REQUIRE(office.engine.projection().digest(office.store, gala).value() ==
          truck.engine.projection().digest(truck.store, gala).value());
}

TEST_CASE("a bundle that was cut is taken as far as it goes, and goes on when it is whole",
          "[bundle]") {
  TestNode truck(1), probe(3);
  for (int i = 0; i < 3; ++i) truck.edit(gala, "CAM " + std::to_string(i));
  truck.edit(expo);
  const std::string file = bundle_of(truck, {{gala, {}}, {expo, {}}});
  TestNode office(2);
  for (std::size_t size = 0; size < file.size(); size += 7) {
    const auto report = try_import(office, std::string_view(file).substr(0, size));
    if (!report.ok()) REQUIRE(report.error().code == ErrorCode::bad_request);
    if (report.ok()) REQUIRE(report->damage->find("the file ends") != std::string::npos);
  }
  REQUIRE(import(office, file).complete());
  REQUIRE(vector(office, gala) == vector(truck, gala));
}

TEST_CASE("a flipped byte is named with its place, and what came before it stays", "[bundle]") {
  TestNode truck(1);
  // Texts that do not shrink, so that there are several pages.
  genlock::test::TestRandom random(5);
  for (int i = 0; i < 400; ++i) {
    std::string text;
    while (text.size() < 900) text += std::to_string(random.next_u64());
    truck.edit(gala, text);
  }
  const std::string file = bundle_of(truck, {{gala, {}}});
  for (std::size_t at = 0; at < file.size(); at += 1 + file.size() / 40) {
    std::string flipped = file;
    flipped[at] = static_cast<char>(flipped[at] ^ 8);
    TestNode office(2);
    const auto report = try_import(office, flipped);
    if (!report.ok()) {
      REQUIRE(report.error().code == ErrorCode::bad_request);
      REQUIRE(vector(office, gala).empty());
      continue;
    }
    REQUIRE_FALSE(report->complete());
    REQUIRE(report->damage->find("at byte ") != std::string::npos);
    REQUIRE(vector(truck, gala).includes(vector(office, gala)));
    REQUIRE(vector(office, gala).event_count() == report->stored());
  }
  TestNode office(2);
  std::string cut = file.substr(0, file.size() * 3 / 4);
  const BundleReport part = import(office, cut);
  REQUIRE(part.stored() > 0);
  REQUIRE(import(office, file).complete());
}

TEST_CASE("frames that are left out or doubled are damage", "[bundle]") {
  TestNode truck(1), office(2);
  truck.edit(gala);
  const std::string file = bundle_of(truck, {{gala, {}}});
  std::vector<std::string> frames;
  for (std::size_t at = 0; at < file.size();) {
    std::size_t size = frame_header_bytes;
    for (std::size_t i = 0; i < 4; ++i)
      size += static_cast<std::size_t>(static_cast<std::uint8_t>(file[at + 8 + i])) << (8 * i);
    frames.push_back(file.substr(at, size));
    at += size;
  }
  REQUIRE(frames.size() == 4);  // hello, intro, page, end
  const auto damage = [&](const std::string& text) { return import(office, text).damage; };
  REQUIRE(damage(frames[0] + frames[2] + frames[3])->find("not the next") != std::string::npos);
  REQUIRE(damage(frames[0] + frames[1] + frames[1] + frames[3]));
  REQUIRE(vector(office, gala).empty());
  REQUIRE(try_import(office, frames[1]).error().code == ErrorCode::bad_request);
  REQUIRE(try_import(office, "a letter").error().code == ErrorCode::bad_request);
  REQUIRE(try_import(office, "").error().code == ErrorCode::bad_request);
}

TEST_CASE("a bundle of a log that went on twice brings the other branch", "[bundle]") {
  TestNode truck(1), copy(1), office(2);
  truck.edit(gala, "first");
  copy.edit(gala, "other");
  copy.edit(expo);
  REQUIRE(import(office, bundle_of(truck, {{gala, {}}})).complete());
  const std::uint64_t before = vector(office, gala).event_count();
  const BundleReport report = import(office, bundle_of(copy, {{gala, {}}, {expo, {}}}));
  REQUIRE(report.complete());
  REQUIRE(vector(office, gala).event_count() > before);
  REQUIRE(vector(office, expo) == vector(copy, expo));
}

TEST_CASE("the example of docs/formats/bundle.md is a bundle without streams", "[bundle][docs]") {
  TestNode truck(1), office(2);
  const std::string file = hex_example(project_file("docs/formats/bundle.md"), "An example");
  INFO(to_hex(bundle_of(truck, {})));
  REQUIRE(file == bundle_of(truck, {}));
  const BundleReport report = import(office, file);
  REQUIRE(report.complete());
  REQUIRE(report.maker.name == "node 1");
  REQUIRE(report.made_ms == 1'000);
}

}  // namespace genlock::replication
