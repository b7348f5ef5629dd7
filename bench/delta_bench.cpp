// What a sync costs when little or nothing has changed:
//   100 edits among 10,000, 100,000 and 1,000,000 rows, time and bytes, each beside the same at
//   10,000 rows; nothing to say, with 1 and 1,000 streams, beside a bare HTTP round trip of as many
//   bytes; bytes per edit where a page carries 1,000 single-field edits.
// Usage: delta_bench [LARGEST_ROWS=1000000] [ROUNDS=5]
#include "sync_pair.h"

namespace genlock::bench {
namespace {

constexpr int edit_count = 100;

void edit(SyncNode& node, StreamId show, const std::vector<RecordId>& sources, int count) {
  for (int i = 0; i < count; ++i) {
    std::uint64_t source = node.random.next_u64() % sources.size();
    node.writer
        .run([&](Overlay& overlay) -> Result<void> {
          TRY(node.engine.execute(edit_of(show, sources[source], static_cast<std::uint64_t>(i)),
                                  overlay));
          return {};
        })
        .value();
  }
}

struct Pair {
  Pair(const ScratchDir& dir, const std::string& name, std::uint64_t seed)
      : cloud(dir / (name + "-cloud"), Role::cloud, seed),
        venue(dir / (name + "-venue"), Role::lan, seed + 1),
        server(cloud) {}
  SyncServer::Traffic sync() {
    SyncServer::Traffic traffic = server.run(venue);
    CHECK(traffic.report.ok() && traffic.report.in_sync,
          traffic.report.error ? traffic.report.error->message : "");
    return traffic;
  }
  SyncNode cloud, venue;
  SyncServer server;
};

struct Sized {
  std::size_t rows = 0;
  std::unique_ptr<Pair> pair;
  StreamId show;
  std::vector<RecordId> sources;
  std::vector<double> seconds;
  std::uint64_t bytes = 0;
};

void edits_among(const ScratchDir& dir, std::size_t largest, int rounds) {
  std::vector<Sized> sizes;
  for (std::size_t rows = 10'000; rows <= largest; rows *= 10) {
    Sized sized{rows, std::make_unique<Pair>(dir, std::to_string(rows), rows), {}, {}, {}, 0};
    sized.show = StreamId{sized.pair->venue.random.uuid()};
    sized.sources = make_show(sized.pair->venue, sized.show, rows);
    sized.pair->sync();
    sizes.push_back(std::move(sized));
  }
  for (int round = 0; round < rounds; ++round)
    for (Sized& sized : sizes) {
      edit(sized.pair->venue, sized.show, sized.sources, edit_count);
      SyncServer::Traffic traffic = sized.pair->sync();
      sized.seconds.push_back(traffic.seconds);
      sized.bytes = traffic.sent_bytes + traffic.received_bytes;
    }
  std::printf("%-28s %12s %10s %10s\n", "100 edits among rows", "ms", "bytes", "time ratio");
  for (const Sized& sized : sizes)
    std::printf("%-28zu %12.2f %10llu %10.2f\n", sized.rows, median(sized.seconds) * 1e3,
                static_cast<unsigned long long>(sized.bytes),
                median(sized.seconds) / median(sizes.front().seconds));
}

void nothing_to_say(const ScratchDir& dir, int rounds) {
  std::printf("%-28s %12s %10s %10s\n", "nothing to say, streams", "us", "bytes",
              "of a round trip");
  for (std::size_t streams : {std::size_t{1}, std::size_t{1'000}}) {
    Pair pair(dir, "silent" + std::to_string(streams), 7 + streams);
    for (std::size_t i = 0; i < streams; ++i)
      make_show(pair.venue, StreamId{pair.venue.random.uuid()}, 1);
    pair.sync();
    SyncServer::Traffic silent = pair.sync();
    CHECK(silent.report.requests == 1, silent.report.requests);
    Paired result = paired(
        rounds * 20,
        [&] { return pair.server.bare_round_trip(silent.sent_bytes, silent.received_bytes); },
        [&] { return pair.sync().seconds; });
    std::printf("%-28zu %12.0f %10llu %10.2f\n", streams, result.ours * 1e6,
                static_cast<unsigned long long>(silent.sent_bytes + silent.received_bytes),
                result.ratio);
  }
}

void bytes_per_edit(const ScratchDir& dir) {
  Pair pair(dir, "page", 3);
  StreamId show{pair.venue.random.uuid()};
  std::vector<RecordId> sources = make_show(pair.venue, show, 10'000);
  pair.sync();
  edit(pair.venue, show, sources, 1'000);
  SyncServer::Traffic traffic = pair.sync();
  std::printf("bytes per edit, 1,000 in a session: %.1f\n",
              static_cast<double>(traffic.sent_bytes) / 1'000);
}

}  // namespace
}  // namespace genlock::bench

int main(int argc, char** argv) {
  using namespace genlock::bench;
  std::size_t largest = argc > 1 ? std::stoull(argv[1]) : 1'000'000;
  int rounds = argc > 2 ? std::stoi(argv[2]) : 5;
  ScratchDir dir;
  bytes_per_edit(dir);
  nothing_to_say(dir, rounds);
  edits_among(dir, largest, rounds);
  return 0;
}
