#include "engine/rebase.h"

#include "engine/directory.h"
#include "engine/event_codec.h"
#include "engine/merge.h"
#include "engine/view.h"

#include <algorithm>
#include <set>

namespace genlock {
namespace {

constexpr const char* meanwhile_label = "what was there when a node came back";

// Events under one new origin.
struct NewOrigin {
  OriginId id;
  Sequence last = Sequence::none;
  ChainHash chain{};
  VersionVector context;  // of the last one
};

class Rebase {
 public:
  Rebase(const ReturnedEdits& returned, Random& random)
      : in_(returned), random_(random), latest_(returned.latest) {}

  Result<RebasedEdits> run() {
    for (const RecordEvent& edit : in_.edits) {
      TRY_ASSIGN(Event event, rewrite(edit));
      out_.names[edit.event.dot] = event.dot;
      places_[event.dot] = again_.size();
      again_.push_back(std::move(event));
      contexts_.push_back(context_of(edit));  // after rewrite(), which knows the origin
    }
    TRY(write_meanwhile());
    for (std::size_t i = 0; i < again_.size(); ++i) {
      NewOrigin& origin = origins_.at(in_.edits[i].event.dot.origin);
      TRY(put(std::move(again_[i]), origin, contexts_[i]));
    }
    for (const auto& [old, origin] : origins_) out_.origins.emplace(old, origin.id);
    return std::move(out_);
  }

 private:
  // --- names and contexts -----------------------------------------------------------------------

  NewOrigin& origin_for(OriginId old) {
    auto [place, is_new] = origins_.try_emplace(old);
    if (is_new) place->second.id = OriginId{Uuid::make_v4(random_)};
    return place->second;
  }
  Dot renamed(const Dot& dot) const {
    const auto found = out_.names.find(dot);
    return found == out_.names.end() ? in_.branches.written(dot) : found->second;
  }
  std::vector<Dot> renamed(std::vector<Dot> dots) const {
    for (Dot& dot : dots) dot = renamed(dot);
    std::ranges::sort(dots);
    return dots;
  }
  // What an edit had seen of what is left, by the names of `now`.
  VersionVector seen_of_others(const RecordEvent& edit) const {
    VersionVector common = edit.context;
    common.meet(in_.has);
    return in_.branches.written(common);
  }
  // What an edit has in its context now: the cut, what it had seen of the others, and what it had
  // seen of the edits that are written again.
  VersionVector context_of(const RecordEvent& edit) const {
    VersionVector context = seen_of_others(edit);
    context.merge(in_.cut);
    for (const auto& [old, origin] : origins_) {
      const std::uint64_t there = number(in_.has.last_seen(old));
      if (const std::uint64_t seen = number(edit.context.last_seen(old)); seen > there)
        context.raise(origin.id, Sequence{seen - there});
    }
    return context;
  }
  // Is in the context that is written, though its author did not know it.
  bool slipped_in(const Dot& dot, const RecordEvent& edit) const {
    return in_.cut.contains(dot) && !seen_of_others(edit).contains(dot);
  }

  // --- one edit ---------------------------------------------------------------------------------

  Result<Event> rewrite(const RecordEvent& edit) {
    Event event = edit.event;
    NewOrigin& origin = origin_for(event.dot.origin);
    event.dot = {origin.id, next(origin.last)};
    origin.last = event.dot.sequence;
    event.clock_suspect = true;
    TRY_ASSIGN(const bool locked_out, knew_not_of_lock(edit));
    event.operations.clear();
    for (const Operation& operation : edit.event.operations)
      TRY(rewrite(operation, edit, locked_out, event.operations));
    return event;
  }

  Result<bool> knew_not_of_lock(const RecordEvent& edit) const {
    TRY_ASSIGN(const LockState locks, in_.now.locks());
    return std::ranges::any_of(
        locks.locks, [&](const Lock& lock) { return lock.standing && slipped_in(lock.dot, edit); });
  }

  Result<void> rewrite(const Operation& operation, const RecordEvent& edit, bool locked_out,
                       std::vector<Operation>& out) {
    if (operation.table == table::acknowledgements) return {};
    if (operation.kind == OperationKind::lock || operation.kind == OperationKind::unlock) {
      out.push_back(moment_of(operation));
      return {};
    }
    if (touches(operation)) TRY(keep_deletions(operation, edit));
    if (deletes(operation)) TRY(keep_edits({operation.table, operation.record}, edit, locked_out));
    if (operation.kind == OperationKind::create) return create(operation, out);
    Operation& again = out.emplace_back(operation);
    if (again.replaces) again.replaces = renamed(*again.replaces);
    if (again.kind != OperationKind::set) return keep_standing(again);
    TRY_ASSIGN(const std::optional<RecordState> then,
               record_at(in_.before, {again.table, again.record}, edit.context));
    const GroupState* group = then ? then->group(again.group) : nullptr;
    if (!again.replaces && group) name_replaced(again, *group);
    if (!again.replaces || locked_out) again.replaces.emplace();
    return keep_standing(again);
  }

