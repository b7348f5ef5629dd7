#include "simulation/log_check.h"

#include "engine/branches.h"
#include "engine/event_codec.h"

#include <algorithm>
#include <list>

namespace genlock::simulation {
namespace {

// An event of the log, and those that follow it under the same origin: more than one where that
// went on twice.
struct Known {
  Dot here;          // its name
  OriginId written;  // whose it is by its bytes
  ChainHash chain{};
  HybridTime time = HybridTime::zero;
  VersionVector past;  // itself and what stands before it under its origin
  VersionVector seen;  // by its writer, without that
  std::vector<const Known*> followers = {};
};

class Checker {
 public:
  // The next event of the log; a failure, or nothing.
  std::string take(const EventId& id, const StoredEvent& stored) {
    Event event = decode(stored.bytes).value();
    const Event& written = event;
    const std::string what = "event " + id.to_string();
    if (written.stream != id.stream) return what + " lies in another stream";
    if (id.dot.sequence != next(here_.last_seen(id.dot.origin)))
      return what + " comes after a hole";
    Known* parent = parent_of(written.dot, stored);
    if (!parent) return what + " has a wrong chain value, or what it follows is missing";
    VersionVector seen = parent->seen;
    seen.merge(parent->past);
    for (const ContextEntry& entry : written.context_delta) {
      const auto known = by_hash_.find(entry.hash);
      if (known == by_hash_.end()) return what + " stands before what it had seen";
      if (known->second->time >= written.time) return what + " is not later than what it had seen";
      seen.merge(known->second->past);
    }
    if (written.time <= parent->time) return what + " is not later than the one before";
    VersionVector past = parent->past;
    past.raise(id.dot.origin, id.dot.sequence);
    Known& known = by_number_[written.dot].emplace_back(
        Known{id.dot, written.dot.origin, stored.chain, written.time, std::move(past), seen});
    parent->followers.push_back(&known);
    by_hash_.emplace(shorten(stored.chain), &known);
    here_.advance(id.dot);
    rename(event, stored.names);
    if (event.dot != id.dot) return what + " is read under another name";
    facts_.push_back({std::move(event), std::move(seen)});
    return {};
  }

  // Of several that follow one event the lowest hash keeps the name.
  std::string check_names() const {
    for (const auto& [dot, events] : by_number_)
      for (const Known& parent : events) {
        if (parent.followers.empty()) continue;
        const Known* lowest = *std::ranges::min_element(parent.followers, {}, &Known::chain);
        for (const Known* follower : parent.followers) {
          const Dot on{parent.here.origin, next(parent.here.sequence)};
          const Dot beside{branch_name(follower->written, follower->chain), Sequence{1}};
          if (follower->here != (follower == lowest ? on : beside))
            return "event " + follower->here.to_string() + " has the name of another branch";
        }
      }
    return {};
  }

  std::vector<Fact> facts() { return std::move(facts_); }

 private:
  Known* parent_of(const Dot& written, const StoredEvent& stored) {
    const Dot before{written.origin, Sequence{number(written.sequence) - 1}};
    std::list<Known>& candidates = by_number_[before];
    if (before.sequence == Sequence::none && candidates.empty())
      candidates.push_back(Known{before, written.origin, {}, HybridTime::zero, {}, {}});
    for (Known& candidate : candidates)
      if (chain_hash(candidate.chain, stored.bytes) == stored.chain) return &candidate;
    return nullptr;
  }

  VersionVector here_;
  std::map<Dot, std::list<Known>> by_number_;  // as their bytes say
  std::map<ShortHash, const Known*> by_hash_;
  std::vector<Fact> facts_;
};

}  // namespace

LogReport check_log(const SimNode& node) {
  LogReport report;
  std::map<StreamId, Checker> streams;
  auto read = node.log().read_after(node.store, Position::none,
                                    [&](const EventId& id, const StoredEvent& stored) {
                                      Checker& checker = streams[id.stream];
                                      report.failure = checker.take(id, stored);
                                      report.chains.emplace(id.stream, stored.chain);
                                      return report.failure.empty();
                                    });
  if (!read.ok()) report.failure = "the log cannot be read: " + read.error().message;
  for (auto& [stream, checker] : streams) {
    if (report.failure.empty()) report.failure = checker.check_names();
    report.facts[stream] = checker.facts();
  }
  return report;
}

}  // namespace genlock::simulation
