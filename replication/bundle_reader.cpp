#include "replication/bundle.h"
#include "replication/bundle_frames.h"
#include "replication/page_builder.h"
#include "replication/peer_vector.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace genlock::replication {
namespace {

class BundleImport {
 public:
  BundleImport(Engine& engine, Committer& committer, const Store& store, const ReadBytes& read)
      : engine_(engine), committer_(committer), store_(store), frames_(read) {}

  Result<BundleReport> run() {
    TRY(open());
    while (!is_over_) {
      Result<void> taken = take_next();
      if (taken.ok()) continue;
      if (taken.error().code == ErrorCode::unavailable) return std::move(taken).error();
      report_.damage = taken.error().message;
      break;
    }
    for (auto& [id, stream] : streams_) report_.streams.push_back(std::move(stream));
    return std::move(report_);
  }

 private:
  Result<void> open() {
    auto first = frames_.next();
    if (!first.ok() && first.error().code == ErrorCode::unavailable)
      return std::move(first).error();
    const Hello* hello = first.ok() ? std::get_if<Hello>(&first->body) : nullptr;
    if (!hello)
      return Error{ErrorCode::bad_request,
                   "this is no bundle" + (first.ok() ? "" : ": " + first.error().message)};
    if (hello->protocol != protocol_version)
      return Error{ErrorCode::unsupported, "the bundle was made by another version of genlock (" +
                                               hello->software + "): update this node"};
    report_.maker = {first->node, first->origin, hello->role, hello->name, hello->software};
    report_.made_ms = hello->clock_ms;
    return {};
  }

  Result<void> take_next() {
    TRY_ASSIGN(Message message, frames_.next());
    if (std::get_if<States>(&message.body)) {
      is_over_ = true;
      return {};
    }
    auto* exchange = std::get_if<Exchange>(&message.body);
    if (!exchange) return Error{ErrorCode::corruption, "a message that no bundle has"};
    return exchange->chunks.empty() ? begin_section(*exchange) : take_page(exchange->chunks);
  }

  // Nothing of a stream is taken before all that it builds upon is here.
  Result<void> begin_section(const Exchange& intro) {
    const std::unique_ptr<Reader> now = store_.snapshot();
    for (const StreamState& wants : intro.wants) TRY(look(*now, wants));
    for (const StreamState& after : intro.acknowledged)
      if (!streams_.contains(after.stream)) TRY(look(*now, {after.stream, {}, {}}));
    return {};
  }

  Result<void> look(const Reader& now, const StreamState& wants) {
    BundledStream& stream = streams_[wants.stream];
    stream.stream = wants.stream;
    TRY_ASSIGN(const StreamHead head, engine_.log().head(now, wants.stream));
    TRY_ASSIGN(const PeerVector needed, read_peer_vector(engine_.log(), now, head, wants));
    stream.missing.clear();
    if (needed.has_more) stream.missing = head.vector().missing_from(wants.vector());
    if (const Result<void> known = check_known(needed); !known.ok()) stream.refused = known.error();
    return {};
  }

  Result<void> take_page(const std::vector<Chunk>& chunks) {
    for (const Chunk& chunk : chunks)
      if (!streams_.contains(chunk.stream) || chunk.events.empty() || chunk.chains.empty())
        return Error{ErrorCode::corruption, "a page that does not fit what was said before it"};
    std::map<StreamId, IngestReport> taken;
    std::map<StreamId, Error> refused;
    TRY(committer_.run([&](Overlay& overlay) -> Result<void> {
      for (const Chunk& chunk : chunks) {
        const BundledStream& stream = streams_[chunk.stream];
        if (!stream.missing.empty() || stream.refused || refused.contains(chunk.stream)) continue;
        auto stored = engine_.ingest(chunk, overlay, report_.maker.origin);
        if (!stored.ok() && stored.error().code == ErrorCode::unavailable)
          return std::move(stored).error();
        if (!stored.ok())
          refused.emplace(chunk.stream, stored.error());
        else
          add(taken[chunk.stream], *stored);
      }
      return {};
    }));
    for (const auto& [id, one] : taken) {
      streams_[id].stored += one.stored;
      streams_[id].duplicates += one.duplicates;
    }
    for (auto& [id, error] : refused) streams_[id].refused = std::move(error);
    return {};
  }

  static void add(IngestReport& sum, const IngestReport& one) {
    sum.stored += one.stored;
    sum.duplicates += one.duplicates;
  }

  Engine& engine_;
  Committer& committer_;
  const Store& store_;
  BundleFrames frames_;
  bool is_over_ = false;
  BundleReport report_;
  std::map<StreamId, BundledStream> streams_;
};

}  // namespace

std::uint64_t BundleReport::stored() const {
  return std::accumulate(streams.begin(), streams.end(), std::uint64_t{0},
                         [](auto sum, const BundledStream& one) { return sum + one.stored; });
}

std::uint64_t BundleReport::duplicates() const {
  return std::accumulate(streams.begin(), streams.end(), std::uint64_t{0},
                         [](auto sum, const BundledStream& one) { return sum + one.duplicates; });
}

bool BundleReport::complete() const {
  return !damage && std::ranges::all_of(streams, [](const BundledStream& one) {
    return one.missing.empty() && !one.refused;
  });
}

Result<BundleReport> read_bundle(Engine& engine, Committer& committer, const Store& store,
                                 const ReadBytes& read) {
  return BundleImport(engine, committer, store, read).run();
}

}  // namespace genlock::replication