  // Behind the cut only what stands there may be named: nodes that have compacted do not know the
  // rest (docs/adr/0017). Of what is written again, only what still says something there: what the
  // others said, too, was left out.
  Result<void> keep_standing(Operation& again) const {
    if (!again.replaces) return {};
    std::erase_if(*again.replaces, [&](const Dot& dot) { return is_left_out(dot, again); });
    TRY_ASSIGN(const std::optional<RecordState> then,
               record_at(in_.now, {again.table, again.record}, in_.cut));
    std::set<Dot> standing;
    if (then && again.group == life_group) {
      standing.insert(then->heads.begin(), then->heads.end());
      for (const StandingDelete& gone : then->life.deletes) standing.insert(gone.dot);
    } else if (const GroupState* group = then ? then->group(again.group) : nullptr) {
      for (const Write& sibling : group->siblings) standing.insert(sibling.dot);
    }
    std::erase_if(*again.replaces,
                  [&](const Dot& dot) { return in_.cut.contains(dot) && !standing.contains(dot); });
    return {};
  }

  bool is_left_out(const Dot& dot, const Operation& by) const {
    const auto place = places_.find(dot);
    if (place == places_.end()) return false;
    const auto said = operations_on(again_[place->second], {by.table, by.record});
    return std::ranges::none_of(said, [&](const Operation* operation) {
      return by.group == life_group || operation->kind == OperationKind::create ||
             operation->group == by.group;
    });
  }

  void name_replaced(Operation& again, const GroupState& group) const {
    std::vector<Dot> replaced;
    for (const Write& sibling : group.siblings) replaced.push_back(sibling.dot);
    again.replaces = renamed(std::move(replaced));
    if (const ColumnValues* value = shown(find_table(again.table), group).value)
      again.base = *value;
  }

  static Operation moment_of(const Operation& operation) {
    Operation moment;
    moment.kind = OperationKind::moment;
    moment.table = operation.table;
    moment.record = operation.record;
    moment.comment = std::string(operation.kind == OperationKind::lock ? "lock" : "unlock") +
                     " of a node that was away" +
                     (operation.comment.empty() ? "" : ": " + operation.comment);
    return moment;
  }

  // Of a row that the others made too, only the values that differ: each a side.
  Result<void> create(const Operation& operation, std::vector<Operation>& out) const {
    TRY_ASSIGN(const RecordState* theirs, in_.now.find({operation.table, operation.record}));
    const Table* table = find_table(operation.table);
    if (!theirs || !theirs->life.created || !table) {
      out.push_back(operation);
      return {};
    }
    for (const Group& group : table->groups) {
      const GroupState* stands = theirs->group(group.id);
      ColumnValues values = group_values(table, group.id, operation);
      const bool says_nothing =
          std::ranges::all_of(values, [](const ColumnValue& item) { return is_null(item.value); });
      if (says_nothing || (stands && *shown(table, *stands).value == values)) continue;
      Operation& set = out.emplace_back();
      set.table = operation.table;
      set.record = operation.record;
      set.group = group.id;
      set.values = std::move(values);
      set.replaces.emplace();
    }
    return {};
  }

  // --- what the others did meanwhile ------------------------------------------------------------

  // An edit keeps a row alive only beside a deletion that had not seen it: of the row, or of what
  // it stands under.
  Result<void> keep_deletions(const Operation& operation, const RecordEvent& edit) {
    RecordKey key{operation.table, operation.record};
    RecordId parent = operation.parent;
    for (const Table* table = find_table(key.table); table; table = find_table(key.table)) {
      TRY_ASSIGN(const RecordState* theirs, in_.now.find(key));
      if (theirs) {
        for (const StandingDelete& gone : theirs->life.deletes)
          if (slipped_in(gone.dot, edit)) said_again(OperationKind::remove, key, gone.dot);
        parent = theirs->parent;
      }
      if (table->parent == TableId::none || parent.uuid.is_nil()) break;
      key = {table->parent, parent};
      parent = {};
    }
    return {};
  }

