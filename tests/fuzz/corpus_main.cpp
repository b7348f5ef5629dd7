// Writes first inputs for the targets whose inputs are no text, or have checksums: events,
// messages, states, bundles, archives, snapshots, history files, write-ahead logs. For a new corpus
// after a change of format:
//
//   fuzz_corpus FOLDER     tests/fuzz/corpus
#include "engine/compaction.h"
#include "eventlog/rocks_store.h"
#include "replication/bundle.h"
#include "replication/frame.h"
#include "replication/session.h"
#include "replication/snapshot.h"
#include "replication/wire.h"
#include "simulation/sim_node.h"
#include "simulation/workload.h"
#include "support/events.h"
#include "support/history_bytes.h"
#include "support/log_bytes.h"
#include "support/temp_dir.h"
#include "transfer/archive.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

using namespace genlock;
using namespace genlock::simulation;

namespace {

constexpr std::size_t world_count = 12, commands_each = 12;

std::unique_ptr<SimNode> make_node(std::uint8_t number, Role role, const std::int64_t& now_ms) {
  Identity identity;
  identity.node.uuid.bytes[0] = static_cast<std::uint8_t>(0xa0 + number);
  identity.origin.uuid.bytes[0] = static_cast<std::uint8_t>(0xb0 + number);
  identity.role = role;
  identity.name = "node " + std::to_string(number);
  return std::make_unique<SimNode>(identity, now_ms, number);
}

class Corpus {
 public:
  explicit Corpus(std::filesystem::path folder) : folder_(std::move(folder)) {}
  void add(const std::string& target, std::string_view bytes) {
    std::filesystem::create_directories(folder_ / target);
    std::ofstream file(folder_ / target / (std::to_string(++counts_[target]) + ".bin"),
                       std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

 private:
  std::filesystem::path folder_;
  std::map<std::string, std::size_t> counts_;
};

std::string with_length(std::string_view bytes) {
  auto size = static_cast<unsigned>(bytes.size());
  std::string text{static_cast<char>(size & 0xffU), static_cast<char>(size >> 8U)};
  return text.append(bytes);
}

std::string events_of(const SimNode& node) {
  std::string all;
  node.log()
      .read_after(node.store, Position{},
                  [&](const EventId&, const StoredEvent& stored) {
                    all += with_length(stored.bytes);
                    return true;
                  })
      .value();
  return all;
}

// What both say until they agree.
void talk(SimNode& from, SimNode& to, Corpus& corpus) {
  auto session = replication::SyncSession::initiator(from.ports(), replication::Plan::full);
  while (auto request = session.next()) {
    std::string frame = replication::encode(*request);
    corpus.add("message", '\0' + frame);
    auto answering = replication::SyncSession::responder(to.ports());
    answering.receive(replication::decode(frame));
    std::string reply = replication::encode(*answering.next());
    corpus.add("message", '\0' + reply);
    session.receive(replication::decode(reply));
  }
}

void add_states(const SimNode& node, Space space, char kind, std::size_t limit, Corpus& corpus) {
  node.store
      .scan(space, "", "",
            [&](std::string_view, std::string_view value) {
              if (value.size() > 40) corpus.add("state", kind + std::string(value));
              return value.size() <= 40 || --limit > 0;
            })
      .value();
}

std::string payload_of(std::string_view frame) {
  struct Text : replication::PayloadBuffer {
    char* allocate(std::size_t size_bytes) override {
      text.resize(size_bytes);
      return text.data();
    }
    std::string text;
  } payload;
  replication::open(frame, payload).value();
  return payload.text;
}

// All of a node as a bundle, once as it is and once as payloads, and each show as an archive.
void add_files(SimNode& node, Corpus& corpus) {
  replication::BundleWish wish;
  wish.self = node.identity();
  wish.software = "test";
  const std::vector<StreamId> streams = node.log().streams(node.store).value();
  for (const StreamId stream : streams) wish.streams.emplace_back(stream, VersionVector{});
  replication::BundleWriter bundle(node.log(), node.store, wish);
  std::string file(1, '\0'), payloads(1, '\1');
  for (std::string frame = bundle.next().value(); !frame.empty(); frame = bundle.next().value()) {
    file += frame;
    payloads += with_length(payload_of(frame));
  }
  corpus.add("bundle", file);
  corpus.add("bundle", payloads);
  for (const StreamId stream : streams) {
    auto writer =
        transfer::ArchiveWriter::open(node.log(), node.engine().projection(), node.store, stream);
    if (!writer.ok()) continue;
    std::string text(1, '\1');
    for (std::string piece = writer->next().value(); !piece.empty(); piece = writer->next().value())
      text += piece;
    corpus.add("archive", text);
  }
}

// As whole files, and as content that gets its sum when it is read.
void add_history(Corpus& corpus) {
  HistoryFile file{stream_of(1), Alice, {}};
  for (std::uint64_t n = 1; n <= 6; n += n % 2 + 1) {
    Event event = make_edit(file.stream, file.origin, n, std::string(n * n, 'x'));
    if (n == 4) event.context_delta.push_back({Bob, Sequence{2}, {}});
    file.events.push_back({event.dot, Position{n + 10}, 1'700'000'005'000, encode(event).value()});
    corpus.add("history", '\0' + encode(file).value().bytes);
    corpus.add("history", '\1' + test::history_content(file));
  }
}

std::string two_bytes(std::size_t number) {
  return {static_cast<char>(number & 0xff), static_cast<char>(number >> 8 & 0xff)};
}

// As RocksDB writes it.
std::string real_log() {
  const TempDir folder;
  const auto store = RocksStore::open(folder.path() / "data", {}).value();
  for (const char* key : {"one", "two", "three"}) {
    Batch batch;
    batch.at(Space::events)[key] = std::string(300, 'v');
    store->commit(batch, true).value();
  }
  for (const auto& file : std::filesystem::directory_iterator(folder.path() / "data")) {
    if (file.path().extension() != ".log") continue;
    std::ifstream in(file.path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  return {};
}

// As files, one of them torn; and as what is to be written and altered: at its end, in the middle,
// over several blocks.
void add_logs(Corpus& corpus) {
  const std::string real = real_log();
  corpus.add("log_tail", '\0' + real);
  corpus.add("log_tail", '\0' + real.substr(0, real.size() - 200) + std::string(200, '\0'));
  test::LogBytes blocks;
  for (const std::size_t size : {40'000, 100, 30'000}) blocks.add(test::repeated("block", size));
  corpus.add("log_tail", '\0' + blocks.bytes);
  for (const std::vector<std::size_t>& sizes :
       {std::vector<std::size_t>{100, 2'000}, {40'000, 10, 40'000}, {32'761, 32'755, 0, 500}}) {
    std::string log{'\1', static_cast<char>(sizes.size() - 1)};
    std::size_t all = 0;
    for (const std::size_t size : sizes) log += two_bytes(size), all += size;
    for (char how = 0; how < 4; ++how)
      for (const std::size_t place : {all / 3, all - 60, all - 1'500})
        corpus.add("log_tail", log + how + two_bytes(place) + two_bytes(place >> 16) +
                                   two_bytes(700) + "content");
  }
}

// Of each stream, made smaller as far as it goes.
void add_snapshots(SimNode& node, Corpus& corpus) {
  for (const StreamId stream : node.log().streams(node.store).value()) {
    const VersionVector all = node.log().head(node.store, stream).value().vector();
    Compaction compaction(node.log(), plan_compaction(node.store, node.log(), stream, all).value());
    for (bool has_more = true; has_more;) {
      Overlay overlay(node.store);
      has_more = compaction.step(overlay).value();
      node.store.commit(overlay.take_batch(), true).value();
    }
    const auto manifest = replication::make_manifest(node.log(), node.store, stream).value();
    if (!manifest) continue;
    corpus.add("snapshot", '\1' + replication::encode(*manifest));
    const auto block =
        replication::make_block(node.log(), node.store, stream, manifest->blocks.back()).value();
    corpus.add("snapshot", '\0' + std::string(stream.view()) + *block);
  }
}

void add_world(std::uint64_t seed, Corpus& corpus) {
  std::int64_t now_ms = 0;
  auto cloud = make_node(1, Role::cloud, now_ms), venue = make_node(2, Role::lan, now_ms);
  Workload workload(seed);
  std::string steps;
  for (std::uint64_t n = 0; n < commands_each; ++n) {
    now_ms += 10;
    std::size_t at = n % 2;
    SimNode& node = at == 0 ? *cloud : *venue;
    Workload::Turn turn = workload.turn(n, 2, 2);
    turn.node = at;
    (void)node.execute(workload.next(node, n, turn));
    steps += {static_cast<char>(1 + 4 * at), static_cast<char>(seed * commands_each + n), '\0'};
    if (n % 4 == 3) steps += {'\0', '\x10', '\x04', '\x10'};
  }
  corpus.add("fold", steps);
  corpus.add("event", events_of(*cloud));
  if (seed % 4 == 0) talk(*venue, *cloud, corpus);
  if (seed % 4 == 1) add_files(*cloud, corpus);
  add_states(*cloud, Space::state, '\0', 4, corpus);
  if (seed % 4 == 2) add_snapshots(*cloud, corpus);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_corpus FOLDER\n");
    return 2;
  }
  Corpus corpus(argv[1]);
  add_history(corpus);
  add_logs(corpus);
  for (std::uint64_t seed = 0; seed < world_count; ++seed) add_world(seed, corpus);
  return 0;
}
