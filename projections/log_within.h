// A log as it would be with the events inside a cut alone: what is folded over it knows nothing of
// those outside. Of a head only `last` is that of the cut.
#pragma once

#include "engine/event_log.h"

#include <algorithm>

namespace genlock {

class LogWithin : public EventLog {
 public:
  // Both outlive this. REQUIRES: `within` is closed under causality, and of the one stream asked
  // for.
  LogWithin(const EventLog& log, const VersionVector& within) : log_(log), within_(within) {}

  Result<StreamHead> head(const Reader& reader, StreamId stream) const override {
    TRY_ASSIGN(StreamHead head, log_.head(reader, stream));
    for (auto& [origin, at] : head.origins) at.last = std::min(at.last, within_.last_seen(origin));
    std::erase_if(head.origins,
                  [](const auto& each) { return each.second.last == Sequence::none; });
    return head;
  }
  Result<std::vector<StreamId>> streams(const Reader& reader) const override {
    return log_.streams(reader);
  }
  Result<StoredEvent> read(const Reader& reader, const EventId& id) const override {
    return log_.read(reader, id);
  }
  Result<void> read_range(const Reader& reader, StreamId stream, const EventRange& range,
                          const Visit& visit) const override {
    return log_.read_range(reader, stream, range, visit);
  }
  Result<void> read_kept(const Reader& reader, StreamId stream, const EventRange& range,
                         const Visit& visit) const override {
    return log_.read_kept(reader, stream, range, visit);
  }
  Result<void> read_after(const Reader& reader, Position after, const Visit& visit) const override {
    return log_.read_after(reader, after, visit);
  }
  Result<Position> last_position(const Reader& reader) const override {
    return log_.last_position(reader);
  }
  Result<Position> last_dropped(const Reader& reader) const override {
    return log_.last_dropped(reader);
  }
  Result<VersionVector> context_of(const Reader& reader, const EventId& id) const override {
    return log_.context_of(reader, id);
  }
  Result<std::optional<EventId>> find_command(const Reader& reader,
                                              const Uuid& command_key) const override {
    return log_.find_command(reader, command_key);
  }
  Result<Appends> begin(const Reader& reader, StreamId stream) const override {
    return log_.begin(reader, stream);
  }
  Result<Branches> branches(const Reader& reader, StreamId stream) const override {
    return log_.branches(reader, stream);
  }
  using EventLog::append;
  Position append(Overlay& overlay, Appends& appends, const Event& event, std::string_view bytes,
                  UnixMs stored_at_ms, const std::vector<Renaming>& names) const override {
    return log_.append(overlay, appends, event, bytes, stored_at_ms, names);
  }
  Result<void> open_branch(Overlay& overlay, Appends& appends,
                           const Branch& branch) const override {
    return log_.open_branch(overlay, appends, branch);
  }
  Result<void> divert(Overlay& overlay, Appends& appends, const Dot& first,
                      OriginId name) const override {
    return log_.divert(overlay, appends, first, name);
  }
  void finish(Overlay& overlay, const Appends& appends) const override {
    log_.finish(overlay, appends);
  }
  Result<VersionVector> floor(const Reader& reader, StreamId stream) const override {
    return log_.floor(reader, stream);
  }
  Result<std::optional<RecordFacts>> facts(const Reader& reader, StreamId stream,
                                           const RecordKey& key) const override {
    return log_.facts(reader, stream, key);
  }
  Result<std::vector<RecordFacts>> all_facts(const Reader& reader, StreamId stream) const override {
    return log_.all_facts(reader, stream);
  }
  void raise_floor(Overlay& overlay, StreamId stream, const VersionVector& at) const override {
    log_.raise_floor(overlay, stream, at);
  }
  void put_facts(Overlay& overlay, StreamId stream, const RecordFacts& facts) const override {
    log_.put_facts(overlay, stream, facts);
  }
  Result<void> drop(Overlay& overlay, StreamId stream,
                    const std::vector<Dot>& dots) const override {
    return log_.drop(overlay, stream, dots);
  }
  Result<void> forget(Overlay& overlay, StreamId stream) const override {
    return log_.forget(overlay, stream);
  }
  Result<void> install(Overlay& overlay, const StreamBase& base,
                       UnixMs stored_at_ms) const override {
    return log_.install(overlay, base, stored_at_ms);
  }

 private:
  const EventLog& log_;
  const VersionVector& within_;
};

}  // namespace genlock
