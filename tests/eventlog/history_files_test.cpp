// A folder of history files beside a log that was compacted: what is put back, and what is noticed.
#include "eventlog/history_files.h"

#include "catch.h"
#include "engine/compaction.h"
#include "engine/event_codec.h"
#include "properties/worlds.h"
#include "support/compacting.h"
#include "support/temp_dir.h"

#include <fstream>

using namespace genlock;
using namespace genlock::test;

namespace {

namespace fs = std::filesystem;

// A show with `edits` edits of one cell, and its log as it was.
struct Edited {
  explicit Edited(std::uint8_t edits = 20) {
    Operation made;
    made.kind = OperationKind::create;
    made.table = table::productions;
    made.record = RecordId{show.uuid};
    node.write(show, {made});
    for (std::uint8_t n = 0; n < edits; ++n) edit(n);
  }
  void edit(std::uint8_t n) {
    const Table& productions = *find_table(table::productions);
    Operation set;
    set.table = productions.id;
    set.record = RecordId{show.uuid};
    set.group = productions.groups[0].id;
    set.values = some_values(productions, productions.groups[0], n);
    node.write(show, {set});
  }
  KeepDropped keeper() {
    return [this](StreamId stream, const std::vector<DroppedEvent>& events) {
      return files.keep(stream, events);
    };
  }
  std::uint64_t compact() { return test::compact(node, show, node.head(show).vector(), keeper()); }
  // Chain values of all events, through the files.
  Result<std::vector<ChainHash>> chain() {
    TRY_ASSIGN(const auto whole, files.whole(node.store, show));
    std::vector<ChainHash> chain;
    for (const auto& [origin, head] : node.head(show).origins)
      TRY(node.log.read_range(*whole, show, {origin, Sequence{1}, head.last},
                              [&](const EventId&, const StoredEvent& stored) {
                                chain.push_back(stored.chain);
                                return true;
                              }));
    return chain;
  }
  std::vector<fs::path> paths() const {
    std::vector<fs::path> all;
    if (fs::exists(folder))
      for (const auto& entry : fs::directory_iterator(folder)) all.push_back(entry.path());
    std::ranges::sort(all);
    return all;
  }

