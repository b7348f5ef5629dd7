#include "simulation/chronicle.h"

#include "engine/event_codec.h"
#include "engine/schema.h"

#include <algorithm>

namespace genlock::simulation {
namespace {

bool is_on_same_row(const Operation& a, const Operation& b) {
  return a.table == b.table && a.record == b.record;
}

bool has_moment(const Operation& lock, const Event& again) {
  return std::ranges::any_of(again.operations, [&](const Operation& other) {
    return other.kind == OperationKind::moment && is_on_same_row(lock, other);
  });
}

// As it was, or each of its values by itself where others made the row, too; what they show alike
// is not said.
bool has_creation(const Operation& create, const Event& again) {
  return std::ranges::all_of(again.operations, [&](const Operation& other) {
    if (!is_on_same_row(create, other)) return true;
    if (other.kind == OperationKind::create)
      return other.parent == create.parent && other.values == create.values;
    if (other.kind != OperationKind::set) return true;
    return std::ranges::all_of(other.values, [&](const ColumnValue& item) {
      const Value* first = find(create.values, item.column);
      return (first ? *first : Value{}) == item.value;
    });
  });
}

bool has_same(const Operation& operation, const Event& again) {
  return std::ranges::any_of(again.operations, [&](const Operation& other) {
    return other.kind == operation.kind && is_on_same_row(operation, other) &&
           other.group == operation.group && other.values == operation.values;
  });
}

bool says(const Operation& operation, const Event& first, const Event& again) {
  switch (operation.kind) {
    case OperationKind::lock:
    case OperationKind::unlock:
      return has_moment(operation, again);
    case OperationKind::create: {
      // Values that the same event writes later on the row are other ones.
      const auto on_row = std::ranges::count_if(first.operations, [&](const Operation& other) {
        return is_on_same_row(operation, other);
      });
      return on_row > 1 || has_creation(operation, again);
    }
    default:
      return has_same(operation, again);
  }
}

}  // namespace

bool says_the_same(const Event& first, const Event& again) {
  return again.clock_suspect && first.wall_ms == again.wall_ms && first.by == again.by &&
         first.role == again.role && first.label == again.label &&
         first.command_key == again.command_key &&
         std::ranges::all_of(first.operations, [&](const Operation& operation) {
           return says(operation, first, again);
         });
}

std::string Chronicle::take(const SimNode& node) {
  std::vector<std::pair<EventId, StoredEvent>> fresh;
  Position& read = read_[node.name];
  CHECK(node.log()
            .read_after(node.store, read,
                        [&](const EventId& id, const StoredEvent& stored) {
                          read = stored.position;
                          fresh.emplace_back(id, stored);
                          return true;
                        })
            .ok());
  for (const auto& [id, stored] : fresh) {
    const auto [known, is_new] = streams_[id.stream].try_emplace(id.dot);
    if (!is_new) {
      if (known->second.chain != stored.chain)
        return "event " + id.to_string() + " was written twice, differently";
      continue;
    }
    known->second = {{decode(stored.bytes).value(), node.log().context_of(node.store, id).value()},
                     stored.chain,
                     stored.bytes};
  }
  return {};
}

const Chronicle::Entry* Chronicle::entry(const EventId& id) const {
  const auto stream = streams_.find(id.stream);
  if (stream == streams_.end()) return nullptr;
  const auto found = stream->second.find(id.dot);
  return found == stream->second.end() ? nullptr : &found->second;
}

std::string Chronicle::check(const SimNode& node) const {
  for (StreamId stream : node.log().streams(node.store).value())
    if (std::string failure = check_stream(node, stream); !failure.empty()) return failure;
  return {};
}

std::string Chronicle::check_stream(const SimNode& node, StreamId stream) const {
  const Log& log = node.log();
  const VersionVector floor = log.floor(node.store, stream).value();
  const StreamHead head = log.begin(node.store, stream).value().head;
  if (!head.vector().includes(floor)) return "a floor that is not held";
  for (const auto& [origin, at] : head.origins) {
    const Entry* last = entry({stream, {origin, at.last}});
    if (!last || last->chain != at.chain || last->fact.seen != at.context)
      return "the head of " + origin.to_string() + " is of no event that was written";
    Sequence next_one = next(floor.last_seen(origin));
    std::string failure;
    const auto read = log.read_kept(node.store, stream, {origin, Sequence{1}, at.last},
                                    [&](const EventId& id, const StoredEvent& stored) {
                                      failure = check_event(node, id, stored);
                                      const bool is_above = !floor.contains(id.dot);
                                      if (is_above && id.dot.sequence != next_one)
                                        failure = "event " + id.to_string() + " comes after a hole";
                                      if (is_above) next_one = next(next_one);
                                      return failure.empty();
                                    });
    if (!read.ok()) return read.error().message;
    if (!failure.empty()) return failure;
    if (next_one != next(at.last)) return "the log of " + origin.to_string() + " ends too early";
  }
  return {};
}

std::string Chronicle::check_event(const SimNode& node, const EventId& id,
                                   const StoredEvent& stored) const {
  const std::string what = "event " + id.to_string();
  const Entry* written = entry(id);
  if (!written) return what + " was written by nobody";
  if (written->chain != stored.chain || written->bytes != stored.bytes)
    return what + " is another one than was written";
  if (node.log().context_of(node.store, id).value() != written->fact.seen)
    return what + " has another context than was written";
  return {};
}

std::vector<Fact> Chronicle::facts(StreamId stream, const VersionVector& held) const {
  std::vector<Fact> inside;
  const auto events = streams_.find(stream);
  if (events == streams_.end()) return inside;
  for (const auto& [dot, known] : events->second)
    if (held.contains(dot)) inside.push_back(known.fact);
  std::ranges::sort(inside, {}, [](const Fact& fact) { return fact.event.rank(); });
  return inside;
}

Chronicle::Found Chronicle::find(const EventId& id, const VersionVector& held) const {
  if (held.contains(id.dot)) return Found::itself;
  const Entry* first = entry(id);
  if (!first) return Found::no;
  for (const auto& [dot, known] : streams_.at(id.stream))
    if (held.contains(dot) && says_the_same(first->fact.event, known.fact.event))
      return Found::said_again;
  return Found::no;
}

}  // namespace genlock::simulation
