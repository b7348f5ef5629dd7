// The log where an origin went on twice (engine/branches.h): branches are opened, and events get
// other names.
#include "engine/check.h"
#include "engine/event_codec.h"
#include "eventlog/command_index.h"
#include "eventlog/log.h"
#include "eventlog/log_keys.h"

#include <algorithm>

namespace genlock {

namespace {

using log_values::LogEnd;

// Gives the events of one path, from one on, another name, wherever they are named.
class Diversion {
 public:
  Diversion(const Log& log, Overlay& overlay, StreamId stream, const Dot& first, OriginId name)
      : log_(log), overlay_(overlay), stream_(stream), first_(first), name_(name) {}

  Result<void> run() {
    TRY_ASSIGN(StreamHead head, log_.head(overlay_, stream_));
    TRY_ASSIGN(branches_, log_.branches(overlay_, stream_));
    TRY(move_contexts());
    TRY(move_events());
    TRY(move_runs());
    TRY(move_head(std::move(head)));
    branches_.divert(first_, name_);
    overlay_.put(Space::events, log_keys::branches(stream_), branches_.to_bytes());
    return {};
  }

 private:
  struct Entry {
    std::string key, value;
  };

  Result<std::vector<Entry>> entries(std::string_view prefix) const {
    std::vector<Entry> found;
    TRY(overlay_.scan_prefix(Space::events, prefix,
                             [&](std::string_view key, std::string_view value) {
                               found.push_back({std::string(key), std::string(value)});
                               return true;
                             }));
    return found;
  }

  EventId here(const EventId& id) const { return {id.stream, diverted(id.dot, first_, name_)}; }

  void put_moved(const EventId& was, std::string key, std::string value, const Entry& entry) {
    if (here(was) != was) overlay_.erase(Space::events, entry.key);
    overlay_.put(Space::events, std::move(key), std::move(value));
  }

  // The first event of a branch has a context of its own, as it has nobody before it by name.
  Result<void> move_contexts() {
    TRY_ASSIGN(VersionVector first, log_.context_of(overlay_, {stream_, first_}));
    TRY_ASSIGN(std::vector<Entry> all, entries(log_keys::contexts_of(stream_)));
    for (const Entry& entry : all) {
      const auto context = log_values::parse_context(entry.value);
      if (!context) return Error{ErrorCode::corruption, "a context in the log is damaged"};
      const EventId id = log_keys::event_of(entry.key);
      put_moved(id, log_keys::context(here(id)),
                log_values::context(diverted(*context, first_, name_)), entry);
    }
    overlay_.put(Space::events, log_keys::context(here({stream_, first_})),
                 log_values::context(first));
    return {};
  }

  Result<void> move_events() {
    TRY_ASSIGN(std::vector<Entry> all, entries(log_keys::events_of(stream_)));
    for (const Entry& entry : all) {
      const EventId id = log_keys::event_of(entry.key);
      const auto stored = log_values::parse_event(entry.key, entry.value);
      if (!stored) return Error{ErrorCode::corruption, "event " + id.to_string() + " is damaged"};
      TRY_ASSIGN(const Event written, decode_stored(std::string_view(stored->bytes)));
      const std::vector<Renaming> names = names_of(written, *stored);
      if (here(id) == id && names == stored->names) continue;
      std::string key = log_keys::event(here(id));
      std::string value = log_values::event(key, stored->chain, stored->position,
                                            stored->stored_at_ms, stored->bytes, names);
      put_moved(id, std::move(key), std::move(value), entry);
      if (here(id) == id) continue;
      TRY(command_index::remove(overlay_, written.command_key, id));
      command_index::add(overlay_, written.command_key, here(id));
    }
    return {};
  }

  // What it and what it names is called from now on.
  std::vector<Renaming> names_of(const Event& written, const StoredEvent& stored) const {
    std::vector<Renaming> names;
    const auto add = [&](const Dot& dot) {
      const auto is_it = [&](const Renaming& name) { return name.written == dot; };
      if (std::any_of(names.begin(), names.end(), is_it)) return;
      const auto known = std::find_if(stored.names.begin(), stored.names.end(), is_it);
      const Dot now = diverted(known == stored.names.end() ? dot : known->here, first_, name_);
      if (now != dot) names.push_back({dot, now});
    };
    add(written.dot);
    for (const Operation& operation : written.operations)
      if (operation.replaces)
        for (const Dot& dot : *operation.replaces) add(dot);
    return names;
  }