  Replica node{1, Role::lan};
  TempDir place;
  fs::path folder = place.path() / "history" / "data";
  HistoryFiles files{folder};
};

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

TEST_CASE("what compaction drops comes back, over several compactions", "[history]") {
  Edited crew;
  const auto before = crew.chain().value();
  REQUIRE(before.size() == 21);
  REQUIRE(crew.paths().empty());  // nothing was compacted: no folder, no file
  REQUIRE(crew.compact() >= 18);
  REQUIRE(crew.paths().size() == 1);
  REQUIRE(crew.chain().value() == before);
  for (std::uint8_t n = 0; n < 10; ++n) crew.edit(n);
  REQUIRE(crew.compact() >= 9);
  REQUIRE(crew.paths().size() == 2);
  REQUIRE(crew.files.list(show).value().size() == 2);
  const auto after = crew.chain().value();
  REQUIRE(after.size() == 31);
  REQUIRE(std::equal(before.begin(), before.end(), after.begin()));
  REQUIRE(crew.chain().value() == after);  // from what was put together before
  REQUIRE(crew.files.list(library_stream).value().empty());
}

TEST_CASE("a crash between the files and the drop does no harm", "[history]") {
  Edited crew;
  const auto before = crew.chain().value();
  const VersionVector cut = crew.node.head(show).vector();
  for (int crash = 0; crash < 2; ++crash) {
    Compaction cut_short(crew.node.log,
                         plan_compaction(crew.node.store, crew.node.log, show, cut).value());
    for (;;) {
      cut_short.keep_next(crew.node.store, crew.keeper()).value();
      Overlay overlay(crew.node.store);
      cut_short.step(overlay).value();
      if (cut_short.dropped_count() > 0) break;  // the power goes
      crew.node.store.commit(overlay.take_batch(), true).value();
    }
    REQUIRE(crew.paths().size() == 1);
    REQUIRE(crew.chain().value() == before);
  }
  crew.edit(3);
  REQUIRE(crew.compact() >= 19);  // a larger cut: some events are in two files
  REQUIRE(crew.paths().size() == 2);
  REQUIRE(crew.chain().value().size() == before.size() + 1);
}

TEST_CASE("what was put together is right while the rest is dropped", "[history]") {
  Edited crew;
  const auto before = crew.chain().value();
  const VersionVector cut = crew.node.head(show).vector();
  Compaction compaction(crew.node.log,
                        plan_compaction(crew.node.store, crew.node.log, show, cut).value());
  for (bool has_more = true; has_more;) {
    compaction.keep_next(crew.node.store, crew.keeper()).value();
    REQUIRE(crew.chain().value() == before);
    Overlay overlay(crew.node.store);
    has_more = compaction.step(overlay).value();
    crew.node.store.commit(overlay.take_batch(), true).value();
    REQUIRE(crew.chain().value() == before);
  }
}

TEST_CASE("a missing file is said by the first event that lacks", "[history]") {
  Edited crew;
  const EventId first{show, {crew.node.engine.identity().origin, Sequence{2}}};
  crew.compact();
  fs::remove(crew.paths().front());
  const auto lacking = crew.chain();
  REQUIRE(lacking.error().code == ErrorCode::compacted);
  REQUIRE(lacking.error().message.find(first.to_string()) != std::string::npos);
  fs::remove_all(crew.folder);
  REQUIRE(crew.chain().error().code == ErrorCode::compacted);
}

TEST_CASE("a damaged file is named, and so is a file under another name", "[history]") {
  Edited crew;
  crew.compact();
  const fs::path path = crew.paths().front();
  const std::string bytes = text_of(path);
  std::string changed = bytes;
  changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
  write(path, changed);
  REQUIRE(crew.chain().error().code == ErrorCode::corruption);
  REQUIRE(crew.chain().error().message.find(path.filename().string()) != std::string::npos);
  auto name = HistoryFileName::parse(path.filename().string()).value();
  name.range.last = next(name.range.last);
  fs::remove(path);
  write(crew.folder / name.to_string(), bytes);
  REQUIRE(crew.chain().error().code == ErrorCode::corruption);
  REQUIRE(crew.chain().error().message.find("than its name says") != std::string::npos);
}

TEST_CASE("another history of the same names is not believed", "[history]") {
  Edited crew;
  crew.compact();
  const fs::path path = crew.paths().front();
  HistoryFile file = decode_history(text_of(path)).value();
  Event event = decode(file.events[4].bytes).value();
  event.by.user = "somebody else";
  file.events[4].bytes = encode(event).value();
  const EncodedHistory forged = encode(file).value();
  fs::remove(path);
  write(crew.folder / forged.name.to_string(), forged.bytes);
  const auto refused = crew.chain();
  REQUIRE(refused.error().code == ErrorCode::corruption);
  REQUIRE(refused.error().message.find("do not fit the log") != std::string::npos);
}

TEST_CASE("files of another node, and what is no history file, do no harm", "[history]") {
  Edited crew;
  const auto before = crew.chain().value();
  crew.compact();
  write(crew.folder / "README", "history of the truck");
  write(crew.folder / (crew.paths().front().filename().string() + ".new"), "half");
  HistoryFiles elsewhere(crew.place.path() / "other");
  const HistoryFile file = decode_history(text_of(crew.paths().front())).value();
  std::vector<DroppedEvent> later = file.events;
  for (DroppedEvent& event : later) event.position = Position{number(event.position) + 1'000};
  elsewhere.keep(show, later).value();
  for (const auto& entry : fs::directory_iterator(crew.place.path() / "other"))
    fs::copy(entry.path(), crew.folder);
  REQUIRE(crew.files.list(show).value().size() == 2);
  REQUIRE(crew.chain().value() == before);
}

TEST_CASE("what can't be kept is not dropped", "[history]") {
  Edited crew;
  const auto count = [&] {
    std::size_t n = 0;
    for (const auto& [key, value] : crew.node.dump(Space::events)) n += key.front() == 'e';
    return n;
  };
  write(crew.place.path() / "history", "a file where a folder should be");
  const VersionVector cut = crew.node.head(show).vector();
  Compaction compaction(crew.node.log,
                        plan_compaction(crew.node.store, crew.node.log, show, cut).value());
  Result<void> kept;
  for (bool has_more = true; has_more && kept.ok();) {
    kept = compaction.keep_next(crew.node.store, crew.keeper());
    if (!kept.ok()) break;
    Overlay overlay(crew.node.store);
    has_more = compaction.step(overlay).value();
    crew.node.store.commit(overlay.take_batch(), true).value();
  }
  REQUIRE_FALSE(kept.ok());
  REQUIRE(kept.error().code == ErrorCode::precondition);
  REQUIRE(count() == 21);
  fs::remove(crew.place.path() / "history");
  REQUIRE(crew.compact() >= 18);
  REQUIRE(crew.chain().value().size() == 21);
}

TEST_CASE("more than may be in memory at once is refused", "[history]") {
  Edited crew;
  crew.compact();
  HistoryFiles small(crew.folder, 1'000);
  REQUIRE(small.whole(crew.node.store, show).error().code == ErrorCode::too_large);
}
