#include "replication/page_receiver.h"

#include "replication/peers.h"

namespace genlock::replication {
namespace {

// What is wrong with a chunk before the engine looks at it.
Result<void> check(const Chunk& chunk, const Scope& scope) {
  if (!scope.covers(chunk.stream))
    return Error{ErrorCode::invalid_argument, "a chunk of stream " + chunk.stream.to_string() +
                                                  ", which the two nodes do not share"};
  if (chunk.events.empty() || chunk.chains.empty())
    return Error{ErrorCode::corruption, "a chunk without events or without chain values"};
  return {};
}

bool is_about_the_chunk(ErrorCode code) { return code != ErrorCode::unavailable; }

void note_shared(SessionPorts& ports, NodeId peer, const Chunk& chunk) {
  VersionVector vector;
  for (const auto& [dot, chain] : chunk.chains) vector.raise(dot.origin, dot.sequence);
  ports.peers.note_shared(peer, chunk.stream, vector);
}

class PageJob {
 public:
  PageJob(SessionPorts& ports, const PeerIdentity& peer, const Scope& scope,
          const std::vector<Chunk>& chunks)
      : ports_(ports), peer_(peer), scope_(scope), chunks_(chunks) {}

  // May be run again from the start by the committer.
  Result<void> operator()(Overlay& overlay) {
    report_ = {};
    ingested_.clear();
    for (const Chunk& chunk : chunks_) {
      Result<IngestReport> stored = ingest(chunk, overlay);
      if (!stored.ok() && !is_about_the_chunk(stored.error().code))
        return std::move(stored).error();
      if (!stored.ok()) {
        report_.failures.push_back({chunk.stream, stored.error().code, stored.error().message});
        continue;
      }
      report_.stored += stored->stored;
      report_.duplicates += stored->duplicates;
      report_.streams.push_back(chunk.stream);
      ingested_.emplace_back(&chunk, std::move(stored).value());
      note_shared(ports_, peer_.node, chunk);
    }
    return ports_.peers.flush(peer_.node, overlay, ports_.observer);
  }

  PageReport take_report() { return std::move(report_); }
  const auto& ingested() const { return ingested_; }

 private:
  // A refused chunk leaves nothing behind in the overlay.
  Result<IngestReport> ingest(const Chunk& chunk, Overlay& overlay) {
    TRY(check(chunk, scope_));
    return ports_.engine.ingest(chunk, overlay);
  }

  SessionPorts& ports_;
  const PeerIdentity& peer_;
  const Scope& scope_;
  const std::vector<Chunk>& chunks_;
  PageReport report_;
  std::vector<std::pair<const Chunk*, IngestReport>> ingested_;
};

}  // namespace

Result<PageReport> store_page(SessionPorts& ports, const PeerIdentity& peer, const Scope& scope,
                              const std::vector<Chunk>& chunks) {
  if (chunks.empty()) return PageReport{};
  PageJob job(ports, peer, scope, chunks);
  TRY(ports.committer.run([&job](Overlay& overlay) { return job(overlay); }));
  for (const auto& [chunk, report] : job.ingested())
    if (report.stored > 0) ports.observer.on_received(peer, chunk->stream, report);
  return job.take_report();
}

}  // namespace genlock::replication
