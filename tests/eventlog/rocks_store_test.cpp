#include "eventlog/rocks_store.h"

#include "catch.h"
#include "eventlog/log.h"
#include "eventlog/store_format.h"
#include "support/events.h"
#include "support/temp_dir.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace genlock;
using namespace genlock::literals;
namespace fs = std::filesystem;

namespace {

constexpr StreamId show = stream_of(1);

std::unique_ptr<RocksStore> open(const fs::path& path) {
  auto store = RocksStore::open(path);
  INFO((store.ok() ? std::string() : store.error().message));
  REQUIRE(store.ok());
  return std::move(store).value();
}

void put(Store& store, const std::string& key, const std::string& value) {
  Batch batch;
  batch.at(Space::rows)[key] = value;
  REQUIRE(store.commit(batch, true).ok());
}

// Events 1..count of Alice, each acknowledged as durable.
void append_events(Store& store, std::uint64_t count) {
  const Log log;
  for (std::uint64_t i = 1; i <= count; ++i) {
    Overlay overlay(store);
    Appends appends = *log.begin(overlay, show);
    const Event event = make_edit(show, Alice, i);
    log.append(overlay, appends, event, *encode(event), 0);
    log.finish(overlay, appends);
    REQUIRE(store.commit(overlay.batch(), true).ok());
  }
}

// The data directory as a crash of its process leaves it: copied while it is open.
void copy_alive(const fs::path& from, const fs::path& to) {
  fs::copy(from, to, fs::copy_options::recursive);
  fs::remove(to / "LOCK");
}

fs::path log_file(const fs::path& directory) {
  fs::path largest;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() != ".log") continue;
    if (largest.empty() || entry.file_size() > fs::file_size(largest)) largest = entry.path();
  }
  REQUIRE_FALSE(largest.empty());
  return largest;
}

void flip_bit(const fs::path& path, std::uintmax_t place) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(place));
  const char byte = static_cast<char>(file.get() ^ 1);
  file.seekp(static_cast<std::streamoff>(place));
  file.put(byte);
}

}  // namespace

TEST_CASE("a directory in use is refused by name", "[rocks]") {
  TempDir dir;
  const auto store = open(dir.path() / "data");
  const auto second = RocksStore::open(dir.path() / "data");
  REQUIRE(second.error().code == ErrorCode::unavailable);
  REQUIRE(second.error().message.find((dir.path() / "data").string()) != std::string::npos);
  REQUIRE(second.error().message.find("in use") != std::string::npos);
}

TEST_CASE("one may look at a directory in use, but not write to it", "[rocks]") {
  TempDir dir;
  const auto store = open(dir.path());
  put(*store, "key", "1");
  const auto view = RocksStore::open_read_only(dir.path());
  REQUIRE(view.ok());
  REQUIRE(**(*view)->get(Space::rows, "key") == "1");
  Batch batch;
  batch.at(Space::rows)["key"] = "2";
  REQUIRE((*view)->commit(batch, true).error().code == ErrorCode::unavailable);
  REQUIRE(**store->get(Space::rows, "key") == "1");
}

TEST_CASE("looking at a directory that is not there makes none", "[rocks]") {
  TempDir dir;
  REQUIRE(RocksStore::open_read_only(dir.path() / "none").error().code == ErrorCode::not_found);
  RocksOptions options;
  options.create_if_missing = false;
  REQUIRE(RocksStore::open(dir.path() / "none", options).error().code == ErrorCode::not_found);
}

TEST_CASE("a directory of a newer format is refused", "[rocks]") {
  TempDir dir;
  Batch batch;
  batch.at(Space::meta)["format"] = std::to_string(store_format + 1);
  REQUIRE(open(dir.path())->commit(batch, true).ok());
  for (const auto& opened :
       {RocksStore::open(dir.path()).error(), RocksStore::open_read_only(dir.path()).error()}) {
    REQUIRE(opened.code == ErrorCode::unsupported);
    REQUIRE(opened.message.find("newer genlock") != std::string::npos);
  }
}