  // A deletion takes away only what it had seen: what others wrote since, there or below, is said
  // again. `all`: they may not have been told of the deletion at all.
  Result<void> keep_edits(const RecordKey& key, const RecordEvent& edit, bool all) {
    TRY_ASSIGN(const RecordState* theirs, in_.now.find(key));
    if (!theirs || !theirs->alive()) return {};
    for (const Dot& head : theirs->heads)
      if (all || slipped_in(head, edit)) said_again(OperationKind::set, key, head);
    TRY_ASSIGN(const std::vector<RecordKey> children, in_.now.children(key.id));
    for (const RecordKey& child : children) TRY(keep_edits(child, edit, false));
    return {};
  }

  void said_again(OperationKind kind, const RecordKey& key, const Dot& first) {
    meanwhile_.try_emplace({kind, key}, first);
  }

  Result<void> write_meanwhile() {
    if (meanwhile_.empty()) return {};
    NewOrigin origin;
    origin.id = OriginId{Uuid::make_v4(random_)};
    for (const auto& [what, first] : meanwhile_) {
      Event event;
      event.stream = in_.now.stream();
      event.wall_ms = in_.now_ms;
      event.clock_suspect = true;
      event.label = meanwhile_label;
      TRY(take_person(event, first));
      TRY_ASSIGN(Operation operation, statement(what.first, what.second, first));
      event.operations.push_back(std::move(operation));
      origin.last = next(origin.last);
      event.dot = {origin.id, origin.last};
      TRY(put(std::move(event), origin, in_.cut));
    }
    return {};
  }

  // Who did it; nobody, where that event is not kept.
  Result<void> take_person(Event& event, const Dot& first) const {
    const auto stored = in_.now.log().read(in_.now.reader(), {event.stream, first});
    if (!stored.ok())
      return stored.error().code == ErrorCode::not_found ? Result<void>{} : stored.error();
    TRY_ASSIGN(const Event author, decode_stored(*stored));
    event.by = author.by;
    event.role = author.role;
    event.wall_ms = author.wall_ms;
    return {};
  }

  // A deletion, or a value that shows, as it stands: the one of `first` where it does.
  Result<Operation> statement(OperationKind kind, const RecordKey& key, const Dot& first) const {
    Operation operation;
    operation.kind = kind;
    operation.table = key.table;
    operation.record = key.id;
    if (kind == OperationKind::remove) return operation;
    TRY_ASSIGN(const RecordState* theirs, in_.now.find(key));
    const GroupState* said = nullptr;
    for (const GroupState& group : theirs->groups) {
      if (group.siblings.size() != 1) continue;
      if (!said || group.siblings.front().dot == first) said = &group;
    }
    if (said) {
      operation.group = said->id;
      operation.values = said->siblings.front().value;
      operation.replaces = std::vector{said->siblings.front().dot};
      return operation;
    }
    operation.kind = OperationKind::restore;
    return operation;
  }

  // --- bytes ------------------------------------------------------------------------------------

  Result<void> put(Event event, NewOrigin& origin, const VersionVector& seen) {
    VersionVector context = origin.context;
    context.merge(seen);
    event.context_delta.clear();
    for (const auto& entry : context.entries()) {
      if (entry.origin == origin.id || entry.last <= origin.context.last_seen(entry.origin))
        continue;
      TRY_ASSIGN(const ChainHash chain, chain_at({entry.origin, entry.last}));
      event.context_delta.push_back({entry.origin, entry.last, shorten(chain)});
    }
    origin.context = std::move(context);
    latest_ = tick(latest_, in_.now_ms);
    event.time = latest_;
    TRY_ASSIGN(std::string bytes, encode(event));
    origin.chain = chain_hash(origin.chain, bytes);
    chains_[event.dot] = origin.chain;
    out_.events.push_back(std::move(bytes));
    return {};
  }

  Result<ChainHash> chain_at(const Dot& dot) const {
    const auto found = chains_.find(dot);
    if (found != chains_.end()) return found->second;
    return in_.chain_of(dot);
  }

  const ReturnedEdits& in_;
  Random& random_;
  HybridTime latest_;
  RebasedEdits out_;
  std::map<OriginId, NewOrigin> origins_;                         // by the old one
  std::vector<Event> again_;                                      // the edits
  std::vector<VersionVector> contexts_;                           // theirs
  std::map<Dot, std::size_t> places_;                             // among them
  std::map<Dot, ChainHash> chains_;                               // of what was written
  std::map<std::pair<OperationKind, RecordKey>, Dot> meanwhile_;  // what to say: who said it first
};

}  // namespace

Result<RebasedEdits> rebase(const ReturnedEdits& returned, Random& random) {
  return Rebase(returned, random).run();
}

}  // namespace genlock
