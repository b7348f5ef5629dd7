#include "eventlog/verify_chain.h"

#include "engine/event_codec.h"
#include "eventlog/log.h"
#include "eventlog/log_keys.h"

namespace genlock {

namespace {

Error bad(const EventId& id, const std::string& what) {
  return {ErrorCode::corruption, "event " + id.to_string() + ": " + what, {}};
}

class ChainWalk {
 public:
  ChainWalk(const Reader& reader, Branches branches)
      : reader_(reader), branches_(std::move(branches)) {}

  // A branch goes on with the hash of the event that it follows.
  Result<void> begin(StreamId stream, OriginId origin) {
    TRY_ASSIGN(const VersionVector floor, Log().floor(reader_, stream));
    verified_.compacted_to = floor.last_seen(origin);
    const Branch* branch = branches_.find(origin);
    if (!branch || branch->after.sequence == Sequence::none) return {};
    TRY_ASSIGN(StoredEvent before, Log().read(reader_, {stream, branch->after}));
    verified_.chain = before.chain;
    return {};
  }

  Result<void> check(std::string_view key, std::string_view value) {
    const EventId id = log_keys::event_of(key);
    TRY(check_number(id));
    auto event = log_values::parse_event(key, value);
    if (!event) return bad(id, "its bytes do not fit its checksum");
    TRY(check_bytes(id, *event));
    TRY(check_order(id, event->position));
    last_ = id.dot.sequence;
    ++verified_.event_count;
    return {};
  }

  // The head must speak of the last event seen.
  Result<VerifiedChain> finish(StreamId stream, OriginId origin) const {
    const EventId id{stream, {origin, last_}};
    TRY_ASSIGN(const StreamHead heads, Log().head(reader_, stream));
    const OriginHead* head = heads.find(origin);
    if (!head && last_ == Sequence::none) return verified_;
    if (!head) return bad(id, "the head after it is missing");
    if (head->last != last_) {
      return bad(id, "events after it are missing, up to " + std::to_string(number(head->last)));
    }
    if (head->chain != verified_.chain) return bad(id, "its hash is not the head's");
    return verified_;
  }

 private:
  Result<void> check_number(const EventId& id) const {
    if (id.dot.sequence == next(last_) || id.dot.sequence <= verified_.compacted_to) return {};
    return bad(id, "the event before it is missing: " + std::to_string(number(last_)) +
                       " is followed by " + std::to_string(number(id.dot.sequence)));
  }

  Result<void> check_bytes(const EventId& id, const StoredEvent& event) {
    auto decoded = decode(event.bytes);
    if (!decoded.ok()) return bad(id, decoded.error().message);
    if (decoded->stream != id.stream || decoded->dot != branches_.written(id.dot)) {
      return bad(id, "it says of itself that it is " + decoded->id().to_string());
    }
    const bool follows = id.dot.sequence == next(last_);
    verified_.chain = follows ? chain_hash(verified_.chain, event.bytes) : event.chain;
    if (event.chain != verified_.chain)
      return bad(id, "its hash does not follow from the events before it");
    return {};
  }

  Result<void> check_order(const EventId& id, Position position) const {
    TRY_ASSIGN(const auto at, Log().event_at(reader_, position));
    if (at == id) return {};
    return bad(id, "another event or none has its position " + std::to_string(number(position)));
  }

  const Reader& reader_;
  const Branches branches_;
  Sequence last_ = Sequence::none;
  VerifiedChain verified_;
};

}  // namespace

Result<VerifiedChain> verify_chain(const Reader& reader, StreamId stream, OriginId origin,
                                   const VerifyProgress& progress) {
  TRY_ASSIGN(Branches branches, Log().branches(reader, stream));
  ChainWalk walk(reader, std::move(branches));
  TRY(walk.begin(stream, origin));
  Result<void> outcome;
  TRY(reader.scan_prefix(Space::events, log_keys::events(stream, origin),
                         [&](std::string_view key, std::string_view value) {
                           outcome = walk.check(key, value);
                           if (outcome.ok() && progress)
                             progress(log_keys::event_of(key).dot.sequence);
                           return outcome.ok();
                         }));
  TRY(std::move(outcome));
  return walk.finish(stream, origin);
}

}  // namespace genlock
