// The law of kept history: a compacted log with its history files is the log that was never
// compacted, for histories, for what was at any moment, and for a replay.
#include "catch.h"
#include "cli/replay.h"
#include "projections/history.h"
#include "projections/past.h"
#include "properties/compacting_worlds.h"
#include "support/compacting.h"
#include "support/kept_history.h"
#include "transfer/archive.h"

namespace genlock::test {
namespace {

// A node with its log, as others see it.
struct Side {
  const Replica& node;
  std::unique_ptr<Reader> log;  // all of it
  WholeLog* whole;              // of PastReader; nullptr: nothing was compacted
};

std::string history_of(const Side& side, StreamId stream) {
  HistoryCache cache;
  ListOptions options;
  options.limit = 1'000;
  return list_history({*side.log, side.node.log, 0}, stream, std::nullopt, options, cache)
      .value()
      .json;
}

std::map<std::string, std::string> rows_as_of(const Side& side, const EventId& event) {
  PastReader past(side.node.store.snapshot(), side.whole);
  PastCache cache;
  past.add(side.node.log, event.stream, {event, 0}, cache).value();
  std::map<std::string, std::string> rows;
  past.scan(Space::rows, "", "",
            [&](std::string_view key, std::string_view value) {
              rows.emplace(key, value);
              return true;
            })
      .value();
  return rows;
}

// Each event's bytes, hash and context.
void same_events(const Side& a, const Side& b, StreamId stream) {
  for (const auto& [origin, head] : b.node.head(stream).origins) {
    for (std::uint64_t n = 1; n <= number(head.last); ++n) {
      const EventId id{stream, {origin, Sequence{n}}};
      const StoredEvent left = a.node.log.read(*a.log, id).value();
      const StoredEvent right = b.node.log.read(*b.log, id).value();
      RC_ASSERT(left.bytes == right.bytes);
      RC_ASSERT(left.chain == right.chain);
      RC_ASSERT(a.node.log.context_of(*a.log, id).value() ==
                b.node.log.context_of(*b.log, id).value());
    }
  }
}

void same_replay(const Side& a, const Side& b, StreamId stream) {
  const auto replayed = [&](const Side& side) {
    std::vector<EventId> seen;
    const auto visit = [&](const cli::ReplayedEvent& event) {
      seen.push_back(event.event.id());
      return true;
    };
    const auto end = cli::replay(side.node.log, *side.log, stream, nullptr, visit).value();
    RC_ASSERT(seen.size() == end.event_count);
    return std::pair(std::move(seen), end.digest.to_string());
  };
  RC_ASSERT(replayed(a) == replayed(b));
}

// The first event of each origin, and one in the middle.
void same_past(const Side& a, const Side& b, StreamId stream) {
  for (const auto& [origin, head] : b.node.head(stream).origins) {
    for (std::uint64_t n = 1; n <= number(head.last); n += 1 + number(head.last) / 2) {
      const EventId id{stream, {origin, Sequence{n}}};
      RC_ASSERT(rows_as_of(a, id) == rows_as_of(b, id));
    }
  }
}

// Their bytes.
void same_archive(const Side& a, const Side& b, StreamId stream) {
  const auto archive = [&](const Side& side) {
    auto writer =
        transfer::ArchiveWriter::open(side.node.log, side.node.projection, *side.log, stream)
            .value();
    std::string all;
    for (std::string piece; !(piece = writer.next().value()).empty();) all += piece;
    return all;
  };
  RC_ASSERT(archive(a) == archive(b));
}

void run(World world, const std::vector<Action>& actions, DropShare& share) {
  std::uint64_t dropped = 0;
  Trio trio(std::move(world));
  KeptHistory kept;
  const auto cut = [&](std::size_t who) {
    if (who == 0)
      dropped += compact(trio.replicas()[0], trio.stream(), trio.legal_cut(), kept.keeper());
  };
  play(trio, actions, cut);
  cut(0);
  const Replica &smaller = trio.replicas()[0], &all = trio.replicas()[2];
  const Side restored{smaller, kept.whole(smaller.store, trio.stream()).value(), &kept};
  const Side never{all, all.store.snapshot(), nullptr};
  same_events(restored, never, trio.stream());
  RC_ASSERT(history_of(restored, trio.stream()) == history_of(never, trio.stream()));
  same_replay(restored, never, trio.stream());
  same_past(restored, never, trio.stream());
  if (dropped > 0 && trio.stream() != library_stream) same_archive(restored, never, trio.stream());
  share.note(dropped);
}

}  // namespace

TEST_CASE("a compacted log with its history files is the log of before", "[laws][history]") {
  check_dropping("a production", production_world, run);
  check_dropping("the equipment library", library_world, run);
}

}  // namespace genlock::test
