// A stream that is replaced: by what another node kept of it, or by itself without the events that
// another node does not let in. What only this node has is written again.
#include "engine/check.h"
#include "engine/directory.h"
#include "engine/engine.h"
#include "engine/ingest.h"
#include "engine/lineage.h"
#include "engine/parting.h"
#include "engine/promises.h"
#include "engine/rebase.h"
#include "engine/withdrawn.h"

#include <algorithm>
#include <iterator>

namespace genlock {

// Events that a stream is to lose, and what it holds without them.
struct Engine::Beside {
  std::vector<RecordEvent> edits;  // in an order that extends causality
  std::vector<Dot> others;         // beside the cut, too, and stay; likewise
  VersionVector has;               // without `edits`
  OriginId self;                   // under which this node wrote then
};

namespace {

// --- the stream, read ---------------------------------------------------------------------------

// What this log keeps behind its floor, as a snapshot would have it.
Result<StreamBase> own_base(const EventLog& log, const Reader& reader, StreamId stream) {
  StreamBase base{.stream = stream, .at = {}, .facts = {}, .events = {}};
  TRY_ASSIGN(base.at, log.floor(reader, stream));
  if (base.at.empty()) return base;
  TRY_ASSIGN(base.facts, log.all_facts(reader, stream));
  TRY_ASSIGN(CausalReader events, CausalReader::open(log, reader, stream, &base.at));
  for (;;) {
    TRY_ASSIGN(std::optional<RecordEvent> next, events.next());
    if (!next) return base;
    TRY_ASSIGN(StoredEvent stored, log.read(reader, next->event.id()));
    base.events.push_back(
        {next->event.dot, std::move(stored.bytes), std::move(next->context), stored.chain});
  }
}

}  // namespace

Result<Doors> Engine::doors(const Reader& reader, StreamId stream) const {
  TRY_ASSIGN(const auto mine, said_of(reader, log_, identity().origin, stream));
  TRY_ASSIGN(Door withdrawn, withdrawn_door(reader, stream));
  if (!withdrawn.cut.empty()) {
    // What was written again since is nowhere any more.
    TRY_ASSIGN(const StreamHead head, log_.head(reader, stream));
    withdrawn.cut.meet(head.vector());
  }
  return Doors{door_of(mine), std::move(withdrawn)};
}

Result<Door> Engine::door(const Reader& reader, StreamId stream) const {
  TRY_ASSIGN(const VersionVector floor, log_.floor(reader, stream));
  TRY_ASSIGN(const Doors doors, this->doors(reader, stream));
  const Door asked = joined(doors.promised, doors.withdrawn);
  // What a member wrote has the floor in its context: nobody compacts before all have that.
  return asked.cut.includes(floor) ? asked : joined({floor, {}}, asked);
}

Result<IngestReport> Engine::install(const StreamBase& base, const VersionVector& shared,
                                     Overlay& overlay) {
  const StreamId stream = base.stream;
  TRY_ASSIGN(const StreamHead head, log_.head(overlay, stream));
  TRY_ASSIGN(const VersionVector floor, log_.floor(overlay, stream));
  if (!base.at.includes(floor))
    return Error{
        ErrorCode::unsupported,
        "stream " + stream.to_string() +
            " was compacted here and there by nodes that did not know of each other: one of "
            "the two has to start with an empty data directory"};
  TRY_ASSIGN(std::vector<OriginId> own, left_origins(overlay));
  own.push_back(identity().origin);
  TRY_ASSIGN(const CommonPast common, common_past(log_, overlay, base, own, shared));
  if (common.is_all) return Error{ErrorCode::exists, "everything in this snapshot is here already"};
  // Nobody here has seen all of it, so whatever is beside it was written without it.
  TRY_ASSIGN(Beside beside, events_beside(overlay, stream, common.here, nullptr));
  Overlay attempt = overlay.nested();
  if (!head.origins.empty()) TRY(log_.forget(attempt, stream));
  TRY(log_.install(attempt, base, clock_.now()));
  TRY(fold_again(stream, attempt));
  IngestReport report;
  for (const KeptEvent& kept : base.events)
    if (!head.vector().contains(kept.dot)) report.ids.push_back({stream, kept.dot});
  report.stored = report.ids.size();
  report.renamed = !head.origins.empty();
  TRY(tell_partings(common.partings, stream, attempt));
  if (!beside.edits.empty()) {
    TRY(write_again(std::move(beside), base.at, overlay, attempt));
    TRY(begin_anew(identity().origin, attempt));
  }
  overlay.absorb(std::move(attempt));
  return report;
}

Result<void> Engine::tell_partings(const std::vector<Parting>& partings, StreamId stream,
                                   Overlay& overlay) const {
  for (const Parting& parting : partings) {
    Notice notice;
    notice.kind = NoticeKind::fork;
    notice.at_ms = clock_.now();
    notice.origin = parting.first.origin;
    notice.stream = stream;
    notice.events = parting.events;
    TRY(put_notice(overlay, std::move(notice)));
  }
  return {};
}

Result<std::uint64_t> Engine::withdraw(StreamId stream, const VersionVector& theirs,
                                       const Door& door, Overlay& overlay) {
  TRY_ASSIGN(const StreamHead head, log_.head(overlay, stream));
  TRY_ASSIGN(const Branches branches, log_.branches(overlay, stream));
  if (branches.empty() && !head.vector().includes(door.cut))
    return Error{ErrorCode::gap, "what others have promised to build on is not here yet"};
  TRY_ASSIGN(StreamBase base, own_base(log_, overlay, stream));
  VersionVector both = theirs;
  both.meet(head.vector());
  both.merge(base.at);
  // With branches, names are of here and of there: what stays is what they have.
  if (branches.empty()) both.merge(door.cut);
  TRY_ASSIGN(Beside beside,
             events_beside(overlay, stream, both, branches.empty() ? &door : nullptr));
  const std::uint64_t count = beside.edits.size();
  if (count == 0) return count;
  if (branches.written(beside.has).event_count() != beside.has.event_count())
    return Error{ErrorCode::unsupported, "stream " + stream.to_string() +
                                             " has branches there and more of them here, all of "
                                             "whose events are kept"};
  Overlay attempt = overlay.nested();
  TRY_ASSIGN(const Chunk stays, events_inside(overlay, stream, beside.has, base.at));
  TRY(log_.forget(attempt, stream));
  if (!base.at.empty()) TRY(log_.install(attempt, base, clock_.now()));
  TRY(fold_again(stream, attempt));
  // Before its own events come back that stay.
  TRY(begin_anew(identity().origin, attempt));
  if (!stays.events.empty()) TRY(ingest(stays, attempt));
  TRY_ASSIGN(const Door before, withdrawn_door(overlay, stream));
  put_withdrawn_door(attempt, stream, joined(before, door));
  TRY(write_again(std::move(beside), door.cut, overlay, attempt));
  overlay.absorb(std::move(attempt));
  return count;
}

// Events that are not within `at`: those that the door does not let in from a stranger, with
// everything that was written after one of them, and the others. No door: it lets in none.
Result<Engine::Beside> Engine::events_beside(const Reader& reader, StreamId stream,
                                             const VersionVector& at, const Door* door) const {
  Beside beside{.edits = {}, .others = {}, .has = at, .self = identity().origin};
  VersionVector first;  // of the edits, by origin
  const auto builds_on_one = [&](const VersionVector& context) {
    return std::ranges::any_of(first.entries(), [&](const VersionVector::Entry& entry) {
      return context.last_seen(entry.origin) >= entry.last;
    });
  };
  // By members of the door, as far as who asks can know it: not yet, where that is said in the
  // stream itself.
  VersionVector held;
  if (door && stream != directory_stream) {
    TRY_ASSIGN(const NodeDirectory directory, read_directory(reader, log_));
    held = held_by_members(directory.standing(stream, {}, false).said, *door);
  }
  const auto comes_in = [&](const Dot& dot, const VersionVector& context) {
    return door && (door->lets_in({}, dot.origin, context) || held.contains(dot)) &&
           !builds_on_one(context);
  };
  TRY_ASSIGN(CausalReader events, CausalReader::open(log_, reader, stream, nullptr));
  for (;;) {
    TRY_ASSIGN(std::optional<RecordEvent> next, events.next());
    if (!next) return beside;
    const Dot dot = next->event.dot;
    if (at.contains(dot)) continue;
    if (comes_in(dot, next->context)) {
      beside.others.push_back(dot);
      beside.has.raise(dot.origin, dot.sequence);
      continue;
    }
    if (first.last_seen(dot.origin) == Sequence::none) first.raise(dot.origin, dot.sequence);
    beside.edits.push_back(*std::move(next));
  }
}

// As stored, in an order that extends causality; without those behind the floor.
Result<Chunk> Engine::events_inside(const Reader& reader, StreamId stream,
                                    const VersionVector& within, const VersionVector& floor) const {
  Chunk chunk{stream, {}, {}};
  TRY_ASSIGN(CausalReader events, CausalReader::open(log_, reader, stream, &within));
  for (;;) {
    TRY_ASSIGN(const std::optional<RecordEvent> next, events.next());
    if (!next) return chunk;
    if (floor.contains(next->event.dot)) continue;
    TRY_ASSIGN(StoredEvent stored, log_.read(reader, next->event.id()));
    chunk.events.push_back(std::move(stored.bytes));
  }
}

// `before` shows the stream with them, `overlay` without. Its caller begins a new origin: this node
// said that it holds what it does not hold any more, and of its own events the numbers would go on
// below those that it gave already.
Result<void> Engine::write_again(Beside beside, const VersionVector& cut, const Overlay& before,
                                 Overlay& overlay) {
  const StreamId stream = beside.edits.front().event.stream;
  const State were(before, log_, stream), are(overlay, log_, stream);
  TRY_ASSIGN(const StreamHead head, log_.head(overlay, stream));
  const std::size_t count = beside.edits.size();
  TRY_ASSIGN(const Branches branches, log_.branches(before, stream));
  TRY_ASSIGN(RebasedEdits again,
             rebase({.before = were,
                     .now = are,
                     .has = std::move(beside.has),
                     .branches = branches,
                     .cut = cut,
                     .edits = std::move(beside.edits),
                     .latest = head.latest,
                     .now_ms = clock_.now(),
                     .chain_of = [&](const Dot& dot) -> Result<ChainHash> {
                       TRY_ASSIGN(const StoredEvent event, log_.read(overlay, {stream, dot}));
                       return event.chain;
                     }},
                    random_));
  TRY(ingest(Chunk{stream, std::move(again.events), {}}, overlay));
  for (const auto& [old, now] : again.origins)
    TRY(put_written_again(overlay, now, branches.origin_of(old)));
  // Of what nodes say of themselves nobody need hear.
  if (stream == directory_stream) return {};
  Notice notice;
  notice.kind = NoticeKind::returned;
  notice.at_ms = clock_.now();
  notice.origin = beside.self;
  notice.stream = stream;
  notice.events = count;
  return put_notice(overlay, std::move(notice));
}

}  // namespace genlock
