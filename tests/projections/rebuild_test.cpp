#include "projections/rebuild.h"

#include "projections/keys.h"
#include "projections/rows_fixture.h"

using namespace genlock;
using namespace genlock::test;

namespace {

// Three nodes that edit the same few rows and meet now and then.
struct Crew {
  CloudNode cloud{1, Role::cloud};
  LanNode truck{2, Role::lan, 1'000'300};
  TestRandom random;

  explicit Crew(std::uint64_t seed) : random(seed) {
    create_gala(cloud);
    meet();
    for (int step = 0; step < 60; ++step) {
      random.below(2) == 0 ? edit(cloud) : edit(truck);
      if (random.below(8) == 0) meet();
    }
    meet();
  }

  template <class Node>
  void attempt(Node& node, CommandKind kind, const RecordKey& key, std::string_view json) {
    Command wish;
    wish.kind = kind;
    wish.stream = gala;
    wish.table = key.table;
    wish.record = key.id;
    wish.restore_gone = true;
    wish.by = ana;
    wish.row = parse_row(*find_table(key.table), json).value();
    (void)node.execute(wish);  // may be refused
  }

  template <class Node>
  void edit(Node& node) {
    RecordKey key = source(static_cast<std::uint8_t>(1 + random.below(4)));
    std::string width = std::to_string(1 + random.below(5));
    switch (random.below(6)) {
      case 0:
        return attempt(node, CommandKind::create, key,
                       R"({"type":"camera","name":"CAM","outputs":[{"connector":"SDI"}]})");
      case 1:
        return attempt(node, CommandKind::update, key, "{\"h_res\":" + width + "}");
      case 2:
        return attempt(node, CommandKind::update, key,
                       "{\"type\":\"t" + width + "\",\"note\":\"" + width + "\"}");
      case 3:
        return attempt(node, CommandKind::update, key,
                       "{\"outputs\":[{\"connector\":\"C" + width + "\"}]}");
      case 4:
        return attempt(node, CommandKind::remove, key, "{}");
      default:
        return attempt(node, CommandKind::restore, key, "{}");
    }
  }

  void meet() {
    ship_all(cloud, truck);
    ship_all(truck, cloud);
  }
  template <class From, class To>
  void ship_all(From& from, To& to) {
    Chunk chunk{gala, {}, {}};
    from.log
        .read_after(from.store, Position::none,
                    [&](const EventId&, const StoredEvent& stored) {
                      chunk.events.push_back(stored.bytes);
                      return true;
                    })
        .value();
    REQUIRE(to.ingest(chunk).ok());
  }
};

std::string difference_in(LanNode& node) {
  VerifyReport report = verify(node.store, node.engine).value();
  return report.difference.value_or("");
}

void overwrite(Store& store, Space space, const std::string& key,
               std::optional<std::string> value) {
  Batch batch;
  batch.at(space).emplace(key, std::move(value));
  REQUIRE(store.commit(batch, true).ok());
}

std::string row_key(const RecordKey& key) {
  return keys::row(*find_table(key.table), gala, {}, key.id);
}

}  // namespace

TEST_CASE("rows are the same on every node, and the same when they are made again",
          "[projections]") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    INFO("seed " << seed);
    Crew crew(seed);
    auto rows = crew.truck.dump(Space::rows);
    REQUIRE(rows == crew.cloud.dump(Space::rows));
    REQUIRE(difference_in(crew.truck).empty());

    auto state = crew.truck.dump(Space::state);
    auto local = crew.cloud.dump(Space::local);
    RebuildProgress progress = rebuild(crew.truck.store, crew.truck.engine).value();
    REQUIRE(progress.streams_done == 1);
    REQUIRE(crew.truck.dump(Space::rows) == rows);
    REQUIRE(crew.truck.dump(Space::state) == state);
    REQUIRE(rebuild(crew.cloud.store, crew.cloud.engine).ok());
    REQUIRE(crew.cloud.dump(Space::rows) == rows);
  }
}

TEST_CASE("another format or a cut rebuild asks for a rebuild", "[projections]") {
  LanNode node(1, Role::lan);
  REQUIRE(!needs_rebuild(node.store, node.log).value());
  REQUIRE(mark_version(node.store).ok());
  create_gala(node);
  REQUIRE(!needs_rebuild(node.store, node.log).value());
  overwrite(node.store, Space::meta, "derived", "complete 0 0");
  REQUIRE(needs_rebuild(node.store, node.log).value());
  REQUIRE(rebuild(node.store, node.engine).ok());
  REQUIRE(!needs_rebuild(node.store, node.log).value());

  node.store.fail_next_commit(MemoryStore::Fault::fail_after_applying);
  REQUIRE(!rebuild(node.store, node.engine).ok());
  node.store.reopen();
  REQUIRE(needs_rebuild(node.store, node.log).value());
  REQUIRE(rebuild(node.store, node.engine).ok());
  REQUIRE(shown(node, gala_row)["show_name"] == "Gala");
}

TEST_CASE("verify names the stream, the record and the column that differ", "[projections]") {
  LanNode node(1, Role::lan);
  create_gala(node);
  create(node, source(1), R"({"type":"camera","name":"CAM 1"})");
  REQUIRE(difference_in(node).empty());
  std::string key = row_key(source(1));
  std::string good = node.store.get(Space::rows, key).value().value();

  std::string bad = good;
  bad.replace(bad.find("CAM 1"), 5, "CAM 2");
  overwrite(node.store, Space::rows, key, bad);
  std::string difference = difference_in(node);
  INFO(difference);
  REQUIRE(difference.find("sources " + source(1).id.to_string()) != std::string::npos);
  REQUIRE(difference.find(gala.to_string()) != std::string::npos);
  REQUIRE(difference.find("column name is stored as \"CAM 2\" and folds to \"CAM 1\"") !=
          std::string::npos);

  overwrite(node.store, Space::rows, key, std::nullopt);
  REQUIRE(difference_in(node).find("not stored") != std::string::npos);

  overwrite(node.store, Space::rows, key, good);
  overwrite(node.store, Space::rows, row_key(source(9)), good);
  REQUIRE(difference_in(node).find("nothing in the log makes it") != std::string::npos);
}

TEST_CASE("rows are mended in one batch, and only where they are wrong", "[projections]") {
  LanNode node(1, Role::lan);
  create_gala(node);
  create(node, source(1), R"({"type":"camera","name":"CAM 1"})");
  auto rows = node.dump(Space::rows), state = node.dump(Space::state);
  std::string key = row_key(source(1));
  std::string good = node.store.get(Space::rows, key).value().value(), bad = good;
  bad.replace(bad.find("CAM 1"), 5, "CAM 2");
  overwrite(node.store, Space::rows, key, bad);
  overwrite(node.store, Space::rows, row_key(source(9)), good);
  overwrite(node.store, Space::state, state.begin()->first, std::nullopt);

  Overlay overlay(node.store);
  MendReport report = mend(overlay, node.engine).value();
  REQUIRE(report.progress.events == 2);
  REQUIRE(report.mended_keys == 3);
  REQUIRE(difference_in(node) != "");  // nothing shows before the batch is written
  REQUIRE(node.store.commit(overlay.take_batch(), true).ok());
  REQUIRE(node.dump(Space::rows) == rows);
  REQUIRE(node.dump(Space::state) == state);

  Overlay again(node.store);
  REQUIRE(mend(again, node.engine)->mended_keys == 0);
  REQUIRE(again.batch().empty());
}
