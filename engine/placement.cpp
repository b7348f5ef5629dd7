#include "engine/placement.h"

#include "engine/event_codec.h"

#include <algorithm>

namespace genlock {

namespace {

Error broken(const Event& event, const std::string& what) {
  return {ErrorCode::corruption, "event " + event.id().to_string() + " " + what};
}

Error missing_before(const Event& event, Sequence last) {
  return {ErrorCode::gap, "event " + event.id().to_string() + " came, but the last one here is " +
                              std::to_string(number(last)) + "; send from there"};
}

Error other_content(const EventId& id) {
  return {ErrorCode::fork, "event " + id.to_string() + " is here with another content"};
}

}  // namespace

Result<Placement::Known> Placement::known(const Dot& dot) const {
  if (dot.sequence == Sequence::none) return Known{dot, {}, {}};
  const OriginHead* head = appends_.head.find(dot.origin);
  if (head && head->last == dot.sequence) return Known{dot, head->chain, head->time};
  TRY_ASSIGN(StoredEvent stored, log_.read(reader_, {chunk_.stream, dot}));
  TRY_ASSIGN(EventHeader header, decode_header(stored.bytes));
  return Known{dot, stored.chain, header.time};
}

// The event of `origin` with this number and hash, on whichever branch.
Result<std::optional<Placement::Known>> Placement::find(OriginId origin, std::uint64_t depth,
                                                        const ChainHash& chain) const {
  for (OriginId path : appends_.branches.paths_of(origin)) {
    const OriginHead* head = appends_.head.find(path);
    const std::uint64_t start = appends_.branches.depth_of(path);
    if (!head || depth <= start || depth - start > number(head->last)) continue;
    TRY_ASSIGN(Known candidate, known({path, Sequence{depth - start}}));
    if (candidate.chain == chain) return std::optional(candidate);
  }
  return std::optional<Known>{};
}

// What `event` follows: the one before it in the chunk, or the one with the hash that the sender
// states, or where nothing is stated and no doubt, the one with the number before.
Result<Placement::Known> Placement::before(const Event& event, const Run* run,
                                           const ChainHash* start) const {
  if (run && event.dot.sequence == next(run->written)) return known(run->last);
  const OriginId origin = event.dot.origin;
  const Sequence sequence{number(event.dot.sequence) - 1};
  if (sequence == Sequence::none) return known({origin, sequence});
  const OriginHead* head = appends_.head.find(origin);
  const Sequence last = head ? head->last : Sequence::none;
  if (start) {
    TRY_ASSIGN(auto found, find(origin, number(sequence), *start));
    if (found) return *found;
    if (last < sequence) return missing_before(event, last);
    return other_content({event.stream, {origin, sequence}});
  }
  if (last < sequence) return missing_before(event, last);
  return known({origin, sequence});
}

// The events here that follow `event`; the one that bears the name on is first.
Result<std::vector<Placement::Known>> Placement::after(OriginId origin, const Known& event) const {
  std::vector<Known> found;
  const OriginId path = event.dot.sequence == Sequence::none ? origin : event.dot.origin;
  const OriginHead* head = appends_.head.find(path);
  if (head && head->last > event.dot.sequence) {
    TRY_ASSIGN(Known same, known({path, next(event.dot.sequence)}));
    found.push_back(same);
  }
  for (const Branch& branch : appends_.branches.all()) {
    if (branch.origin != origin || branch.after != Dot{path, event.dot.sequence}) continue;
    TRY_ASSIGN(Known first, known({branch.name, Sequence{1}}));
    found.push_back(first);
  }
  return found;
}

// What the writer of the next one had seen.
Result<VersionVector> Placement::context_at(const Known& event) const {
  if (event.dot.sequence == Sequence::none) return VersionVector{};
  const OriginHead* head = appends_.head.find(event.dot.origin);
  VersionVector seen;
  if (head && head->last == event.dot.sequence) {
    seen = head->context;
  } else {
    TRY_ASSIGN(seen, log_.context_of(reader_, {chunk_.stream, event.dot}));
  }
  seen.raise(event.dot.origin, event.dot.sequence);
  return seen;
}

// One entry of a context: held here, with the same content, and older than the event.
Result<Dot> Placement::resolve(const Event& event, const ContextEntry& entry) const {
  const Branches& branches = appends_.branches;
  const OriginHead* head = appends_.head.find(entry.origin);
  const bool has_number = head && head->last >= entry.last;
  std::optional<Known> seen;
  if (has_number) {
    TRY_ASSIGN(seen, known({entry.origin, entry.last}));
    if (shorten(seen->chain) != entry.hash) seen.reset();
  }
  const OriginId origin = branches.origin_of(entry.origin);
  const std::uint64_t depth = branches.depth_of(entry.origin) + number(entry.last);
  for (OriginId path : branches.paths_of(origin)) {
    const OriginHead* other = appends_.head.find(path);
    const std::uint64_t start = branches.depth_of(path);
    if (seen || path == entry.origin || !other || depth <= start ||
        depth - start > number(other->last))
      continue;
    TRY_ASSIGN(seen, known({path, Sequence{depth - start}}));
    if (shorten(seen->chain) != entry.hash) seen.reset();
  }
  const std::string name = Dot{entry.origin, entry.last}.to_string();
  if (!seen && !has_number)
    return Error{ErrorCode::gap, "event " + event.id().to_string() + " was written after " + name +
                                     ", which is missing here; send that first"};
  if (!seen)
    return Error{ErrorCode::fork, "event " + event.id().to_string() + " names " + name +
                                      " with another content than we have"};
  if (event.time <= seen->time)
    return broken(event, "has a hybrid time that is not after its context");
  return seen->dot;
}

Result<void> Placement::add_context(Arrival& arrival) const {
  Event& event = arrival.event;
  const Branches& branches = appends_.branches;
  const VersionVector before = arrival.context;
  for (const ContextEntry& entry : event.context_delta) {
    if (entry.origin == event.dot.origin)
      return broken(event, "names its own origin in its context");
    TRY_ASSIGN(const Dot seen, resolve(event, entry));
    if (branches.empty() && arrival.context.contains(seen))
      return broken(event, "has a context that goes back");
    arrival.context.raise(seen.origin, seen.sequence);
    branches.add_past(arrival.context, seen.origin);
  }
  if (branches.empty()) return {};
  event.context_delta.clear();
  for (const VersionVector::Entry& entry : arrival.context.entries())
    if (entry.last > before.last_seen(entry.origin))
      event.context_delta.push_back({entry.origin, entry.last, {}});
  return {};
}

// What an author called `written` who had seen `seen`: where its path parts, the branch that was
// seen, of several the lowest.
Result<Dot> Placement::named(const Dot& written, const VersionVector& seen) const {
  const Branches& branches = appends_.branches;
  const std::uint64_t depth = branches.depth_of(written.origin) + number(written.sequence);
  if (!branches.is_forked(branches.origin_of(written.origin))) return written;
  OriginId path = written.origin;
  for (bool moved = true; moved;) {
    moved = false;
    std::optional<std::pair<std::uint64_t, ChainHash>> best;
    OriginId best_path = path;
    for (const Branch& branch : branches.all()) {
      const bool is_on_way = branch.after.origin == path && branch.depth < depth;
      if (!is_on_way || seen.contains({path, next(branch.after.sequence)}) ||
          !seen.contains({branch.name, Sequence{1}}))
        continue;
      TRY_ASSIGN(Known first, known({branch.name, Sequence{1}}));
      const std::pair at{branch.depth, first.chain};
      if (best && *best < at) continue;
      best = at;
      best_path = branch.name;
    }
    moved = best_path != path;
    path = best_path;
  }
  return Dot{path, Sequence{depth - branches.depth_of(path)}};
}

Result<void> Placement::name(Arrival& arrival, const Dot& written) const {
  if (arrival.event.dot != written) arrival.names.push_back({written, arrival.event.dot});
  if (appends_.branches.empty()) return {};
  for (const Operation& operation : arrival.event.operations) {
    if (!operation.replaces) continue;
    for (const Dot& dot : *operation.replaces) {
      TRY_ASSIGN(const Dot here, named(dot, arrival.context));
      if (here != dot) arrival.names.push_back({dot, here});
    }
  }
  return {};
}

void Placement::place(Arrival& arrival, const Known& parent, const ChainHash& chain,
                      const std::vector<Known>& siblings) const {
  const OriginId origin = arrival.event.dot.origin;
  const OriginId path = parent.dot.sequence == Sequence::none ? origin : parent.dot.origin;
  const Dot next_one{path, next(parent.dot.sequence)};
  const bool is_lowest = siblings.empty() || chain < siblings.front().chain;
  if (!siblings.empty() && is_lowest) {
    arrival.takes_name = next_one;
    arrival.left_to = branch_name(origin, siblings.front().chain);
  }
  if (is_lowest) {
    arrival.event.dot = next_one;
    return;
  }
  Branch branch{branch_name(origin, chain), origin, {path, parent.dot.sequence}, 0};
  branch.depth = appends_.branches.depth_of(path) + number(parent.dot.sequence);
  arrival.event.dot = {branch.name, Sequence{1}};
  arrival.opens = branch;
}

Result<void> Placement::follow(Arrival& arrival, const Known& parent) const {
  if (parent.dot.sequence != Sequence::none && arrival.event.time <= parent.time)
    return broken(arrival.event, "has a hybrid time that is not after the one before it");
  TRY_ASSIGN(arrival.context, context_at(parent));
  return add_context(arrival);
}

bool Placement::states_hash(OriginId path) const {
  return std::any_of(chunk_.chains.begin(), chunk_.chains.end(),
                     [&](const auto& entry) { return entry.first.origin == path; });
}

Result<Arrival> Placement::examine(Event event, std::string_view bytes, std::size_t nth) {
  if (event.stream != chunk_.stream) return broken(event, "came in a chunk of another stream");
  const Dot written = event.dot;
  OriginId sent_as = written.origin;
  const ChainHash* start = nullptr;
  if (!chunk_.paths.empty()) {
    if (nth >= chunk_.path_of.size() || chunk_.path_of[nth] >= chunk_.paths.size())
      return broken(event, "is of a branch that its chunk does not name");
    const auto& path = chunk_.paths[chunk_.path_of[nth]];
    sent_as = path.first;
    start = &path.second;
  }
  const auto at = runs_.find(sent_as);
  TRY_ASSIGN(const Known parent, before(event, at == runs_.end() ? nullptr : &at->second, start));
  TRY_ASSIGN(const std::vector<Known> siblings, after(written.origin, parent));
  Run& run = runs_[sent_as];
  run.written = written.sequence;

  Arrival arrival;
  arrival.event = std::move(event);
  ChainHash chain{};
  if (!siblings.empty()) {
    chain = chain_hash(parent.chain, bytes);
    const auto same = std::find_if(siblings.begin(), siblings.end(),
                                   [&](const Known& known) { return known.chain == chain; });
    if (same != siblings.end()) {
      arrival.known = true;
      run.last = same->dot;
      return arrival;
    }
    run.forks = true;
  }
  Result<void> follows = follow(arrival, parent);
  // Where nothing says that the sender has the same one before it, it may be of another path.
  const bool is_assumed =
      at == runs_.end() && !start && parent.dot.sequence != Sequence::none && states_hash(sent_as);
  if (!follows.ok() && follows.error().code == ErrorCode::corruption && is_assumed)
    return other_content({chunk_.stream, parent.dot});
  TRY(follows);
  place(arrival, parent, chain, siblings);
  TRY(name(arrival, written));
  rename(arrival.event, arrival.names);
  if (arrival.takes_name) give_way(arrival);
  run.last = arrival.event.dot;
  return arrival;
}

// Everything so far was said by the names of before.
void Placement::give_way(Arrival& arrival) {
  const Dot& first = *arrival.takes_name;
  arrival.context = diverted(arrival.context, first, arrival.left_to);
  for (auto& [path, run] : runs_) run.last = diverted(run.last, first, arrival.left_to);
  for (ContextEntry& entry : arrival.event.context_delta) {
    const Dot dot = diverted({entry.origin, entry.last}, first, arrival.left_to);
    entry.origin = dot.origin;
    entry.last = dot.sequence;
  }
}

Result<void> Placement::finish() const {
  for (const auto& [path, run] : runs_)
    if (run.forks && !states_hash(path)) return other_content({chunk_.stream, {path, run.written}});
  for (const auto& [dot, chain] : chunk_.chains) {
    const auto run = runs_.find(dot.origin);
    const bool is_of_run =
        run != runs_.end() && (!chunk_.paths.empty() || run->second.written == dot.sequence);
    const OriginHead* head = appends_.head.find(dot.origin);
    if (!is_of_run && (!head || head->last < dot.sequence))
      return Error{ErrorCode::corruption,
                   "a chunk states the hash of " + dot.to_string() + ", which it does not hold"};
    TRY_ASSIGN(const Known here, known(is_of_run ? run->second.last : dot));
    if (here.chain != chain)
      return Error{ErrorCode::fork, "the history of origin " + dot.origin.to_string() + " up to " +
                                        std::to_string(number(dot.sequence)) +
                                        " differs from the sender's"};
  }
  return {};
}

}  // namespace genlock
