// What is served of a compacted show: the same rows, and an honest end of its history.
#include "projections/cut.h"
#include "projections/history.h"
#include "projections/rebuild.h"
#include "rows_fixture.h"
#include "support/compacting.h"

using namespace genlock;
using namespace genlock::test;

namespace {

struct Show {
  Show() {
    create_gala(node);
    create(node, source(1), R"({"type":"camera","name":"CAM"})");
    create(node, source(2), R"({"type":"camera","name":"CAM"})");
    for (int n = 0; n < 40; ++n)
      update(node, source(1), "{\"name\":\"CAM " + std::to_string(n) + "\"}");
    remove(node, source(2));
  }

  ordered history(std::optional<RecordKey> record = {}) {
    const ReadContext context{node.store, node.log, 0};
    HistoryCache cache;
    return ordered::parse(list_history(context, gala, record, {}, cache).value().json);
  }
  Result<VersionVector> as_of(UnixMs time) const {
    return cut_of(node.log, node.store, gala, {std::nullopt, time});
  }

  LanNode node{1, Role::lan};
};

}  // namespace

TEST_CASE("compaction changes no byte of what is served", "[projections][compaction]") {
  Show show;
  const auto rows = show.node.dump(Space::rows);
  REQUIRE(compact(show.node, gala) > 30);
  REQUIRE(show.node.dump(Space::rows) == rows);
  const VerifyReport report = verify(show.node.store, show.node.engine).value();
  INFO(report.difference.value_or(""));
  REQUIRE(!report.difference);
  update(show.node, source(1), R"({"note":"wide"})");
  REQUIRE(shown(show.node, source(1))["version"] == 42);
  REQUIRE(!verify(show.node.store, show.node.engine).value().difference);
}

TEST_CASE("a history ends where the stream was compacted, and says so",
          "[projections][compaction]") {
  Show show;
  compact(show.node, gala);
  REQUIRE(show.history().size() == 1);
  update(show.node, source(1), R"({"name":"NEW"})");
  for (const auto& items : {show.history(), show.history(source(1))}) {
    REQUIRE(items.size() == 2);
    REQUIRE(items[0]["op"] == "update");
    REQUIRE(items[0]["changes"][0]["from"] == "CAM 39");
    REQUIRE(items[0]["changes"][0]["to"] == "NEW");
    REQUIRE(items[1]["op"] == "compacted");
    REQUIRE(items[1]["changes"].empty());
    REQUIRE(items[1]["comment"] == "Earlier history was compacted");
  }
}

TEST_CASE("a time of before the horizon is compacted, one of after it is as it was",
          "[projections][compaction]") {
  Show show;
  const UnixMs before = show.node.clock.peek() - 20;
  REQUIRE(show.as_of(before).ok());
  compact(show.node, gala);
  const UnixMs then = show.node.clock.now();
  const VersionVector at = show.node.head(gala).vector();
  update(show.node, source(1), R"({"name":"NEW"})");
  REQUIRE(show.as_of(before).error().code == ErrorCode::compacted);
  REQUIRE(show.as_of(then).value() == at);
}
