// A new node joins: it takes a snapshot of a show whose log was compacted, over HTTP, durable and
// with its rows current. Beside it, a node that joins the same show with next to no history: the
// time is to go with what the show is, not with what became of it. Usage: join_bench
// [EVENTS=1000000] [ROWS=1170] [ROUNDS=5]
#include "engine/compaction.h"
#include "sync_pair.h"

namespace genlock::bench {
namespace {

// One show of `rows` sources and a log of `events`, compacted each time that so many have come.
class Grown {
 public:
  Grown(const std::filesystem::path& path, std::uint64_t seed, std::size_t rows,
        std::uint64_t events)
      : node_(path, Role::cloud, seed), show_{node_.random.uuid()} {
    const std::vector<RecordId> sources = make_show(node_, show_, rows);
    constexpr std::uint64_t step = 50'000;
    for (std::uint64_t until = std::min(step, events); vector().event_count() < events;
         until = std::min(until + step, events)) {
      edit_until(node_, show_, sources, until);
      compact();
    }
    node_.store->flush().value();
    server_.emplace(node_);
  }

  // Seconds until a node that had nothing has all of it.
  double join(const std::filesystem::path& path, std::uint64_t seed) {
    double seconds = 0;
    {
      SyncNode joins(path, Role::lan, seed);
      const SyncServer::Traffic traffic = server_->run(joins);
      CHECK(traffic.report.ok() && traffic.report.in_sync,
            traffic.report.error ? traffic.report.error->message : "");
      CHECK(joins.log.head(*joins.store, show_)->vector() == vector());
      bytes_ = traffic.received_bytes;
      events_ = traffic.report.received_events;
      seconds = traffic.seconds;
    }
    std::filesystem::remove_all(path);
    return seconds;
  }
  std::uint64_t bytes() const { return bytes_; }    // on the wire, of the last join
  std::uint64_t events() const { return events_; }  // that it took

 private:
  VersionVector vector() const { return node_.log.head(*node_.store, show_).value().vector(); }
  void compact() {
    compact_stream(*node_.store, node_.log, node_.committer, show_, vector()).value();
  }

  SyncNode node_;
  StreamId show_;
  std::optional<SyncServer> server_;
  std::uint64_t bytes_ = 0, events_ = 0;
};

int run(int argc, char** argv) {
  const std::uint64_t events = argc > 1 ? std::stoull(argv[1]) : 1'000'000;
  const std::size_t rows = argc > 2 ? std::stoul(argv[2]) : 1'170;
  const int rounds = argc > 3 ? std::stoi(argv[3]) : 5;
  ScratchDir dir;
  std::printf("writing a log of %llu events on %zu rows, compacted on the way ...\n",
              static_cast<unsigned long long>(events), rows);
  // Enough edits that nearly each row has one, as in the long log.
  Grown young(dir / "young", 1, rows, 5 * rows), old(dir / "old", 2, rows, events);
  std::uint64_t seed = 100;
  const auto join = [&](Grown& grown) {
    ++seed;
    return grown.join(dir / ("joins" + std::to_string(seed)), seed);
  };
  const Paired result = paired(
      rounds, [&] { return join(young); }, [&] { return join(old); });
  std::printf(
      "joining a show of %zu rows: after %zu events %.1f ms, %llu taken, %.1f kB; after %llu "
      "events "
      "%.1f ms, %llu taken, %.1f kB: ratio %.2f\n",
      rows, 5 * rows, result.floor * 1e3, static_cast<unsigned long long>(young.events()),
      static_cast<double>(young.bytes()) / 1e3, static_cast<unsigned long long>(events),
      result.ours * 1e3, static_cast<unsigned long long>(old.events()),
      static_cast<double>(old.bytes()) / 1e3, result.ratio);
  return 0;
}

}  // namespace
}  // namespace genlock::bench

int main(int argc, char** argv) { return genlock::bench::run(argc, argv); }
