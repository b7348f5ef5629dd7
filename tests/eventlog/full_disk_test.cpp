// A full disk: writes stop, reads go on, and writes go on when there is room, in the same process.
#include "catch.h"
#include "eventlog/log.h"
#include "eventlog/log_writer.h"
#include "eventlog/rocks_store.h"
#include "support/temp_dir.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

using namespace genlock;
namespace fs = std::filesystem;

namespace {

constexpr const char* small_disk_variable = "GENLOCK_SMALL_DISK";

std::unique_ptr<RocksStore> open(const fs::path& path, const RocksOptions& options) {
  auto store = RocksStore::open(path, options);
  INFO((store.ok() ? std::string() : store.error().message));
  REQUIRE(store.ok());
  return std::move(store).value();
}

Result<void> put(LogWriter& writer, const std::string& key, const std::string& value) {
  return writer.run([&](Overlay& overlay) -> Result<void> {
    overlay.put(Space::rows, key, value);
    return {};
  });
}

bool has(const RocksStore& store, const std::string& key) {
  return store.get(Space::rows, key).value().has_value();
}

// "00000012"
std::string key_of(std::size_t n) {
  const std::string digits = std::to_string(n);
  return std::string(8 - digits.size(), '0') + digits;
}

// Bytes that do not compress.
std::string noise(std::size_t bytes) {
  std::string text(bytes, '\0');
  std::uint64_t x = 88172645463325252U;
  for (char& c : text) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    c = static_cast<char>(x);
  }
  return text;
}

}  // namespace

TEST_CASE("below the reserve no write begins, and above it they go on", "[rocks][disk]") {
  TempDir dir;
  std::atomic<std::uint64_t> free_bytes{1 << 30};
  RocksOptions options;
  options.reserve_bytes = 1 << 20;
  options.free_bytes = [&] { return free_bytes.load(); };
  auto store = open(dir.path(), options);
  LogWriter writer(*store);
  REQUIRE(put(writer, "a", "1").ok());

  free_bytes = (1 << 20) - 1;
  REQUIRE(put(writer, "b", "2").error().code == ErrorCode::unavailable);
  REQUIRE(store->is_full());
  REQUIRE(store->refuses_writes());
  REQUIRE(has(*store, "a"));
  REQUIRE_FALSE(has(*store, "b"));

  free_bytes = 1 << 20;  // not enough: it would stop again at once
  REQUIRE(store->resume().value() == false);
  free_bytes = 2 << 20;
  REQUIRE_FALSE(put(writer, "b", "2").ok());
  REQUIRE(store->resume().value());
  writer.reopen();
  REQUIRE_FALSE(store->is_full());
  REQUIRE(put(writer, "b", "2").ok());
  store.reset();
  store = open(dir.path(), options);
  REQUIRE(has(*store, "b"));
}

TEST_CASE("a directory that is only looked at is not taken for full", "[rocks][disk]") {
  TempDir dir;
  open(dir.path(), {});
  RocksOptions options;
  options.free_bytes = [] { return std::uint64_t{0}; };
  auto view = RocksStore::open_read_only(dir.path(), options);
  REQUIRE(view.ok());
  Batch batch;
  batch.at(Space::rows)["b"] = "2";
  REQUIRE_FALSE((*view)->commit(batch, true).ok());
  REQUIRE_FALSE((*view)->is_full());
}

