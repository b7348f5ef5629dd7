#include "engine/fold.h"

#include "engine/event_codec.h"
#include "engine/merge.h"
#include "engine/past_events.h"
#include "engine/state_keys.h"

#include <algorithm>

namespace genlock {

Fold::Fold(Overlay& overlay, const EventLog& log, StreamId stream, State* known,
           const VersionVector* floor)
    : overlay_(overlay), log_(log), known_(known), floor_(floor), state_(overlay, log, stream) {}

Result<void> Fold::apply(const Event& event, const VersionVector& context) {
  TRY(load_locks());
  TRY(apply_locks(event, context));
  std::map<RecordKey, Operations> by_record;
  for (const Operation& operation : event.operations)
    if (on_record(operation)) by_record[{operation.table, operation.record}].push_back(&operation);
  for (const auto& [key, operations] : by_record)
    TRY(apply_record(event, context, key, operations));
  return {};
}

Result<Fold::Loaded*> Fold::load(const RecordKey& key) {
  if (auto at = loaded_.find(key); at != loaded_.end()) return &at->second;
  TRY_ASSIGN(std::optional<RecordState> known, (known_ ? *known_ : state_).take(key));
  Loaded& loaded = loaded_[key];
  loaded.was_known = known.has_value();
  if (known) {
    loaded.now = *std::move(known);
    loaded.was_alive = loaded.now.alive();
    loaded.was_deleted = loaded.now.deleted();
    loaded.before = indexed(loaded.now);
  } else {
    loaded.now.table = key.table;
    loaded.now.id = key.id;
  }
  return &loaded;
}

Result<void> Fold::load_locks() {
  if (locks_loaded_) return {};
  TRY_ASSIGN(locks_, (known_ ? *known_ : state_).locks());
  locks_loaded_ = true;
  return {};
}

// --- one record
// ---------------------------------------------------------------------------------------------------

Result<void> Fold::apply_record(const Event& event, const VersionVector& context,
                                const RecordKey& key, const Operations& operations) {
  std::optional<RecordFacts> facts;
  if (floor_ && floor_->contains(event.dot)) {
    TRY_ASSIGN(facts, log_.facts(overlay_, state_.stream(), key));
    if (facts && !facts->counts(event.dot, context)) return {};
  }
  TRY_ASSIGN(Loaded * loaded, load(key));
  loaded->changed = true;
  std::vector<RecordEvent> past;
  HistorySource history = [&]() -> Result<const std::vector<RecordEvent>*> {
    if (past.empty()) {
      TRY_ASSIGN(past, state_.history(loaded->now));
    }
    return &past;
  };
  RecordId parent = loaded->now.parent;
  TRY_ASSIGN(bool life_changed,
             merge_event(loaded->now, {event, context, operations, locks_}, history));

  bool touched = std::any_of(operations.begin(), operations.end(),
                             [](const Operation* o) { return touches(*o); });
  note_past(loaded->now, {event.dot, touched}, state_.stream(), overlay_);
  dirty_.insert(key);
  if (life_changed) TRY(find_witness(loaded->now));
  TRY(note_order(*loaded, context, operations));
  TRY(note_in_document(event, context, key));
  if (touched) TRY(touch_living(event, context, key));
  const bool is_first = loaded->now.version == 1;
  if (!is_first && parent != loaded->now.parent) TRY(move_subtree(*loaded, parent));
  if (is_first && facts) loaded->now.version += facts->dropped;
  return {};
}

// The greatest of all that were written, whatever shows, each under the parent that its writer saw:
// so it depends on the set of events alone.
Result<void> Fold::note_order(const Loaded& loaded, const VersionVector& context,
                              const Operations& operations) {
  for (const Operation* operation : operations) {
    const Value* value = find(operation->values, column::sort_order);
    const auto* order = value ? std::get_if<std::string>(value) : nullptr;
    if (!order) continue;
    RecordId parent = operation->parent;
    if (operation->kind != OperationKind::create) {
      TRY_ASSIGN(parent, parent_seen(loaded.now, context));
    }
    std::string key = state_keys::greatest_order(state_.stream(), parent, loaded.now.table);
    TRY_ASSIGN(std::optional<std::string> greatest, overlay_.get(Space::state, key));
    if (!greatest || *greatest < *order) overlay_.put(Space::state, std::move(key), *order);
  }
  return {};
}

Result<RecordId> Fold::parent_seen(const RecordState& record, const VersionVector& context) {
  if (!record.life.created || context.contains(record.life.create.dot)) return record.parent;
  TRY_ASSIGN(std::vector<RecordEvent> history, state_.history(record));
  for (const RecordEvent& past : history)  // ascending rank: the first create counted
    if (context.contains(past.event.dot))
      for (const Operation* operation : operations_on(past.event, record.key()))
        if (operation->kind == OperationKind::create) return operation->parent;
  return RecordId{};
}

// --- locks (merging rule 7)
// -----------------------------------------------------------------------------------------

Result<void> Fold::apply_locks(const Event& event, const VersionVector& context) {
  for (const Operation& operation : event.operations) {
    if (operation.kind != OperationKind::lock && operation.kind != OperationKind::unlock) continue;
    LockState before = locks_;
    if (operation.kind == OperationKind::unlock) {
      locks_.release(context);
    } else {
      locks_.add(Lock{event.dot, event.time, event.wall_ms, event.role, operation.node, event.by,
                      operation.until_ms, operation.comment, context, true, false});
      TRY(rederive_held_off(before));
    }
    overlay_.put(Space::state, state_keys::locks(state_.stream()), encode(locks_));
    dirty_.insert({operation.table, operation.record});
  }
  return {};
}

// Records with events concurrent with a lock that came, or whose standing changed.
Result<void> Fold::rederive_held_off(const LockState& before) {
  std::set<RecordKey> records;
  for (const Lock& lock : locks_.locks) {
    auto was = std::find_if(before.locks.begin(), before.locks.end(),
                            [&](const Lock& l) { return l.dot == lock.dot; });
    bool stood = was != before.locks.end() && was->standing;
    if (stood != lock.standing) TRY(collect_concurrent(lock, records));
  }
  for (const RecordKey& key : records) TRY(rederive(key));
  return {};
}

Result<void> Fold::collect_concurrent(const Lock& lock, std::set<RecordKey>& records) {
  TRY_ASSIGN(StreamHead head, log_.head(overlay_, state_.stream()));
  for (const EventRange& range : lock.context.missing_from(head.vector())) {
    std::optional<Error> failed;
    TRY(log_.read_kept(overlay_, state_.stream(), range,
                       [&](const EventId& id, const StoredEvent& stored) {
                         Result<VersionVector> context = log_.context_of(overlay_, id);
                         Result<Event> event = decode_stored(stored);
                         if (!context || !event) {
                           failed = context ? event.error() : context.error();
                           return false;
                         }
                         if (id.dot == lock.dot || context->contains(lock.dot))
                           return false;  // from here on the origin knew of the lock
                         for (const Operation& operation : event->operations)
                           if (on_record(operation))
                             records.insert({operation.table, operation.record});
                         return true;
                       }));
    if (failed) return *failed;
  }
  return {};
}

// Folds a record's whole history again, under the locks as they stand now. Heads, document, past
// and count do not depend on locks.
Result<void> Fold::rederive(const RecordKey& key) {
  TRY_ASSIGN(Loaded * loaded, load(key));
  TRY_ASSIGN(std::vector<RecordEvent> history, state_.history(loaded->now));
  if (history.empty()) return {};  // in this transaction, still to come
  TRY_ASSIGN(RecordState again, merge_history(key, history, locks_));
  again.document_heads = loaded->now.document_heads;
  again.recent = loaded->now.recent;
  again.version = loaded->now.version;
  TRY(find_witness(again));
  loaded->now = std::move(again);
  loaded->changed = true;
  dirty_.insert(key);
  return {};
}

}  // namespace genlock
