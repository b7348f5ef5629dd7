// A stream that is replaced by what another node kept of it, with the events that only this node
// has written again.
#include "engine/check.h"
#include "engine/engine.h"
#include "engine/ingest.h"
#include "engine/rebase.h"

namespace genlock {

namespace {

// Events that are here and not within `at`, in an order that extends causality.
Result<std::vector<RecordEvent>> events_beside(const EventLog& log, const Reader& reader,
                                               StreamId stream, const VersionVector& at) {
  std::vector<RecordEvent> beside;
  TRY_ASSIGN(CausalReader events, CausalReader::open(log, reader, stream, nullptr));
  for (;;) {
    TRY_ASSIGN(std::optional<RecordEvent> next, events.next());
    if (!next) return beside;
    if (!at.contains(next->event.dot)) beside.push_back(*std::move(next));
  }
}

// Where both know an event it must be the same. What the sender has dropped can't be compared.
Result<void> check_same(const EventLog& log, const Reader& reader, const StreamHead& head,
                        const StreamBase& base) {
  const VersionVector have = head.vector();
  for (const KeptEvent& kept : base.events) {
    if (!have.contains(kept.dot)) continue;
    const Result<StoredEvent> ours = log.read(reader, {base.stream, kept.dot});
    if (!ours.ok() && ours.error().code == ErrorCode::compacted) continue;
    TRY(ours);
    if (ours->chain != kept.chain)
      return Error{ErrorCode::fork, "event " + kept.dot.to_string() +
                                        " is another one here than in the snapshot: one origin "
                                        "went on twice, and what is here was kept"};
  }
  return {};
}

}  // namespace

Result<IngestReport> Engine::install(const StreamBase& base, Overlay& overlay) {
  const StreamId stream = base.stream;
  TRY_ASSIGN(const StreamHead head, log_.head(overlay, stream));
  TRY_ASSIGN(const Branches branches, log_.branches(overlay, stream));
  if (!branches.empty())
    return Error{ErrorCode::unsupported,
                 "stream " + stream.to_string() +
                     " has branches here and a snapshot there: "
                     "restore a backup of the other node, or start with an empty data directory"};
  if (head.vector().includes(base.at))
    return Error{ErrorCode::exists, "everything in this snapshot is here already"};
  TRY(check_same(log_, overlay, head, base));
  TRY_ASSIGN(std::vector<RecordEvent> edits, events_beside(log_, overlay, stream, base.at));
  const UnixMs now = clock_.now();
  Overlay attempt = overlay.nested();
  if (!head.origins.empty()) TRY(log_.forget(attempt, stream));
  TRY(log_.install(attempt, base, now));
  TRY(fold_again(stream, attempt));
  IngestReport report;
  for (const KeptEvent& kept : base.events)
    if (!head.vector().contains(kept.dot)) report.ids.push_back({stream, kept.dot});
  report.stored = report.ids.size();
  report.renamed = !head.origins.empty();
  if (!edits.empty()) TRY(write_again(std::move(edits), base, overlay, attempt));
  overlay.absorb(std::move(attempt));
  return report;
}

// `before` shows the stream with them, `overlay` the others' without.
Result<void> Engine::write_again(std::vector<RecordEvent> edits, const StreamBase& base,
                                 const Overlay& before, Overlay& overlay) {
  const State were(before, log_, base.stream), are(overlay, log_, base.stream);
  TRY_ASSIGN(const StreamHead head, log_.head(overlay, base.stream));
  const OriginId self = identity().origin;
  std::uint64_t own = 0;
  for (const RecordEvent& edit : edits) own += edit.event.dot.origin == self;
  const std::size_t count = edits.size();
  TRY_ASSIGN(RebasedEdits again,
             rebase({.before = were,
                     .now = are,
                     .has = base.at,
                     .cut = base.at,
                     .edits = std::move(edits),
                     .latest = head.latest,
                     .now_ms = clock_.now(),
                     .chain_of = [&](const Dot& dot) -> Result<ChainHash> {
                       TRY_ASSIGN(const StoredEvent event, log_.read(overlay, {base.stream, dot}));
                       return event.chain;
                     }},
                    random_));
  TRY(ingest(Chunk{base.stream, std::move(again.events), {}}, overlay));
  Notice notice;
  notice.kind = NoticeKind::returned;
  notice.at_ms = clock_.now();
  notice.origin = self;
  notice.stream = base.stream;
  notice.events = count;
  TRY(put_notice(overlay, std::move(notice)));
  // Its numbers go on below those that it gave already.
  return own > 0 ? begin_anew(self, overlay) : Result<void>{};
}

}  // namespace genlock
