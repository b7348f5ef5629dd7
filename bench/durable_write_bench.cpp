// Durable writes of one edit (event, rows and indexes in one synced batch) by 1, 8 and 64 writers,
// beside as many writers that put the same number of bytes into a bare RocksDB, each put synced,
// with RocksDB's own group commit.
#include "measure.h"

#include <rocksdb/db.h>

#include <atomic>
#include <thread>

namespace genlock::bench {
namespace {

constexpr double seconds = 2.0;
constexpr int rounds = 5;

// Operations a second of `threads` that each do `one(i)` for `seconds`.
double rate(int threads, const std::function<void(std::uint64_t)>& one) {
  std::atomic<std::uint64_t> next{0};
  double start = now_s(), end = start + seconds;
  std::vector<std::thread> pool;
  for (int t = 0; t < threads; ++t)
    pool.emplace_back([&] {
      while (now_s() < end) one(next.fetch_add(1));
    });
  for (std::thread& thread : pool) thread.join();
  return static_cast<double>(next.load()) / (now_s() - start);
}

std::size_t bytes_of(const Batch& batch) {
  std::size_t bytes = 0;
  for (const auto& space : batch.spaces)
    for (const auto& [key, value] : space) bytes += key.size() + (value ? value->size() : 0);
  return bytes;
}

int run() {
  ScratchDir dir;
  Node node(dir / "node", Role::lan, 1);
  StreamId show{node.random.uuid()};
  std::vector<RecordId> sources = make_show(node, show, 1'000);

  Overlay probe(*node.store);
  node.engine.execute(edit_of(show, sources[0], 0), probe).value();
  std::size_t edit_bytes = bytes_of(probe.batch());
  std::printf("one edit: %zu bytes in one batch\n", edit_bytes);

  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* raw = nullptr;
  if (!rocksdb::DB::Open(options, (dir / "floor").string(), &raw).ok()) return 1;
  std::unique_ptr<rocksdb::DB> floor(raw);
  std::string value(edit_bytes, 'x');
  rocksdb::WriteOptions synced;
  synced.sync = true;

  double undurable = rate(1, [&](std::uint64_t n) {
    Overlay overlay(*node.store);
    node.engine.execute(edit_of(show, sources[n % sources.size()], n), overlay).value();
  });
  std::printf("decide + stamp + fold + project, nothing written: %.0f/s\n", undurable);
  std::printf("%8s %14s %14s %8s\n", "writers", "floor/s", "genlock/s", "ratio");
  for (int writers : {1, 8, 64}) {
    Paired result = paired(
        rounds,
        [&] {
          return rate(writers, [&](std::uint64_t n) {
            std::string key = std::to_string(n * 2654435761u);
            if (!floor->Put(synced, key, value).ok()) std::abort();
          });
        },
        [&] {
          return rate(writers, [&](std::uint64_t n) {
            Command command = edit_of(show, sources[n % sources.size()], n);
            node.writer
                .run([&](Overlay& overlay) -> Result<void> {
                  TRY(node.engine.execute(command, overlay));
                  return {};
                })
                .value();
          });
        });
    std::printf("%8d %14.0f %14.0f %8.2f\n", writers, result.floor, result.ours, result.ratio);
  }
  return 0;
}

}  // namespace
}  // namespace genlock::bench

int main() { return genlock::bench::run(); }
