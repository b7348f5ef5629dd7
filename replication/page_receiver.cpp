#include "replication/page_receiver.h"

#include "engine/withdrawn.h"
#include "replication/peers.h"

#include <algorithm>
#include <bit>
#include <span>

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

// What was withdrawn was so for somebody who may have given way since. Now and then that is tried,
// each time after twice as long: mostly somebody still holds to it.
bool is_tired(int stands) {
  return stands % limits::max_stands == 0 &&
         std::has_single_bit(static_cast<unsigned>(stands / limits::max_stands));
}

bool is_about_the_chunk(ErrorCode code) { return code != ErrorCode::unavailable; }

// Where an origin went on twice, a session that compares says what both have.
void note_shared(SessionPorts& ports, NodeId peer, const Chunk& chunk) {
  if (!chunk.paths.empty()) return;
  VersionVector vector;
  for (const auto& [dot, chain] : chunk.chains) vector.raise(dot.origin, dot.sequence);
  ports.peers.note_shared(peer, chunk.stream, vector);
}

class PageJob {
 public:
  PageJob(SessionPorts& ports, const PeerIdentity& peer, const Scope& scope,
          const std::vector<Chunk>& chunks)
      : ports_(ports), peer_(peer), scope_(scope), chunks_(chunks) {}

  Result<void> operator()(Overlay& overlay) {
    for (std::size_t first = 0, end = 0; first < chunks_.size(); first = end) {
      for (end = first; end < chunks_.size() && chunks_[end].stream == chunks_[first].stream;)
        ++end;
      TRY(take(std::span(chunks_).subspan(first, end - first), overlay));
    }
    for (StreamId stream : renamed_) TRY(ports_.peers.forget_shared(stream, overlay));
    return ports_.peers.flush(peer_.node, overlay, ports_.observer);
  }

  PageReport take_report() { return std::move(report_); }
  std::vector<std::pair<StreamId, IngestReport>> take_ingested() { return std::move(ingested_); }

 private:
  using Chunks = std::span<const Chunk>;

  // All chunks of a stream at once; where one of them is refused, those before it by themselves.
  Result<void> take(Chunks chunks, Overlay& overlay) {
    Result<IngestReport> stored = ingest(chunks, overlay);
    if (!stored.ok() && is_about_the_chunk(stored.error().code) && chunks.size() > 1) {
      for (std::size_t i = 0; i < chunks.size(); ++i) {
        stored = ingest(chunks.subspan(i, 1), overlay);
        if (!stored.ok()) break;
        note(chunks.subspan(i, 1), std::move(stored).value());
      }
    } else if (stored.ok()) {
      note(chunks, std::move(stored).value());
    }
    if (stored.ok()) return {};
    if (!is_about_the_chunk(stored.error().code)) return std::move(stored).error();
    Failure failure{chunks.front().stream, stored.error().code, stored.error().message};
    TRY(add_door(failure, overlay));
    report_.failures.push_back(std::move(failure));
    return {};
  }

  // What its events have to have seen, as the sender is told.
  Result<void> add_door(Failure& failure, Overlay& overlay) {
    if (failure.code == ErrorCode::compacted) {
      // Of members, too: an older state of one may have come back.
      TRY_ASSIGN(failure.door.cut, ports_.engine.log().floor(overlay, failure.stream));
    } else if (failure.code == ErrorCode::not_let_in) {
      if (is_tired(ports_.peers.count_stand(peer_.node, failure.stream)))
        forget_withdrawn_door(overlay, failure.stream);
      TRY_ASSIGN(failure.door, ports_.engine.door(overlay, failure.stream));
      failure.code = ErrorCode::compacted;  // one code on the wire for both
    }
    return {};
  }

  // What is refused leaves nothing behind in the overlay.
  Result<IngestReport> ingest(Chunks chunks, Overlay& overlay) {
    for (const Chunk& chunk : chunks) TRY(check(chunk, scope_));
    return ports_.engine.ingest(chunks, overlay, peer_.origin);
  }

  void note(Chunks chunks, IngestReport stored) {
    if (stored.renamed) {
      renamed_.push_back(chunks.front().stream);
      report_.stored += stored.stored;
      ingested_.emplace_back(chunks.front().stream, std::move(stored));
      return;
    }
    report_.stored += stored.stored;
    report_.duplicates += stored.duplicates;
    for (const Chunk& chunk : chunks) note_shared(ports_, peer_.node, chunk);
    ingested_.emplace_back(chunks.front().stream, std::move(stored));
  }

  SessionPorts& ports_;
  const PeerIdentity& peer_;
  const Scope& scope_;
  const std::vector<Chunk>& chunks_;
  PageReport report_;
  std::vector<StreamId> renamed_;  // events of them have other names now
  std::vector<std::pair<StreamId, IngestReport>> ingested_;
};

enum class Sync { is_waited_for, goes_on };

StartedPage start(SessionPorts& ports, const PeerIdentity& peer, const Scope& scope,
                  std::vector<Chunk> chunks, Sync sync) {
  std::stable_sort(chunks.begin(), chunks.end(),
                   [](const Chunk& a, const Chunk& b) { return a.stream < b.stream; });
  PageJob job(ports, peer, scope, chunks);
  const auto run = [&job](Overlay& overlay) { return job(overlay); };
  StartedPage page;
  // Committer's own start() waits for the sync, here, without another thread.
  page.durable =
      sync == Sync::goes_on ? ports.committer.start(run) : ports.committer.Committer::start(run);
  page.report = job.take_report();
  page.peer = peer;
  page.ingested = job.take_ingested();
  return page;
}

}  // namespace

Result<PageReport> store_page(SessionPorts& ports, const PeerIdentity& peer, const Scope& scope,
                              std::vector<Chunk> chunks) {
  if (chunks.empty()) return PageReport{};
  return finish_page(ports, start(ports, peer, scope, std::move(chunks), Sync::is_waited_for));
}

StartedPage start_page(SessionPorts& ports, const PeerIdentity& peer, const Scope& scope,
                       std::vector<Chunk> chunks) {
  return start(ports, peer, scope, std::move(chunks), Sync::goes_on);
}

Result<PageReport> finish_page(SessionPorts& ports, StartedPage page) {
  TRY(page.durable.get());
  for (const auto& [stream, report] : page.ingested)
    if (report.stored + report.duplicates > 0)
      ports.observer.on_received(page.peer, stream, report);
  return std::move(page.report);
}

}  // namespace genlock::replication
