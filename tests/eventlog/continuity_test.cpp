#include "eventlog/continuity.h"

#include "catch.h"
#include "eventlog/memory_store.h"
#include "eventlog/node_meta.h"
#include "eventlog/witness.h"
#include "support/literals.h"
#include "support/seeded_random.h"
#include "support/temp_dir.h"

#include <filesystem>
#include <fstream>

using namespace genlock;

namespace {

ChainHash hash_of(std::uint8_t n) {
  ChainHash hash{};
  hash[0] = n;
  return hash;
}

Continuity clean_restart() {
  Continuity facts;
  facts.database_then = facts.database_now = "database 1";
  facts.place_then = facts.place_now = "machine 1, file 7";
  facts.witness = Witness{Alice, Position{40}, hash_of(4)};
  facts.last = Position{42};  // the witness may be a second old
  facts.hash = hash_of(4);
  return facts;
}

TEST_CASE("a clean restart, and a directory of before, go on under their origin", "[continuity]") {
  REQUIRE(!broken_continuity(clean_restart()));
  REQUIRE(!broken_continuity(Continuity{}));
  Continuity facts = clean_restart();
  facts.place_now = facts.database_now = "";  // what can't be told proves nothing
  REQUIRE(!broken_continuity(facts));
  facts.witness.reset();
  REQUIRE(!broken_continuity(facts));
}

TEST_CASE("a lost tail, another database and a copy each begin a new origin", "[continuity]") {
  Continuity lost = clean_restart();
  lost.last = Position{37};
  lost.hash.reset();
  REQUIRE(broken_continuity(lost)->reason == NoticeKind::lost_tail);
  REQUIRE(broken_continuity(lost)->events == 3);

  Continuity torn = clean_restart();
  torn.was_torn = true;
  REQUIRE(broken_continuity(torn)->reason == NoticeKind::lost_tail);

  Continuity other = clean_restart();
  other.hash = hash_of(5);
  REQUIRE(broken_continuity(other)->reason == NoticeKind::replaced);

  Continuity restored = clean_restart();
  restored.database_now = "database 2";
  REQUIRE(broken_continuity(restored)->reason == NoticeKind::replaced);

  Continuity copied = clean_restart();
  copied.place_now = "machine 1, file 8";
  REQUIRE(broken_continuity(copied)->reason == NoticeKind::copied);
}

TEST_CASE("a witness is read as it was written, and damage is none", "[continuity]") {
  TempDir dir;
  REQUIRE(!read_witness(dir.path()));
  const Witness witness{Alice, Position{1'234}, hash_of(0xfe)};
  REQUIRE(write_witness(dir.path(), witness).ok());
  REQUIRE(read_witness(dir.path()) == witness);
  std::ofstream(dir.path() / "HEAD") << "nonsense 12 ff\n";
  REQUIRE(!read_witness(dir.path()));
  REQUIRE(write_witness(dir.path() / "missing", witness).error().code == ErrorCode::unavailable);
}

TEST_CASE("a copied directory stands in another place", "[continuity]") {
  TempDir dir;
  std::filesystem::create_directories(dir.path() / "node");
  const std::string place = place_of(dir.path() / "node");
  REQUIRE(!place.empty());
  REQUIRE(place_of(dir.path() / "node") == place);
  std::filesystem::rename(dir.path() / "node", dir.path() / "moved");
  REQUIRE(place_of(dir.path() / "moved") == place);  // the same files, under another name
  std::filesystem::copy(dir.path() / "moved", dir.path() / "copy");
  REQUIRE(place_of(dir.path() / "copy") != place);
}

TEST_CASE("one new origin is begun for what broke, not one at each start", "[continuity]") {
  TempDir dir;
  MemoryStore store;
  SeededRandom random(1);
  const Identity made = *open_identity(store, random, Role::lan, "Truck");
  const auto open = [&](const std::string& database) {
    return *keep_continuity(dir.path(), store, database, random, 1'000);
  };
  REQUIRE(open("database 1").identity.origin == made.origin);
  REQUIRE(open("database 1").identity.origin == made.origin);
  const Reopened restored = open("database 2");
  REQUIRE(restored.renewed->reason == NoticeKind::replaced);
  REQUIRE(restored.identity.origin != made.origin);
  REQUIRE(restored.identity.node == made.node);
  REQUIRE(open("database 2").identity.origin == restored.identity.origin);

  REQUIRE(write_witness(dir.path(), {made.origin, Position{9}, hash_of(1)}).ok());
  const Reopened lost = open("database 2");
  REQUIRE(lost.renewed->reason == NoticeKind::lost_tail);
  REQUIRE(open("database 2").identity.origin == lost.identity.origin);
  REQUIRE(notices(store)->size() == 2);
}

}  // namespace