namespace {

// Leaves `left_bytes` of the disk.
void fill(const fs::path& filler, std::uint64_t left_bytes) {
  std::ofstream file(filler, std::ios::binary);
  const std::uint64_t room = fs::space(filler.parent_path()).available;
  const std::string page = noise(4'096);
  for (std::uint64_t bytes = left_bytes; bytes < room; bytes += page.size())
    file.write(page.data(), static_cast<std::streamsize>(page.size()));
}

// RocksDB may be resuming by itself: it looks every five seconds.
bool resumes_soon(RocksStore& store) {
  for (int tries = 0; tries < 200; ++tries) {
    if (store.resume().value()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

}  // namespace

// These run inside a small file system of their own, started by the last test.
TEST_CASE("the reserve of a small disk", "[.small-disk]") {
  const fs::path disk = std::getenv(small_disk_variable), filler = disk / "filler";
  RocksOptions options;
  options.reserve_bytes = 4 << 20;
  options.write_buffer_bytes = 2 << 20;
  options.log_bytes = 4 << 20;
  auto store = open(disk / "reserve", options);
  std::vector<bool> written;
  const std::string value = noise(20'000);
  {
    LogWriter writer(*store);
    const auto write = [&] {
      written.push_back(put(writer, key_of(written.size()), value).ok());
      return written.back();
    };
    for (int round = 0; round < 3; ++round) {
      REQUIRE(write());
      fill(filler, 6 << 20);
      while (written.size() < 4'000 && write()) {
      }
      REQUIRE(store->is_full());
      REQUIRE(has(*store, key_of(0)));
      REQUIRE_FALSE(write());
      REQUIRE(store->resume().value() == false);
      fs::remove(filler);
      REQUIRE(store->resume().value());
      writer.reopen();
    }
  }
  // What was acknowledged is there, what was refused is not; now, and when it is opened anew.
  for (int opened = 0; opened < 2; ++opened) {
    for (std::size_t n = 0; n < written.size(); ++n) {
      INFO("opened " << opened << " times, key " << n);
      REQUIRE(has(*store, key_of(n)) == written[n]);
    }
    store.reset();
    store = open(disk / "reserve", options);
  }
  REQUIRE(store->verify_files().ok());
}

TEST_CASE("the end of a small disk, within a flush", "[.small-disk]") {
  const fs::path disk = std::getenv(small_disk_variable), filler = disk / "filler";
  RocksOptions options;
  options.reserve_bytes = 0;
  options.write_buffer_bytes = 2 << 20;
  options.log_bytes = 4 << 20;
  auto store = open(disk / "flush", options);
  std::size_t count = 0;
  {
    LogWriter writer(*store);
    // RocksDB may give back a log it is done with after the disk was filled: then once more.
    for (int tries = 0; tries < 20 && !store->is_full(); ++tries) {
      fs::remove(filler);
      for (std::size_t end = count + 50; count < end; ++count)
        REQUIRE(put(writer, key_of(count), noise(20'000)).ok());
      fill(filler, 0);
      const bool is_flushed = store->flush().ok();
      REQUIRE(is_flushed != store->is_full());
    }
    REQUIRE(store->is_full());
    REQUIRE(has(*store, key_of(count - 1)));
    REQUIRE_FALSE(put(writer, "refused", "1").ok());
    fs::remove(filler);
    REQUIRE(resumes_soon(*store));
    writer.reopen();
    REQUIRE(put(writer, key_of(count), "1").ok());
  }
  store.reset();
  store = open(disk / "flush", options);
  for (std::size_t n = 0; n <= count; ++n) REQUIRE(has(*store, key_of(n)));
  REQUIRE_FALSE(has(*store, "refused"));
}

TEST_CASE("the end of a small disk, within a write", "[.small-disk]") {
  const fs::path disk = std::getenv(small_disk_variable), filler = disk / "filler";
  RocksOptions options;
  options.reserve_bytes = 0;
  options.write_buffer_bytes = 2 << 20;
  options.log_bytes = 4 << 20;
  auto store = open(disk / "write", options);
  std::size_t count = 0;
  {
    LogWriter writer(*store);
    REQUIRE(put(writer, key_of(count++), "1").ok());
    fill(filler, 0);
    while (put(writer, key_of(count), noise(20'000)).ok()) REQUIRE(++count < 4'000);
    REQUIRE(store->is_full());
    fs::remove(filler);
    REQUIRE(has(*store, key_of(count - 1)));
    REQUIRE(resumes_soon(*store));
    writer.reopen();
    REQUIRE_FALSE(has(*store, key_of(count)));
    REQUIRE(put(writer, "after", "1").ok());
  }
  store.reset();
  store = open(disk / "write", options);
  for (std::size_t n = 0; n < count; ++n) REQUIRE(has(*store, key_of(n)));
  REQUIRE_FALSE(has(*store, key_of(count)));
  REQUIRE(has(*store, "after"));
}

TEST_CASE("RocksDB comes through the end of a real disk, again and again", "[rocks][disk]") {
  TempDir dir;
  const std::string inside = "mount -t tmpfs -o size=24m none '" + dir.path().string() + "'";
  const auto in_namespace = [&](const std::string& script) {
    return std::system(("unshare --user --map-root-user --mount sh -c \"" + script + "\"").c_str());
  };
  if (in_namespace(inside + " 2>/dev/null") != 0) {
    WARN("no file system can be mounted here: the end of a real disk was not tried");
    return;
  }
  const std::string self = fs::read_symlink("/proc/self/exe").string();
  REQUIRE(in_namespace(inside + " && " + small_disk_variable + "='" + dir.path().string() + "' '" +
                       self + "' '[.small-disk]' >'" + dir.path().string() + "/log' || { cat '" +
                       dir.path().string() + "/log'; exit 1; }") == 0);
}
