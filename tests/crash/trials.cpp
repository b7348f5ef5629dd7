#include "crash/trials.h"

#include "projections/rebuild.h"
#include "replication/bundle.h"

#include <fmt/format.h>

namespace genlock::crash {

namespace {

constexpr const char* node_name = "venue";
constexpr const char* peer_name = "office";
constexpr std::uint64_t lives_per_seed = 6;
constexpr int writes_per_life = 60;
constexpr std::uint64_t most_steps = 20'000;  // of one loop; more is a fault that never ends

bool one_in(SeededRandom& random, std::uint64_t n) { return random.next_u64() % n == 0; }

Complaint named(const Complaint& wrong, const std::string& when) {
  return wrong ? Complaint(when + ": " + *wrong) : std::nullopt;
}

// One life after a start that went well: until the power goes.
Complaint live(CrashNode& node, CrashNode& peer, Crew& crew, SeededRandom& random,
               const VolatileDisk& disk, Tally& tally) {
  for (int i = 0; i < writes_per_life && !disk.is_off(); ++i) {
    if (!crew.write(node.client())) return std::nullopt;
    if (one_in(random, 8)) {
      ++tally["flushes"];
      if (!node.node().store().flush().ok()) return std::nullopt;
    }
    if (one_in(random, 30)) {
      ++tally["syncs, some of them cut"];
      (void)sync(node, peer);
    }
    if (one_in(random, 20)) node.write_witness();
    if (one_in(random, 60)) {
      ++tally["compactions, some of them cut"];
      if (Complaint wrong = compact_show(node); wrong && !disk.is_off()) return wrong;
    }
  }
  return std::nullopt;
}

Result<std::string> bundle_of(CrashNode& node) {
  std::string bundle;
  TRY(replication::write_bundle(
      node.node().log(), node.node().store(),
      {.self = node.node().identity(),
       .now_ms = node.node().clock().now(),
       .software = "test",
       .streams = {{directory_stream, {}}, {library_stream, {}}, {*StreamId::parse(show_id), {}}}},
      [&](std::string_view bytes) -> Result<void> {
        bundle += bytes;
        return {};
      }));
  return bundle;
}

// Whether all of it is there now.
Result<bool> take_bundle(CrashNode& node, std::string_view bundle) {
  TRY_ASSIGN(const replication::BundleReport report,
             replication::read_bundle(node.node().engine(), node.node().writer(),
                                      node.node().store(), [&](std::size_t size) {
                                        const std::string piece(bundle.substr(0, size));
                                        bundle.remove_prefix(piece.size());
                                        return Result<std::string>(piece);
                                      }));
  return report.complete();
}

}  // namespace

Complaint power_cuts(const VolatileDisk& start, std::uint64_t seed, Tally& tally) {
  SeededRandom random(seed);
  VolatileDisk disk(start), peer_disk;
  CrashNode node(disk, Role::lan, node_name), peer(peer_disk, Role::cloud, peer_name);
  if (!peer.open().ok()) return "the peer cannot be opened";
  node.keep_history();
  Crew crew(seed);
  for (std::uint64_t life = 0; life < lives_per_seed; ++life) {
    const std::string when = fmt::format("seed {}, life {}", seed, life);
    while (one_in(random, 3)) {  // power cuts while it is opened
      disk.plan({Failure::power_cut, 1 + random.next_u64() % 60, 1});
      const auto opened = node.open();
      if (!opened.ok() && !disk.is_off()) return named(opened.error().message, when);
      ++tally[disk.is_off() ? "cuts while opening" : "openings that were faster than the cut"];
      power_cycle(node, disk, random.next_u64());
    }
    if (Complaint wrong = named(node.open_and_check(crew), when)) return wrong;
    if (one_in(random, 2))
      if (Complaint wrong = named(sync(node, peer), when)) return wrong;
    disk.plan({Failure::power_cut, 1 + random.next_u64() % 250, 1});
    if (Complaint wrong = named(live(node, peer, crew, random, disk, tally), when)) return wrong;
    ++tally["cuts"];
    power_cycle(node, disk, random.next_u64());
  }
  if (Complaint wrong = node.open_and_check(crew)) return named(wrong, "at the end");
  tally["writes acknowledged"] += crew.acknowledged_count();
  return named(sync(node, peer), "at the end");
}

void work(CrashNode& node, Crew& crew) {
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 3; ++i)
      if (!crew.write(node.client())) return;
    if (!node.node().store().flush().ok()) return;
  }
  for (int i = 0; i < 3; ++i)
    if (!crew.write(node.client())) return;
}

Complaint cut_at(const VolatileDisk& start, std::uint64_t n, bool& hit) {
  VolatileDisk disk(start);
  CrashNode node(disk, Role::lan, node_name);
  Crew crew(1);
  disk.plan({Failure::power_cut, n, 1});
  if (node.open().ok()) work(node, crew);
  hit = disk.is_off();
  power_cycle(node, disk, n);
  return node.open_and_check(crew);
}

Complaint cut_in_recovery_at(const VolatileDisk& start, std::uint64_t n, bool& hit) {
  VolatileDisk disk(start);
  CrashNode node(disk, Role::lan, node_name);
  Crew crew(2);
  if (const auto opened = node.open(); !opened.ok()) return opened.error().message;
  disk.plan({Failure::power_cut, 90, 1});
  work(node, crew);
  power_cycle(node, disk, n);
  disk.plan({Failure::power_cut, n, 1});
  (void)node.open();
  hit = disk.is_off();
  power_cycle(node, disk, n + 1);
  return node.open_and_check(crew);
}

