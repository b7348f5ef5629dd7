#include "replication/backlog.h"

#include "replication/peers.h"
#include "replication/stream_index.h"

#include <algorithm>

namespace genlock::replication {
namespace {

class Counter {
 public:
  Counter(const EventLog& log, const Reader& reader) : log_(log), reader_(reader) {}

  Result<void> add(StreamId stream, const std::vector<EventRange>& ranges) {
    for (const EventRange& range : ranges) {
      backlog_.total.events += range.count();
      backlog_.events[stream] += range.count();
      TRY(log_.read_kept(reader_, stream, range, [&](const EventId&, const StoredEvent& event) {
        Backlog& total = backlog_.total;
        total.bytes += event.bytes.size();
        total.oldest_ms = total.oldest_ms == 0 ? event.stored_at_ms
                                               : std::min(total.oldest_ms, event.stored_at_ms);
        return ++counted_ < Backlog::max_counted_events;
      }));
    }
    return {};
  }
  PeerBacklog result() {
    if (counted_ > 0 && counted_ < backlog_.total.events)
      backlog_.total.bytes = backlog_.total.bytes / counted_ * backlog_.total.events;
    return std::move(backlog_);
  }

 private:
  const EventLog& log_;
  const Reader& reader_;
  std::uint64_t counted_ = 0;
  PeerBacklog backlog_;
};

}  // namespace

Result<PeerBacklog> backlog_of(SessionPorts& ports, NodeId peer, const Scope& scope) {
  auto snapshot = ports.store.snapshot();
  TRY(ports.index.refresh(*snapshot));
  Counter counter(ports.engine.log(), *snapshot);
  for (StreamId stream : ports.index.changed_since(ports.peers.agreed(peer, scope))) {
    if (!scope.covers(stream)) continue;
    TRY_ASSIGN(StreamHead head, ports.engine.log().head(*snapshot, stream));
    TRY_ASSIGN(VersionVector shared, ports.peers.shared(*snapshot, peer, stream));
    TRY(counter.add(stream, shared.missing_from(head.vector())));
  }
  return counter.result();
}

Result<PeerBacklog> unacknowledged(SessionPorts& ports, const std::vector<NodeId>& peers) {
  if (peers.empty()) return PeerBacklog{};
  auto snapshot = ports.store.snapshot();
  TRY(ports.index.refresh(*snapshot));
  OriginId self = ports.engine.identity().origin;
  Counter counter(ports.engine.log(), *snapshot);
  for (StreamId stream : ports.index.all()) {
    TRY_ASSIGN(StreamHead head, ports.engine.log().head(*snapshot, stream));
    const OriginHead* own = head.find(self);
    if (!own) continue;
    Sequence known = Sequence::none;
    for (NodeId peer : peers) {
      TRY_ASSIGN(VersionVector shared, ports.peers.shared(*snapshot, peer, stream));
      known = std::max(known, shared.last_seen(self));
    }
    if (known < own->last) TRY(counter.add(stream, {{self, next(known), own->last}}));
  }
  return counter.result();
}

}  // namespace genlock::replication
