// The event log over any Store: Space::events, whose grammar is in eventlog/log_keys.h.
// Every event that is read was verified against its XXH3-128 checksum. An expanded context is
// written only with the events that brought something new into it; context_of finds the latest of
// those with one seek. No state of its own: as thread-safe as the Reader it is given.
#pragma once

#include "engine/event_log.h"

namespace genlock {

class Log : public EventLog {
 public:
  Result<StreamHead> head(const Reader& reader, StreamId stream) const override;
  Result<std::vector<StreamId>> streams(const Reader& reader) const override;
  Result<StoredEvent> read(const Reader& reader, const EventId& id) const override;
  Result<void> read_range(const Reader& reader, StreamId stream, const EventRange& range,
                          const Visit& visit) const override;
  Result<void> read_kept(const Reader& reader, StreamId stream, const EventRange& range,
                         const Visit& visit) const override;
  Result<void> read_after(const Reader& reader, Position after, const Visit& visit) const override;
  Result<Position> last_position(const Reader& reader) const override;
  Result<Position> last_dropped(const Reader& reader) const override;
  Result<VersionVector> context_of(const Reader& reader, const EventId& id) const override;
  Result<std::optional<EventId>> find_command(const Reader& reader,
                                              const Uuid& command_key) const override;
  // Which event was stored as the `position`-th; nullopt: none. O(log n).
  Result<std::optional<EventId>> event_at(const Reader& reader, Position position) const;
  Result<Appends> begin(const Reader& reader, StreamId stream) const override;
  Result<Branches> branches(const Reader& reader, StreamId stream) const override;
  using EventLog::append;
  // REQUIRES: event.dot.sequence == next(head's last of that origin).
  Position append(Overlay& overlay, Appends& appends, const Event& event, std::string_view bytes,
                  UnixMs stored_at_ms, const std::vector<Renaming>& names) const override;
  Result<void> open_branch(Overlay& overlay, Appends& appends, const Branch& branch) const override;
  Result<void> divert(Overlay& overlay, Appends& appends, const Dot& first,
                      OriginId name) const override;
  void finish(Overlay& overlay, const Appends& appends) const override;

  Result<VersionVector> floor(const Reader& reader, StreamId stream) const override;
  Result<std::optional<RecordFacts>> facts(const Reader& reader, StreamId stream,
                                           const RecordKey& key) const override;
  Result<std::vector<RecordFacts>> all_facts(const Reader& reader, StreamId stream) const override;
  void raise_floor(Overlay& overlay, StreamId stream, const VersionVector& at) const override;
  void put_facts(Overlay& overlay, StreamId stream, const RecordFacts& facts) const override;
  Result<void> drop(Overlay& overlay, StreamId stream, const std::vector<Dot>& dots) const override;
  Result<void> forget(Overlay& overlay, StreamId stream) const override;
  Result<void> install(Overlay& overlay, const StreamBase& base,
                       UnixMs stored_at_ms) const override;
};

}  // namespace genlock