TEST_CASE("a directory that lost its format version is refused", "[rocks]") {
  TempDir dir;
  {
    const auto store = open(dir.path());
    append_events(*store, 1);
    Batch batch;
    batch.at(Space::meta)["format"] = std::nullopt;
    REQUIRE(store->commit(batch, true).ok());
  }
  REQUIRE(RocksStore::open(dir.path()).error().code == ErrorCode::corruption);
}

TEST_CASE("after a crash every acknowledged event is there", "[rocks][crash]") {
  TempDir dir;
  const auto store = open(dir.path() / "alive");
  append_events(*store, 50);
  copy_alive(dir.path() / "alive", dir.path() / "crashed");
  const auto recovered = open(dir.path() / "crashed");
  REQUIRE(Log().head(*recovered, show)->vector() == "a:50"_vv);
  REQUIRE(Log().read(*recovered, {show, {Alice, 50_seq}}).ok());
}

TEST_CASE("a torn end of the write-ahead log is a write that nobody was promised",
          "[rocks][crash]") {
  TempDir dir;
  const auto store = open(dir.path() / "alive");
  append_events(*store, 50);
  copy_alive(dir.path() / "alive", dir.path() / "crashed");
  const auto log = log_file(dir.path() / "crashed");
  fs::resize_file(log, fs::file_size(log) - 37);
  REQUIRE(Log().head(*open(dir.path() / "crashed"), show)->vector() == "a:49"_vv);
}

TEST_CASE("a bit flipped inside the write-ahead log is refused, and no event is dropped silently",
          "[rocks][crash][corruption]") {
  TempDir dir;
  const auto store = open(dir.path() / "alive");
  append_events(*store, 50);
  copy_alive(dir.path() / "alive", dir.path() / "crashed");
  const auto log = log_file(dir.path() / "crashed");
  flip_bit(log, fs::file_size(log) / 2);
  const auto opened = RocksStore::open(dir.path() / "crashed");
  REQUIRE(opened.error().code == ErrorCode::corruption);
  REQUIRE(opened.error().message.find("is damaged") != std::string::npos);
}

TEST_CASE("a bit flipped in a sorted file is noticed when reading and when verifying",
          "[rocks][corruption]") {
  TempDir dir;
  {
    const auto store = open(dir.path());
    append_events(*store, 50);
    REQUIRE(store->flush().ok());
    REQUIRE(store->verify_files().ok());
  }
  fs::path largest;
  for (const auto& entry : fs::directory_iterator(dir.path())) {
    if (entry.path().extension() != ".sst") continue;
    if (largest.empty() || entry.file_size() > fs::file_size(largest)) largest = entry.path();
  }
  flip_bit(largest, 100);
  const auto store = open(dir.path());
  REQUIRE(store->verify_files().error().code == ErrorCode::corruption);
  std::size_t seen = 0;
  const auto read = store->scan(Space::events, "", "", [&](auto, auto) { return ++seen > 0; });
  REQUIRE(read.error().code == ErrorCode::corruption);
}

TEST_CASE("a copied directory has the identity of the first", "[rocks]") {
  TempDir dir;
  const auto store = open(dir.path() / "one");
  copy_alive(dir.path() / "one", dir.path() / "copy");
  REQUIRE(*open(dir.path() / "copy")->identity() == *store->identity());
  REQUIRE(*open(dir.path() / "other")->identity() != *store->identity());
}

TEST_CASE("a store knows its sizes, in memory and on disk", "[rocks]") {
  TempDir dir;
  auto store = open(dir.path());
  put(*store, "a", std::string(100'000, 'x'));
  const StoreMeasures before = store->measure();
  REQUIRE(before.spaces.size() == space_count);
  const auto of_rows = [](const StoreMeasures& measures) {
    return *std::ranges::find(measures.spaces, std::string("rows"),
                              [](const auto& space) { return std::string(space.name); });
  };
  REQUIRE(of_rows(before).memory_bytes >= 100'000);
  REQUIRE(of_rows(before).disk_bytes == 0);
  REQUIRE(of_rows(before).estimated_keys == 1);
  REQUIRE(before.log_bytes >= 100'000);
  REQUIRE(!before.stalled);
  REQUIRE(before.background_errors == 0);
  REQUIRE(store->flush().ok());
  REQUIRE(of_rows(store->measure()).disk_bytes > 0);
}
