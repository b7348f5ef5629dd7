#include "replication/stream_index.h"

#include "engine/bytes.h"
#include "replication/hashing.h"
#include "replication/limits.h"

#include <algorithm>
#include <set>

namespace genlock::replication {
namespace {

// More new events than this, and reading the heads of all streams is cheaper than looking at each
// event.
constexpr std::uint64_t max_changes_to_read = 4'096;

Digest states_digest(StreamId stream, const Digest& state) {
  ByteWriter out;
  out.raw(stream.view());
  out.fixed64(state.high);
  out.fixed64(state.low);
  return hash_128(out.take());
}

}  // namespace

Digest heads_digest(StreamId stream, const StreamHead& head) {
  ByteWriter out;
  out.raw(stream.view());
  for (const auto& [origin, last] : head.origins) {
    out.raw(origin.view());
    out.fixed64(number(last.last));
    ShortHash hash = shorten(last.chain);
    out.raw({reinterpret_cast<const char*>(hash.data()), hash.size()});
  }
  return hash_128(out.take());
}

Result<StreamState> read_stream_state(const EventLog& log, const Projection* projection,
                                      const Reader& reader, StreamId stream) {
  TRY_ASSIGN(StreamHead head, log.head(reader, stream));
  StreamState state{stream, {}, {}};
  state.have.reserve(head.origins.size());
  for (const auto& [origin, last] : head.origins)
    state.have.push_back({origin, last.last, shorten(last.chain)});
  TRY_ASSIGN(const Branches branches, log.branches(reader, stream));
  for (const Branch& branch : branches.all()) {
    BranchHead told{branch.name, branch.origin, branch.depth, {}};
    if (branch.after.sequence != Sequence::none) {
      TRY_ASSIGN(StoredEvent before, log.read(reader, {stream, branch.after}));
      told.hash = shorten(before.chain);
    }
    state.branches.push_back(told);
  }
  if (projection) {
    TRY_ASSIGN(state.state, projection->digest(reader, stream));
  }
  return state;
}

std::uint16_t bucket_of(StreamId stream, std::uint8_t bits) {
  auto low = static_cast<std::uint16_t>(stream.uuid.bytes[14] << 8 | stream.uuid.bytes[15]);
  return static_cast<std::uint16_t>(low & ((1u << bits) - 1));
}

Result<Position> StreamIndex::refresh(const Reader& reader) {
  std::lock_guard lock(mutex_);
  TRY_ASSIGN(Position last, log_.last_position(reader));
  if (last <= position_) return position_;
  if (position_ == Position::none || number(last) - number(position_) > max_changes_to_read) {
    TRY(read_all(reader, last));
  } else {
    TRY(read_changes(reader, last));
  }
  position_ = last;
  return position_;
}

void StreamIndex::invalidate() {
  std::lock_guard lock(mutex_);
  entries_.clear();
  summaries_.clear();
  heads_ = states_ = {};
  position_ = Position::none;
}

Result<void> StreamIndex::read_changes(const Reader& reader, Position last) {
  std::set<StreamId> changed;
  TRY(log_.read_after(reader, position_, [&](const EventId& id, const StoredEvent&) {
    changed.insert(id.stream);
    return true;
  }));
  for (StreamId stream : changed) TRY(read_stream(reader, stream, last));
  return {};
}

Result<void> StreamIndex::read_all(const Reader& reader, Position last) {
  TRY_ASSIGN(std::vector<StreamId> streams, log_.streams(reader));
  for (StreamId stream : streams) TRY(read_stream(reader, stream, last));
  return {};
}

Result<void> StreamIndex::read_stream(const Reader& reader, StreamId stream, Position changed) {
  TRY_ASSIGN(StreamHead head, log_.head(reader, stream));
  TRY_ASSIGN(Digest rows, projection_.digest(reader, stream));
  Entry fresh{heads_digest(stream, head), states_digest(stream, rows), changed};
  auto [at, is_new] = entries_.try_emplace(stream);
  if (!is_new) {
    if (at->second.heads == fresh.heads && at->second.states == fresh.states) return {};
    heads_.subtract(at->second.heads);
    states_.subtract(at->second.states);
  }
  at->second = fresh;
  heads_.add(fresh.heads);
  states_.add(fresh.states);
  return {};
}

// Calls visit(stream, entry) for the streams of the scope, ascending. O(listed) where one side
// lists what it wants.
template <class Visit>
void StreamIndex::each_in(const Scope& scope, const Visit& visit) const {
  const Subscription* narrow = !scope.ours.everything     ? &scope.ours
                               : !scope.theirs.everything ? &scope.theirs
                                                          : nullptr;
  if (!narrow) {
    for (const auto& [stream, entry] : entries_)
      if (scope.covers(stream)) visit(stream, entry);
    return;
  }
  std::vector<StreamId> wanted = narrow->listed;
  wanted.push_back(library_stream);
  wanted.push_back(directory_stream);
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  for (StreamId stream : wanted) {
    auto at = entries_.find(stream);
    if (at != entries_.end() && scope.covers(stream)) visit(stream, at->second);
  }
}

StreamIndex::Summary StreamIndex::summary(const Scope& scope) const {
  std::lock_guard lock(mutex_);
  if (scope.is_all())
    return {heads_, states_, static_cast<std::uint32_t>(entries_.size()), position_};
  Digest ours = scope.ours.digest(), theirs = scope.theirs.digest();
  auto same = [&](const CachedSummary& cached) {
    return cached.ours == ours && cached.theirs == theirs;
  };
  auto at = std::find_if(summaries_.begin(), summaries_.end(), same);
  if (at != summaries_.end() && at->summary.position == position_) return at->summary;
  if (at != summaries_.end()) summaries_.erase(at);
  if (summaries_.size() >= limits::max_cached_scopes) summaries_.erase(summaries_.begin());
  Summary sum;
  sum.position = position_;
  each_in(scope, [&](StreamId, const Entry& entry) {
    sum.heads.add(entry.heads);
    sum.states.add(entry.states);
    ++sum.stream_count;
  });
  summaries_.push_back({ours, theirs, sum});
  return sum;
}

Digest StreamIndex::heads_without(const Scope& scope, const std::vector<StreamId>& except) const {
  Digest heads = summary(scope).heads;
  std::lock_guard lock(mutex_);
  for (StreamId stream : std::set<StreamId>(except.begin(), except.end())) {
    auto at = entries_.find(stream);
    if (at != entries_.end() && scope.covers(stream)) heads.subtract(at->second.heads);
  }
  return heads;
}

Compare StreamIndex::buckets(const Scope& scope, std::uint8_t bits) const {
  std::lock_guard lock(mutex_);
  Compare compare;
  compare.bits = bits;
  compare.heads.resize(std::size_t{1} << bits);
  compare.states.resize(std::size_t{1} << bits);
  each_in(scope, [&](StreamId stream, const Entry& entry) {
    compare.heads[bucket_of(stream, bits)] += entry.heads.low;
    compare.states[bucket_of(stream, bits)] += entry.states.low;
  });
  return compare;
}

std::vector<StreamId> StreamIndex::streams(const Scope& scope, std::uint8_t bits,
                                           const std::vector<std::uint16_t>& buckets,
                                           StreamId after) const {
  std::lock_guard lock(mutex_);
  std::vector<StreamId> found;
  each_in(scope, [&](StreamId stream, const Entry&) {
    if (after < stream &&
        std::binary_search(buckets.begin(), buckets.end(), bucket_of(stream, bits)))
      found.push_back(stream);
  });
  return found;
}

std::vector<StreamId> StreamIndex::changed_since(Position position) const {
  std::lock_guard lock(mutex_);
  std::vector<StreamId> changed;
  if (position_ <= position) return changed;
  for (const auto& [stream, entry] : entries_)
    if (entry.changed > position) changed.push_back(stream);
  return changed;
}

std::vector<StreamId> StreamIndex::all() const {
  std::lock_guard lock(mutex_);
  std::vector<StreamId> streams;
  streams.reserve(entries_.size());
  for (const auto& [stream, entry] : entries_) streams.push_back(stream);
  return streams;
}

std::size_t StreamIndex::stream_count() const {
  std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace genlock::replication
