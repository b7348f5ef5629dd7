// The fold against the oracle: three nodes write and hear of each other in the order that the input
// says. input = *( step:u8 ... ), a step is
//   command   node, number:u16     one of the workload's commands, at that node
//   shipment  from, to, count:u8   the next events that `to` lacks
// In the end all have heard everything: their rows are equal, equal to what folding again gives,
// and equal to what the oracle reads from the events by the words of the merging rules.
#include "fuzz/fuzz.h"
#include "projections/rebuild.h"
#include "simulation/log_check.h"
#include "simulation/oracle_check.h"
#include "simulation/workload.h"

using namespace genlock;
using namespace genlock::simulation;

namespace {

constexpr std::size_t node_count = 3, max_commands = 40;

struct World {
  World() {
    for (std::size_t n = 0; n < node_count; ++n) {
      Identity identity;
      identity.node.uuid.bytes[0] = static_cast<std::uint8_t>(0xa0 + n);
      identity.origin.uuid.bytes[0] = static_cast<std::uint8_t>(0xb0 + n);
      identity.role = n == 0 ? Role::cloud : Role::lan;
      nodes.push_back(std::make_unique<SimNode>(identity, now_ms, n + 1));
    }
  }

  void write(std::size_t at, std::uint64_t number) {
    now_ms += 10;
    Workload::Turn turn = workload.turn(number, node_count, node_count);
    turn.node = at;
    (void)nodes[at]->execute(workload.next(*nodes[at], number, turn));
  }

  // In the order of the sender's log, which extends causality.
  void ship(std::size_t from, std::size_t to, std::size_t count) {
    SimNode& receiver = *nodes[to];
    for (StreamId stream : workload.streams()) {
      std::vector<std::string> events = lacking(*nodes[from], receiver, stream);
      if (events.size() > count) events.resize(count);
      if (events.empty()) continue;
      Result<void> taken = receiver.commit([&](Overlay& overlay) -> Result<void> {
        TRY(receiver.engine().ingest({stream, std::move(events), {}}, overlay));
        return {};
      });
      CHECK(taken.ok(), taken.ok() ? "" : taken.error().message);
    }
  }

  std::vector<std::string> lacking(const SimNode& from, const SimNode& to, StreamId stream) const {
    VersionVector have = to.head(stream).vector();
    std::vector<std::string> events;
    from.log()
        .read_after(from.store, Position{},
                    [&](const EventId& id, const StoredEvent& stored) {
                      if (id.stream == stream && !have.contains(id.dot))
                        events.push_back(stored.bytes);
                      return true;
                    })
        .value();
    return events;
  }

  std::int64_t now_ms = 0;
  Workload workload{7};
  std::vector<std::unique_ptr<SimNode>> nodes;
};

void check_world(World& world) {
  constexpr std::size_t all = 1'000'000;
  for (std::size_t n = 1; n < node_count; ++n) world.ship(n, 0, all);
  for (std::size_t n = 1; n < node_count; ++n) world.ship(0, n, all);
  SimNode& cloud = *world.nodes[0];
  LogReport log = check_log(cloud);
  CHECK(log.failure.empty(), log.failure);
  Tally tally;
  for (const auto& [stream, facts] : log.facts) {
    Digest digest = cloud.engine().projection().digest(cloud.store, stream).value();
    for (const auto& node : world.nodes)
      CHECK(node->engine().projection().digest(node->store, stream).value() == digest,
            "the nodes show different rows");
    OracleReport report = compare_with_oracle(cloud, stream, facts, tally);
    CHECK(report.difference.empty(), report.difference);
  }
  Result<VerifyReport> verified = verify(cloud.store, cloud.engine());
  CHECK(verified.ok() && !verified->difference, "folding again gives other bytes");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  World world;
  std::size_t commands = 0;
  for (fuzz::Input input(fuzz::as_text(data, size)); !input.empty() && commands < max_commands;) {
    std::uint8_t step = input.byte();
    std::size_t a = step / 4 % node_count, b = (a + 1 + step / 64 % (node_count - 1)) % node_count;
    if (step % 4 == 0) {
      world.ship(a, b, 1 + input.byte() % 16);
    } else {
      world.write(a, input.number());
      ++commands;
    }
  }
  if (commands > 0) check_world(world);
  return 0;
}