Complaint fail_at(const VolatileDisk& start, Fault fault, bool& hit) {
  VolatileDisk disk(start);
  CrashNode node(disk, Role::lan, node_name);
  Crew crew(3);
  if (const auto opened = node.open(); !opened.ok()) return opened.error().message;
  disk.plan(fault);
  work(node, crew);
  hit = disk.operation_count() >= fault.first;
  disk.plan({});
  // It goes on reading, whatever it could not write.
  if (Complaint wrong = crew.check(node.client())) return named(wrong, "before it is opened anew");
  if (fault.first % 2 == 0) power_cycle(node, disk, fault.first);
  return node.open_and_check(crew);
}

Complaint fail_reads_at(const VolatileDisk& start, Fault fault, bool& hit) {
  VolatileDisk disk(start);
  CrashNode node(disk, Role::lan, node_name);
  Crew crew(4);
  disk.plan_reads(fault);
  if (node.open().ok()) work(node, crew);
  hit = disk.read_count() >= fault.first;
  disk.plan_reads({});
  if (fault.first % 2 == 0) power_cycle(node, disk, fault.first);
  return node.open_and_check(crew);
}

Complaint cut_in_rebuild_at(const VolatileDisk& start, std::uint64_t n, bool& hit) {
  VolatileDisk disk(start);
  CrashNode node(disk, Role::lan, node_name);
  Crew crew(5);
  if (const auto opened = node.open(); !opened.ok()) return opened.error().message;
  work(node, crew);
  disk.plan({Failure::power_cut, n, 1});
  if (rebuild(node.node().store(), node.node().engine()).ok()) (void)node.node().store().flush();
  hit = disk.is_off();
  power_cycle(node, disk, n);
  return node.open_and_check(crew);
}

Complaint cut_in_import_at(const VolatileDisk& start, std::uint64_t n, bool& hit) {
  VolatileDisk disk(start), stick_disk;
  CrashNode node(disk, Role::lan, node_name), taker(stick_disk, Role::cloud, peer_name);
  Crew crew(6);
  if (!node.open().ok() || !taker.open().ok()) return "the nodes cannot be opened";
  work(node, crew);
  const auto bundle = bundle_of(node);
  if (!bundle.ok()) return bundle.error().message;
  stick_disk.plan({Failure::power_cut, n, 1});
  if (take_bundle(taker, *bundle).ok()) (void)taker.node().store().flush();
  hit = stick_disk.is_off();
  power_cycle(taker, stick_disk, n);
  if (const auto opened = taker.open(); !opened.ok()) return opened.error().message;
  const auto taken = take_bundle(taker, *bundle);
  if (!taken.ok() || !*taken) return "the bundle could not be taken again";
  return taker.check(crew);
}

std::map<std::string, Trial> all_trials(const VolatileDisk& start) {
  const auto failing = [&start](Failure failure, std::uint64_t count) {
    return [&start, failure, count](std::uint64_t n, bool& hit) {
      return fail_at(start, {failure, n, count}, hit);
    };
  };
  return {
      {"power cuts", [&](std::uint64_t n, bool& hit) { return cut_at(start, n, hit); }},
      {"power cuts within a recovery",
       [&](std::uint64_t n, bool& hit) { return cut_in_recovery_at(start, n, hit); }},
      {"power cuts within a rebuild",
       [&](std::uint64_t n, bool& hit) { return cut_in_rebuild_at(start, n, hit); }},
      {"power cuts within the import of a bundle",
       [&](std::uint64_t n, bool& hit) { return cut_in_import_at(start, n, hit); }},
      {"power cuts within a compaction",
       [&](std::uint64_t n, bool& hit) { return cut_in_compaction_at(start, n, hit, false); }},
      {"power cuts within a compaction that keeps history",
       [&](std::uint64_t n, bool& hit) { return cut_in_compaction_at(start, n, hit, true); }},
      {"power cuts within a snapshot",
       [&](std::uint64_t n, bool& hit) { return cut_in_snapshot_at(start, n, hit, false); }},
      {"power cuts within a snapshot for one that was away",
       [&](std::uint64_t n, bool& hit) { return cut_in_snapshot_at(start, n, hit, true); }},
      {"one failed write or sync", failing(Failure::io_error, 1)},
      {"a disk that goes bad for good", failing(Failure::io_error, UINT64_MAX)},
      {"a full disk", failing(Failure::no_space, 3)},
      {"one failed read",
       [&](std::uint64_t n, bool& hit) {
         return fail_reads_at(start, {Failure::io_error, n, 1}, hit);
       }},
  };
}

Complaint at_every(std::uint64_t first, std::uint64_t step, const Trial& trial, Tally& tally) {
  for (std::uint64_t n = first; n < most_steps; n += step) {
    bool hit = false;
    if (Complaint wrong = trial(n, hit)) return fmt::format("at operation {}: {}", n, *wrong);
    if (!hit) return std::nullopt;
    ++tally["operations"];
  }
  return "the work never ended";
}

}  // namespace genlock::crash
