// Backups of a RocksStore, whatever is in it; of a node with events:
// tests/cli/node_backups_test.cpp.
#include "eventlog/backup_store.h"

#include "catch.h"
#include "eventlog/node_meta.h"
#include "eventlog/restore_backup.h"
#include "eventlog/rocks_store.h"
#include "support/damage.h"
#include "support/seeded_random.h"
#include "support/temp_dir.h"

#include <atomic>
#include <fstream>
#include <thread>

using namespace genlock;
namespace fs = std::filesystem;

namespace {

RocksOptions small() {
  RocksOptions options;
  options.cache_bytes = 8 << 20;
  options.write_buffer_bytes = 4 << 20;
  return options;
}

// A node's store and its backups.
struct Kept {
  Kept() : store(*RocksStore::open(folder.path() / "data", small())) {
    self = *open_identity(*store, random, Role::lan, "Truck 2");
  }

  BackupStore backups() { return *BackupStore::open(folder.path() / "backups", self.node); }
  BackupManifest about() {
    BackupManifest manifest;
    manifest.id = Uuid::make_v7(++now, random);
    manifest.created_ms = now;
    manifest.node = self.node;
    manifest.origin = self.origin;
    manifest.program = "test";
    return manifest;
  }
  Result<BackupManifest> try_back_up() {
    const auto held = store->hold_files();
    REQUIRE(held.ok());
    return backups().add(**held, about(), {});
  }
  BackupManifest back_up() {
    auto made = try_back_up();
    INFO((made.ok() ? "" : made.error().message));
    REQUIRE(made.ok());
    return *std::move(made);
  }
  void put(const std::string& key, const std::string& value) {
    Batch batch;
    batch.at(Space::events)[key] = value;
    batch.at(Space::rows)[key] = value;
    REQUIRE(store->commit(batch, true).ok());
  }
  Result<Identity> restore(const BackupManifest& manifest, const std::string& name) {
    return restore_backup(backups(), manifest, folder.path() / name,
                          folder.path() / (name + ".history"), random, ++now);
  }
  std::string restored_value(const std::string& name, const std::string& key) {
    const auto opened = *RocksStore::open(folder.path() / name, small());
    const auto value = *opened->get(Space::events, key);
    REQUIRE(value == *opened->get(Space::rows, key));
    return value.value_or("");
  }
  fs::path sorted_file(const BackupManifest& manifest) {
    for (const BackedUpFile& file : manifest.files)
      if (file.kept_as.starts_with("files/")) return folder.path() / "backups" / file.kept_as;
    FAIL("no sorted file");
    return {};
  }

  TempDir folder;
  SeededRandom random{1};
  UnixMs now = 1'763'800'000'000;
  std::unique_ptr<RocksStore> store;
  Identity self;
};

}  // namespace

TEST_CASE("a backup restores to what was there when it was taken", "[backup]") {
  Kept kept;
  kept.put("a", "one");
  const BackupManifest first = kept.back_up();
  kept.put("a", "two");
  const BackupManifest second = kept.back_up();
  kept.put("a", "three");
  REQUIRE(kept.restore(first, "first").ok());
  REQUIRE(kept.restore(second, "second").ok());
  REQUIRE(kept.restored_value("first", "a") == "one");
  REQUIRE(kept.restored_value("second", "a") == "two");
}

TEST_CASE("a restored directory begins a new origin of the same node", "[backup]") {
  Kept kept;
  const auto restored = kept.restore(kept.back_up(), "again");
  REQUIRE(restored.ok());
  REQUIRE(restored->node == kept.self.node);
  REQUIRE(restored->origin != kept.self.origin);
  const auto opened = *RocksStore::open(kept.folder.path() / "again", small());
  REQUIRE(*read_identity(*opened) == *restored);
  REQUIRE(closed_origins(*opened)->contains(kept.self.origin));
  REQUIRE(*opened->identity() != *kept.store->identity());
}

