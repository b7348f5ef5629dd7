#include "simulation/log_check.h"

#include "engine/event_codec.h"

namespace genlock::simulation {
namespace {

struct Origin {
  ChainHash chain{};
  VersionVector seen;  // by its last event, without that
  HybridTime time = HybridTime::zero;
};

class Checker {
 public:
  void take(const EventId& id, const StoredEvent& stored) {
    Event event = decode(stored.bytes).value();
    const std::string what = "event " + id.to_string();
    if (event.id() != id) return fail(what + " lies under another name");
    VersionVector& here = here_[id.stream];
    if (event.dot.sequence != next(here.last_seen(event.dot.origin)))
      return fail(what + " comes after a hole");
    Origin& origin = origins_[{id.stream, event.dot.origin}];
    VersionVector seen = origin.seen;
    seen.raise(event.dot.origin, here.last_seen(event.dot.origin));
    for (const ContextEntry& entry : event.context_delta) {
      seen.raise(entry.origin, entry.last);
      auto known = report_.chains.find({id.stream, {entry.origin, entry.last}});
      if (known == report_.chains.end()) return fail(what + " stands before what it had seen");
      if (shorten(known->second) != entry.hash) return fail(what + " had seen another content");
      if (times_.at({id.stream, {entry.origin, entry.last}}) >= event.time)
        return fail(what + " is not later than what it had seen");
    }
    if (event.time <= origin.time) return fail(what + " is not later than the one before");
    origin.chain = chain_hash(origin.chain, stored.bytes);
    if (origin.chain != stored.chain) return fail(what + " has a wrong chain value");
    origin.time = event.time;
    origin.seen = seen;
    here.advance(event.dot);
    report_.chains[id] = stored.chain;
    times_[id] = event.time;
    report_.facts[id.stream].push_back({std::move(event), std::move(seen)});
  }
  bool failed() const { return !report_.failure.empty(); }
  LogReport report() { return std::move(report_); }

 private:
  void fail(std::string text) { report_.failure = std::move(text); }

  LogReport report_;
  std::map<StreamId, VersionVector> here_;
  std::map<std::pair<StreamId, OriginId>, Origin> origins_;
  std::map<EventId, HybridTime> times_;
};

}  // namespace

LogReport check_log(const SimNode& node) {
  Checker checker;
  auto read = node.log().read_after(node.store, Position::none,
                                    [&](const EventId& id, const StoredEvent& stored) {
                                      checker.take(id, stored);
                                      return !checker.failed();
                                    });
  LogReport report = checker.report();
  if (!read.ok()) report.failure = "the log cannot be read: " + read.error().message;
  return report;
}

}  // namespace genlock::simulation
