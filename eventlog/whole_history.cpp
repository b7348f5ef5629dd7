#include "eventlog/whole_history.h"

#include "engine/event_codec.h"
#include "eventlog/log.h"
#include "eventlog/log_keys.h"

#include <map>

namespace genlock {

namespace {

constexpr std::size_t entry_bytes = 100;  // of a map

// What the files hold of one origin.
using Dropped = std::map<Sequence, const DroppedEvent*>;

Error lacks(const EventId& id) {
  return {ErrorCode::compacted, "event " + id.to_string() +
                                    " was compacted and is in no history file of this node: ask a "
                                    "node that has it, or put its file back"};
}

Error does_not_fit(const EventId& id) {
  return {ErrorCode::corruption, "the history files do not fit the log: event " + id.to_string() +
                                     " does not follow from what they hold before it"};
}

class Restoration {
 public:
  Restoration(const Reader& log, StreamId stream, const std::vector<HistoryFile>& files)
      : log_(log), stream_(stream) {
    for (const HistoryFile& file : files)
      if (file.stream == stream)
        for (const DroppedEvent& event : file.events)
          dropped_[file.origin].try_emplace(event.dot.sequence, &event);
  }

  Result<WholeHistory> run() {
    TRY_ASSIGN(const VersionVector floor, Log().floor(log_, stream_));
    for (const VersionVector::Entry& entry : floor.entries()) TRY(restore(entry));
    erase(log_keys::floor(stream_));
    TRY(log_.scan_prefix(Space::events, log_keys::facts_of(stream_),
                         [&](std::string_view key, std::string_view) {
                           erase(std::string(key));
                           return true;
                         }));
    return std::move(whole_);
  }

 private:
  // One origin, from its first event to its last one behind the floor, which the log always has.
  struct Walk {
    OriginId origin;
    Sequence last = Sequence::none;
    ChainHash chain{};
    VersionVector context;
  };

  Result<void> restore(const VersionVector::Entry& entry) {
    Walk walk{entry.origin, Sequence::none, {}, {}};
    Result<void> outcome;
    TRY(Log().read_kept(log_, stream_, {entry.origin, Sequence{1}, entry.last},
                        [&](const EventId& id, const StoredEvent& stored) {
                          outcome = restore_until(walk, id.dot.sequence);
                          if (outcome.ok()) outcome = pass(walk, stored);
                          return outcome.ok();
                        }));
    TRY(std::move(outcome));
    return restore_until(walk, next(entry.last));
  }

  Result<void> restore_until(Walk& walk, Sequence end) {
    while (next(walk.last) < end) {
      const Dot dot{walk.origin, next(walk.last)};
      const Dropped& dropped = dropped_[walk.origin];
      const auto found = dropped.find(dot.sequence);
      if (found == dropped.end()) return lacks({stream_, dot});
      TRY(step(walk, found->second->bytes));
      put_back(*found->second, walk.chain);
      ++whole_.restored_count;
    }
    return {};
  }

  // An event that the log has. Where a file has it, too, it may be dropped at any moment.
  Result<void> pass(Walk& walk, const StoredEvent& stored) {
    TRY(step(walk, stored.bytes));
    if (walk.chain != stored.chain) return does_not_fit({stream_, {walk.origin, walk.last}});
    const Dropped& dropped = dropped_[walk.origin];
    const auto found = dropped.find(walk.last);
    if (found != dropped.end() && found->second->bytes == stored.bytes)
      put_back(*found->second, walk.chain);
    return {};
  }

  // As Log::append sees an event. Bytes whose hash is not proven yet are checked in full.
  Result<void> step(Walk& walk, std::string_view bytes) {
    const EventId id{stream_, {walk.origin, next(walk.last)}};
    const Result<Event> event = decode(bytes);
    if (!event.ok()) return does_not_fit(id);
    walk.chain = chain_hash(walk.chain, bytes);
    walk.context.raise(walk.origin, walk.last);
    walk.last = next(walk.last);
    if (event->context_delta.empty()) return {};
    for (const ContextEntry& entry : event->context_delta)
      walk.context.raise(entry.origin, entry.last);
    put(log_keys::context(id), log_values::context(walk.context));
    return {};
  }

  void put_back(const DroppedEvent& event, const ChainHash& chain) {
    std::string key = log_keys::event({stream_, event.dot});
    std::string value =
        log_values::event(key, chain, event.position, event.stored_at_ms, event.bytes);
    put(std::move(key), std::move(value));
  }

  void put(std::string key, std::string value) {
    whole_.bytes += key.size() + value.size() + entry_bytes;
    whole_.put.at(Space::events).insert_or_assign(std::move(key), std::move(value));
  }

  void erase(std::string key) {
    whole_.put.at(Space::events).insert_or_assign(std::move(key), std::nullopt);
  }

  const Reader& log_;
  const StreamId stream_;
  std::map<OriginId, Dropped> dropped_;
  WholeHistory whole_;
};

}  // namespace

Result<WholeHistory> whole_history(const Reader& log, StreamId stream,
                                   const std::vector<HistoryFile>& files) {
  return Restoration(log, stream, files).run();
}

}  // namespace genlock
