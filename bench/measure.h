// What the benches share: time, medians, ratios beside a floor in the same run, and a node without
// a network.
#pragma once

#include "engine/engine.h"
#include "eventlog/log.h"
#include "eventlog/log_writer.h"
#include "eventlog/rocks_store.h"
#include "projections/row_projection.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace genlock::bench {

inline double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

// Runs floor and ours in turn, so that both meet the same machine, and gives the median of each and
// of their ratio.
struct Paired {
  double floor = 0, ours = 0, ratio = 0;
};
inline Paired paired(int rounds, const std::function<double()>& floor,
                     const std::function<double()>& ours) {
  std::vector<double> floors, all, ratios;
  for (int i = 0; i < rounds; ++i) {
    floors.push_back(floor());
    all.push_back(ours());
    ratios.push_back(all.back() / floors.back());
  }
  return {median(floors), median(all), median(ratios)};
}

// A directory that goes when the bench ends.
class ScratchDir {
 public:
  ScratchDir() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "genlock-bench-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~ScratchDir() { std::filesystem::remove_all(path_); }
  ScratchDir(const ScratchDir&) = delete;
  ScratchDir& operator=(const ScratchDir&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

class WallClock : public Clock {
 public:
  UnixMs now() override {
    auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
  }
  bool suspect() const override { return false; }
};

// splitmix64: the workload is the same in every run.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next_u64() override {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t x = state_;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
    return x ^ x >> 31;
  }
  Uuid uuid() { return Uuid::make_v4(*this); }

 private:
  std::uint64_t state_;
};

// A node's storage and engine on disk.
struct Node {
  Node(const std::filesystem::path& path, Role role, std::uint64_t seed)
      : store(RocksStore::open(path).value()),
        random(seed),
        projection(role),
        engine({NodeId{random.uuid()}, OriginId{random.uuid()}, role, "bench"}, log, projection,
               clock, random),
        writer(*store) {}

  std::unique_ptr<RocksStore> store;
  Log log;
  WallClock clock;
  SeededRandom random;
  RowProjection projection;
  Engine engine;
  LogWriter writer;
};

// A production with `source_count` sources of the usual size, written in events of 500 rows.
// Returns the sources.
std::vector<RecordId> make_show(Node& node, StreamId show, std::size_t source_count);
// One edit as a client makes it: another note on a source.
Command edit_of(StreamId show, RecordId source, std::uint64_t n);
// Edits until the show has so many events, each of its own, 500 a batch.
void edit_until(Node& node, StreamId show, const std::vector<RecordId>& sources,
                std::uint64_t events);

}  // namespace genlock::bench