TEST_CASE("a backup takes room only for what the one before lacks", "[backup]") {
  Kept kept;
  for (int i = 0; i < 200; ++i) kept.put("key " + std::to_string(i), std::string(5'000, 'x'));
  const auto held = *kept.store->hold_files();  // one for both, lest a compaction comes between
  const BackupManifest first = *kept.backups().add(*held, kept.about(), {});
  const BackupManifest second = *kept.backups().add(*held, kept.about(), {});
  REQUIRE(first.added_bytes == first.size_bytes);
  REQUIRE(second.added_bytes < second.size_bytes);
  const auto listed = *kept.backups().list();
  REQUIRE(listed.size() == 2);
  REQUIRE(listed[0].manifest == second);  // newest first
  REQUIRE(listed[1].manifest == first);
  REQUIRE(listed[0].status == BackupStatus::unverified);
}

TEST_CASE("removing a backup leaves every file that another one needs", "[backup]") {
  Kept kept;
  kept.put("a", "one");
  const BackupManifest first = kept.back_up();
  kept.put("b", "two");
  const BackupManifest second = kept.back_up();
  REQUIRE(kept.backups().remove(first.id).ok());
  REQUIRE(kept.backups().remove(first.id).error().code == ErrorCode::not_found);
  REQUIRE(kept.restore(second, "second").ok());
  REQUIRE(kept.restored_value("second", "a") == "one");
  REQUIRE(kept.backups().remove(second.id).ok());
  REQUIRE(fs::is_empty(kept.folder.path() / "backups" / "files"));
}

TEST_CASE("a damaged file is named, and nothing is restored from it", "[backup]") {
  Kept kept;
  kept.put("a", "one");
  const BackupManifest made = kept.back_up();
  const fs::path file = kept.sorted_file(made);
  test::flip_a_bit(file);
  const auto refused = kept.restore(made, "target");
  REQUIRE(refused.error().code == ErrorCode::corruption);
  REQUIRE(refused.error().message.find(file.filename().string()) != std::string::npos);
  REQUIRE_FALSE(fs::exists(kept.folder.path() / "target"));
  REQUIRE_FALSE(fs::exists(kept.folder.path() / "target.restoring"));
  fs::remove(file);
  REQUIRE(kept.restore(made, "target").error().code == ErrorCode::corruption);
}

TEST_CASE("a restore takes over what a cut one left, and nothing that is somebody else's",
          "[backup]") {
  Kept kept;
  kept.put("a", "one");
  const BackupManifest made = kept.back_up();
  const fs::path draft = kept.folder.path() / "target.restoring";
  fs::create_directories(draft);
  std::ofstream(draft / "notes.txt") << "mine";
  REQUIRE(kept.restore(made, "target").error().code == ErrorCode::exists);
  REQUIRE(fs::exists(draft / "notes.txt"));

  fs::remove(draft / "notes.txt");
  std::ofstream(draft / "restoring") << "";
  std::ofstream(draft / "CURRENT") << "half a na";
  {
    const auto other = FolderLock::take(draft / "restoring", FolderLock::Kind::alone);
    REQUIRE(kept.restore(made, "target").error().code == ErrorCode::conflict);
    REQUIRE(fs::exists(draft / "CURRENT"));
  }
  REQUIRE(kept.restore(made, "target").ok());
  REQUIRE_FALSE(fs::exists(draft));
  REQUIRE_FALSE(fs::exists(kept.folder.path() / "target" / "restoring"));
  REQUIRE(kept.restored_value("target", "a") == "one");
}

TEST_CASE("the next backup mends a file that was found damaged", "[backup]") {
  Kept kept;
  kept.put("a", "one");
  const auto held = *kept.store->hold_files();  // one for both, lest a compaction comes between
  const BackupManifest first = *kept.backups().add(*held, kept.about(), {});
  test::flip_a_bit(kept.sorted_file(first));
  REQUIRE(kept.backups().note_checked(first.id, 7, "a file is\ndamaged").ok());
  const Backup found = *kept.backups().find(first.id);
  REQUIRE(found.status == BackupStatus::damaged);
  REQUIRE(found.verified_ms == 7);
  REQUIRE(found.detail == "a file is damaged");
  const BackupManifest second = *kept.backups().add(*held, kept.about(), {});
  REQUIRE(kept.restore(second, "second").ok());
  REQUIRE(kept.restore(first, "first").ok());  // they share it
  REQUIRE(kept.backups().note_checked(first.id, 8, std::nullopt).ok());
  REQUIRE(kept.backups().find(first.id)->status == BackupStatus::ok);
}

TEST_CASE("damage of the data directory is noticed by its next backup", "[backup]") {
  Kept kept;
  kept.put("a", "one");
  const auto held = *kept.store->hold_files();
  for (const HeldFile& file : held->files())
    if (file.is_sorted) test::flip_a_bit(file.path);
  const auto refused = kept.backups().add(*held, kept.about(), {});
  REQUIRE(refused.error().code == ErrorCode::corruption);
  REQUIRE(kept.backups().list()->empty());
  REQUIRE(fs::is_empty(kept.folder.path() / "backups" / "files"));
}

TEST_CASE("nothing is restored over what is there", "[backup]") {
  Kept kept;
  const BackupManifest made = kept.back_up();
  fs::create_directories(kept.folder.path() / "empty");
  REQUIRE(kept.restore(made, "empty").ok());
  REQUIRE(kept.restore(made, "empty").error().code == ErrorCode::exists);
  REQUIRE(kept.restore(made, "data").error().code == ErrorCode::exists);
}

TEST_CASE("two nodes can't share a backup directory", "[backup]") {
  Kept kept;
  kept.back_up();
  const NodeId other{Uuid::make_v4(kept.random)};
  const auto refused = BackupStore::open(kept.folder.path() / "backups", other);
  REQUIRE(refused.error().code == ErrorCode::precondition);
  REQUIRE(refused.error().message.find("another node") != std::string::npos);
  REQUIRE(BackupStore::open_existing(kept.folder.path()).error().code == ErrorCode::not_found);
}

TEST_CASE("a place that can't be a directory is refused with its name", "[backup]") {
  Kept kept;
  std::ofstream(kept.folder.path() / "file") << "x";
  const auto refused = BackupStore::open(kept.folder.path() / "file" / "backups", kept.self.node);
  REQUIRE(refused.error().code == ErrorCode::precondition);
  REQUIRE(refused.error().message.find("file") != std::string::npos);
}

TEST_CASE("one works on the backups at a time", "[backup]") {
  Kept kept;
  const BackupManifest made = kept.back_up();
  const auto held = *kept.store->hold_files();
  BackupStore other = kept.backups();
  kept.put("a", "one");
  bool tried = false;
  const auto added = kept.backups().add(*held, kept.about(), [&](std::uint64_t, std::uint64_t) {
    if (!tried) REQUIRE(other.remove(made.id).error().code == ErrorCode::conflict);
    tried = true;
    return true;
  });
  REQUIRE(added.ok());
  REQUIRE(tried);
}

TEST_CASE("a backup that is broken off leaves nothing", "[backup]") {
  Kept kept;
  kept.put("a", "one");
  {
    const auto held = *kept.store->hold_files();
    const auto cut =
        kept.backups().add(*held, kept.about(), [](std::uint64_t, std::uint64_t) { return false; });
    REQUIRE(cut.error().code == ErrorCode::unavailable);
  }
  REQUIRE(kept.backups().list()->empty());
  REQUIRE(fs::is_empty(kept.folder.path() / "backups" / "files"));
  kept.back_up();
}

TEST_CASE("what a killed backup left is cleared away, and is no backup", "[backup]") {
  Kept kept;
  kept.put("a", "one");
  const BackupManifest made = kept.back_up();
  const fs::path place = kept.folder.path() / "backups";
  const fs::path half = place / Uuid::make_v4(kept.random).to_string();
  fs::create_directories(half);
  std::ofstream(half / "CURRENT") << "MANIFEST-000001\n";
  std::ofstream(place / "files" / "000009-1-00000000.sst.new") << "x";
  REQUIRE(kept.backups().list()->size() == 1);
  const BackupManifest second = kept.back_up();
  REQUIRE(kept.backups().remove(made.id).ok());
  REQUIRE_FALSE(fs::exists(half));
  REQUIRE_FALSE(fs::exists(place / "files" / "000009-1-00000000.sst.new"));
  REQUIRE(kept.restore(second, "second").ok());
}

TEST_CASE("a backup under writes is of one moment: all before it, none after", "[backup]") {
  Kept kept;
  std::atomic<bool> stop{false};
  std::atomic<int> written{0};
  // Each batch says its number in two spaces, and how it grew.
  std::thread writer([&] {
    for (int i = 1; !stop; ++i) {
      Batch batch;
      batch.at(Space::events)["n" + std::to_string(i)] = std::string(300, 'e');
      batch.at(Space::rows)["last"] = std::to_string(i);
      if (!kept.store->commit(batch, true).ok()) return;
      written = i;
    }
  });
  std::vector<std::pair<int, BackupManifest>> made;
  for (int i = 0; i < 4; ++i) {
    while (written < 40 * (i + 1)) std::this_thread::yield();
    const int before = written;
    auto manifest = kept.try_back_up();
    if (manifest.ok()) made.emplace_back(before, *std::move(manifest));
  }
  stop = true;
  writer.join();
  REQUIRE(made.size() == 4);
  for (const auto& [before, manifest] : made) {
    const std::string name = "restored " + std::to_string(before);
    REQUIRE(kept.restore(manifest, name).ok());
    const auto opened = *RocksStore::open(kept.folder.path() / name, small());
    const int last = std::stoi((*opened->get(Space::rows, "last")).value());
    REQUIRE(last >= before);
    int found = 0;
    REQUIRE(opened
                ->scan_prefix(Space::events, "n",
                              [&](std::string_view key, std::string_view) {
                                found += std::stoi(std::string(key.substr(1))) <= last;
                                return true;
                              })
                .ok());
    REQUIRE(found == last);
  }
}