  // Runs of the path, which may have to be cut in two.
  Result<void> move_runs() {
    TRY_ASSIGN(std::vector<Entry> all, entries(log_keys::order_prefix));
    Position last_at = Position::none;
    for (const Entry& entry : all) {
      auto run = log_values::parse_run(entry.key, entry.value);
      if (!run) return Error{ErrorCode::corruption, "the order of events in the log is damaged"};
      last_at = run->at;
      const bool is_ours = run->first.stream == stream_ && run->first.dot.origin == first_.origin;
      if (!is_ours || run->nth(run->count - 1).dot.sequence < first_.sequence) continue;
      EventRun moved = *run;
      const std::uint64_t stay = number(first_.sequence) > number(run->first.dot.sequence)
                                     ? number(first_.sequence) - number(run->first.dot.sequence)
                                     : 0;
      moved.at = Position{number(run->at) + stay};
      moved.first = here(run->nth(stay));
      moved.count = run->count - stay;
      run->count = stay;
      if (stay > 0) overlay_.put(Space::events, entry.key, log_values::run(*run));
      overlay_.put(Space::events, log_keys::order(moved.at), log_values::run(moved));
      last_at = moved.at;
    }
    return put_end(last_at);
  }

  Result<void> put_end(Position run_at) {
    TRY_ASSIGN(const Position last, log_.last_position(overlay_));
    overlay_.put(Space::events, std::string(log_keys::end), log_values::end({last, run_at}));
    return {};
  }

  Result<void> move_head(StreamHead head) {
    const OriginHead was = *head.find(first_.origin);
    const Sequence stays{number(first_.sequence) - 1};
    head.at(name_) = was;
    OriginHead& moved = head.at(name_);
    moved.last = diverted({first_.origin, was.last}, first_, name_).sequence;
    TRY_ASSIGN(moved.context_at, log_keys::last_context(overlay_, stream_, name_));
    if (stays == Sequence::none) {
      std::erase_if(head.origins, [&](const auto& each) { return each.first == first_.origin; });
    } else {
      OriginHead& left = head.at(first_.origin);
      TRY_ASSIGN(StoredEvent last, log_.read(overlay_, {stream_, {first_.origin, stays}}));
      TRY_ASSIGN(EventHeader header, decode_header(last.bytes));
      left.last = stays;
      left.chain = last.chain;
      left.time = header.time;
      TRY_ASSIGN(left.context_at, log_keys::last_context(overlay_, stream_, first_.origin));
    }
    overlay_.put(Space::events, log_keys::heads(stream_), log_values::heads(head.origins));
    return {};
  }

  const Log& log_;
  Overlay& overlay_;
  const StreamId stream_;
  const Dot first_;
  const OriginId name_;
  Branches branches_;
};

}  // namespace

Result<void> Log::open_branch(Overlay& overlay, Appends& appends, const Branch& branch) const {
  OriginHead begun;
  if (branch.after.sequence != Sequence::none) {
    const EventId before{appends.stream, branch.after};
    TRY_ASSIGN(StoredEvent stored, read(overlay, before));
    TRY_ASSIGN(EventHeader header, decode_header(stored.bytes));
    TRY_ASSIGN(begun.context, context_of(overlay, before));
    begun.context.raise(branch.after.origin, branch.after.sequence);
    begun.chain = stored.chain;
    begun.time = header.time;
  }
  CHECK(!appends.head.find(branch.name), branch.name);
  appends.branches.add(branch);
  appends.head.at(branch.name) = std::move(begun);
  overlay.put(Space::events, log_keys::branches(appends.stream), appends.branches.to_bytes());
  return {};
}

Result<void> Log::divert(Overlay& overlay, Appends& appends, const Dot& first,
                         OriginId name) const {
  finish(overlay, appends);
  TRY(Diversion(*this, overlay, appends.stream, first, name).run());
  TRY_ASSIGN(appends, begin(overlay, appends.stream));
  return {};
}

}  // namespace genlock
