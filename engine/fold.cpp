#include "engine/fold.h"

#include "engine/event_codec.h"
#include "engine/merge.h"
#include "engine/state_keys.h"

#include <algorithm>

namespace genlock {

Fold::Fold(Overlay& overlay, const EventLog& log, StreamId stream, const State* known)
    : overlay_(overlay), log_(log), known_(known), state_(overlay, log, stream) {}

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
  Loaded loaded;
  TRY_ASSIGN(loaded.before, (known_ ? *known_ : state_).find(key));
  if (loaded.before) {
    loaded.now = *loaded.before;
  } else {
    loaded.now.table = key.table;
    loaded.now.id = key.id;
  }
  return &loaded_.emplace(key, std::move(loaded)).first->second;
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
  TRY_ASSIGN(Loaded * loaded, load(key));
  loaded->changed = true;
  std::vector<RecordEvent> past;
  HistorySource history = [&]() -> Result<const std::vector<RecordEvent>*> {
    if (past.empty()) {
      TRY_ASSIGN(past, state_.history(key));
    }
    return &past;
  };
  TRY_ASSIGN(bool life_changed,
             merge_event(loaded->now, {event, context, operations, locks_}, history));

  bool touched = std::any_of(operations.begin(), operations.end(),
                             [](const Operation* o) { return touches(*o); });
  std::string flags(1, static_cast<char>(touched ? state_keys::event_touches : 0));
  overlay_.put(Space::state, state_keys::event(state_.stream(), key, event.dot), std::move(flags));

  dirty_.insert(key);
  if (life_changed) TRY(find_witness(loaded->now));
  TRY(note_order(*loaded, operations));
  TRY(note_in_document(event, context, key));
  if (touched) TRY(touch_living(event, context, key));
  return {};
}

// Kept as the greatest of all that were written, whatever shows: so it depends on the set of events
// alone.
Result<void> Fold::note_order(const Loaded& loaded, const Operations& operations) {
  for (const Operation* operation : operations) {
    const Value* value = find(operation->values, column::sort_order);
    const auto* order = value ? std::get_if<std::string>(value) : nullptr;
    if (!order) continue;
    RecordId parent =
        operation->kind == OperationKind::create ? operation->parent : loaded.now.parent;
    std::string key = state_keys::greatest_order(state_.stream(), parent, loaded.now.table);
    TRY_ASSIGN(std::optional<std::string> greatest, overlay_.get(Space::state, key));
    if (!greatest || *greatest < *order) overlay_.put(Space::state, std::move(key), *order);
  }
  return {};
}

namespace {

bool nests_others(const Table* table) {
  if (!table) return false;
  std::span<const Table> all = tables();
  return std::any_of(all.begin(), all.end(),
                     [&](const Table& t) { return t.nested && t.parent == table->id; });
}

}  // namespace

// Events on nested children are events on the document they are served in: its ETag covers them.
Result<void> Fold::note_in_document(const Event& event, const VersionVector& context,
                                    const RecordKey& key) {
  RecordKey owner = key;
  const Table* table = find_table(key.table);
  while (table && table->nested) {
    TRY_ASSIGN(Loaded * child, load(owner));
    owner = {table->parent, child->now.parent};
    table = find_table(table->parent);
  }
  if (!nests_others(table)) return {};
  TRY_ASSIGN(Loaded * document, load(owner));
  if (document->now.version == 0) return {};  // its create is not known: nothing to show yet
  auto& heads = document->now.document_heads;
  std::erase_if(heads, [&](const Dot& head) { return context.contains(head); });
  auto at = std::lower_bound(heads.begin(), heads.end(), event.dot);
  if (at == heads.end() || *at != event.dot) heads.insert(at, event.dot);
  document->changed = true;
  dirty_.insert(owner);
  return {};
}

// --- life: deletes against touches in the subtree (merging rule 5)
// --------------------------------------------------

// A touch keeps alive whatever stands above it and is deleted by somebody who did not see the
// touch.
Result<void> Fold::touch_living(const Event& event, const VersionVector& context,
                                const RecordKey& key) {
  RecordKey at = key;
  for (const Table* table = find_table(key.table); table; table = find_table(at.table)) {
    TRY_ASSIGN(Loaded * loaded, load(at));
    LifeState& life = loaded->now.life;
    bool unseen =
        std::any_of(life.deletes.begin(), life.deletes.end(), [&](const StandingDelete& d) {
          return !d.held && !context.contains(d.dot) && d.dot != event.dot;
        });
    if (unseen &&
        (!life.witness || Rank{life.witness->time, life.witness->dot.origin} < event.rank())) {
      life.witness = Touch{event.dot, event.time};
      loaded->changed = true;
    }
    if (!life.deletes.empty()) dirty_.insert(at);
    if (table->parent == TableId::none || loaded->now.parent.uuid.is_nil()) break;
    at = {table->parent, loaded->now.parent};
  }
  return {};
}

// Looks for the witness anew: among the touches that no standing delete has seen, those concurrent
// with one of them.
Result<void> Fold::find_witness(RecordState& record) {
  LifeState& life = record.life;
  life.witness.reset();
  VersionVector seen;  // by any standing delete
  std::vector<const StandingDelete*> standing;
  for (const StandingDelete& d : life.deletes) {
    if (d.held) continue;
    TRY_ASSIGN(VersionVector context, log_.context_of(overlay_, {state_.stream(), d.dot}));
    seen.merge(context);
    seen.raise(d.dot.origin, d.dot.sequence);
    standing.push_back(&d);
  }
  if (standing.empty()) return {};
  std::vector<Dot> touches;
  const Table* table = find_table(record.table);
  bool whole_stream =
      table && table->parent == TableId::none && record.id.uuid == state_.stream().uuid;
  if (whole_stream) {
    TRY(collect_touches_of_stream(seen, touches));
  } else {
    TRY(collect_touches(record.key(), seen, touches));
  }
  for (const Dot& dot : touches) {
    EventId id{state_.stream(), dot};
    TRY_ASSIGN(VersionVector context, log_.context_of(overlay_, id));
    bool concurrent = std::any_of(standing.begin(), standing.end(), [&](const StandingDelete* d) {
      return !context.contains(d->dot);
    });
    if (!concurrent) continue;
    TRY_ASSIGN(StoredEvent stored, log_.read(overlay_, id));
    TRY_ASSIGN(EventHeader header, decode_header(stored.bytes));
    if (!life.witness ||
        Rank{life.witness->time, life.witness->dot.origin} < Rank{header.time, dot.origin})
      life.witness = Touch{dot, header.time};
  }
  return {};
}

Result<void> Fold::collect_touches(const RecordKey& key, const VersionVector& seen,
                                   std::vector<Dot>& touches) {
  TRY(overlay_.scan_prefix(Space::state, state_keys::events(state_.stream(), key),
                           [&](std::string_view event_key, std::string_view flags) {
                             Dot dot = state_keys::dot_at_end(event_key);
                             bool touched =
                                 !flags.empty() && (flags[0] & state_keys::event_touches);
                             if (touched && !seen.contains(dot)) touches.push_back(dot);
                             return true;
                           }));
  TRY_ASSIGN(std::vector<RecordKey> children, state_.children(key.id));
  for (const RecordKey& child : children) TRY(collect_touches(child, seen, touches));
  // Children born in this transaction are indexed only when it is finished.
  for (const auto& [child, loaded] : loaded_)
    if (!loaded.before && loaded.now.parent == key.id && child != key)
      TRY(collect_touches(child, seen, touches));
  return {};
}

// The subtree of a production is its stream: a range difference instead of a walk over its rows.
Result<void> Fold::collect_touches_of_stream(const VersionVector& seen, std::vector<Dot>& touches) {
  TRY_ASSIGN(StreamHead head, log_.head(overlay_, state_.stream()));
  for (const EventRange& range : seen.missing_from(head.vector())) {
    std::optional<Error> failed;
    TRY(log_.read_range(overlay_, state_.stream(), range,
                        [&](const EventId& id, const StoredEvent& stored) {
                          Result<Event> event = decode_stored(stored.bytes);
                          if (!event) {
                            failed = event.error();
                            return false;
                          }
                          const auto& operations = event->operations;
                          if (std::any_of(operations.begin(), operations.end(),
                                          [](const Operation& o) { return genlock::touches(o); }))
                            touches.push_back(id.dot);
                          return true;
                        }));
    if (failed) return *failed;
  }
  return {};
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
    TRY(log_.read_range(overlay_, state_.stream(), range,
                        [&](const EventId& id, const StoredEvent& stored) {
                          Result<VersionVector> context = log_.context_of(overlay_, id);
                          Result<Event> event = decode_stored(stored.bytes);
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

// Folds a record's whole history again, under the locks as they stand now. Heads and document do
// not depend on locks.
Result<void> Fold::rederive(const RecordKey& key) {
  TRY_ASSIGN(Loaded * loaded, load(key));
  TRY_ASSIGN(std::vector<RecordEvent> history, state_.history(key));
  if (history.empty()) return {};  // in this transaction, still to come
  TRY_ASSIGN(RecordState again, merge_history(key, history, locks_));
  again.document_heads = loaded->now.document_heads;
  TRY(find_witness(again));
  loaded->now = std::move(again);
  loaded->changed = true;
  dirty_.insert(key);
  return {};
}

// --- writing back, and who else may show differently
// ----------------------------------------------------------------

Result<std::vector<RecordKey>> Fold::finish(State* after) {
  for (const auto& [key, loaded] : loaded_)
    if (loaded.changed) TRY(write_indexes(loaded));
  // Dependents are found through the indexes, which are complete only now.
  for (const auto& [key, loaded] : loaded_)
    if (loaded.changed) TRY(mark_dependents(key, loaded));
  for (auto& [key, loaded] : loaded_) {
    if (loaded.now.version == 0) continue;
    if (loaded.changed)
      overlay_.put(Space::state, state_keys::record(state_.stream(), key), encode(loaded.now));
    if (after) after->remember(key, std::move(loaded.now));
  }
  loaded_.clear();
  return std::vector<RecordKey>(dirty_.begin(), dirty_.end());
}

Result<void> Fold::write_indexes(const Loaded& loaded) {
  if (loaded.now.version == 0) return {};
  TRY(index_children(loaded));
  TRY(index_references(loaded));
  return index_claim(loaded);
}

Result<void> Fold::mark_dependents(const RecordKey& key, const Loaded& loaded) {
  bool was_alive = loaded.before && loaded.before->life.created && !loaded.before->deleted();
  bool is_alive = loaded.now.life.created && !loaded.now.deleted();
  // References to an unknown row show as they are, and it hides no child: becoming known counts,
  // also when the row is gone from the start or hidden.
  if (!loaded.before || was_alive != is_alive) {
    TRY(mark_referrers(key.id));
    TRY(mark_subtree(key));
  }
  // Who shows in a slot, and which slot is free for who does not, concerns every row of the unique
  // key's parent.
  const Table* table = find_table(key.table);
  if (table && table->unique_in_parent != ColumnId::none) {
    TRY_ASSIGN(std::vector<RecordKey> rivals, state_.children(loaded.now.parent, key.table));
    dirty_.insert(rivals.begin(), rivals.end());
  }
  return {};
}

Result<void> Fold::index_children(const Loaded& loaded) {
  RecordId was = loaded.before ? loaded.before->parent : RecordId{};
  RecordId is = loaded.now.parent;
  if (was == is) return {};
  auto entry = [&](RecordId parent) {
    std::string key = state_keys::children(state_.stream(), parent);
    state_keys::append(key, loaded.now.key());
    return key;
  };
  if (!was.uuid.is_nil()) overlay_.erase(Space::state, entry(was));
  if (!is.uuid.is_nil()) overlay_.put(Space::state, entry(is), {});
  return {};
}

namespace {

// What a record shows in a column by its own writes alone.
Value shown_value(const Table& table, const RecordState& record, ColumnId column) {
  const Group* group = table.group_of(column);
  const GroupState* state = group ? record.group(group->id) : nullptr;
  if (!state) return {};
  const Write* write = shown(&table, *state).write;
  const Value* value = write ? find(write->value, column) : nullptr;
  return value ? *value : Value{};
}

}  // namespace

Result<void> Fold::index_references(const Loaded& loaded) {
  const Table* table = find_table(loaded.now.table);
  if (!table) return {};
  std::set<Uuid> was, is;
  for (const Column& column : table->columns) {
    if (column.set_null_target == TableId::none) continue;
    Value before = loaded.before ? shown_value(*table, *loaded.before, column.id) : Value{};
    Value now = shown_value(*table, loaded.now, column.id);
    if (const Uuid* target = std::get_if<Uuid>(&before)) was.insert(*target);
    if (const Uuid* target = std::get_if<Uuid>(&now)) is.insert(*target);
  }
  auto entry = [&](const Uuid& target) {
    std::string key = state_keys::referrers(state_.stream(), RecordId{target});
    state_keys::append(key, loaded.now.key());
    return key;
  };
  for (const Uuid& target : was)
    if (!is.contains(target)) overlay_.erase(Space::state, entry(target));
  for (const Uuid& target : is)
    if (!was.contains(target)) overlay_.put(Space::state, entry(target), {});
  return {};
}

// Claims are kept for gone and hidden rows too: who shows in the slot is decided when it is looked
// at.
Result<void> Fold::index_claim(const Loaded& loaded) {
  const Table* table = find_table(loaded.now.table);
  if (!table || table->unique_in_parent == ColumnId::none) return {};
  auto entry = [&](const RecordState& record) {
    Value value = shown_value(*table, record, table->unique_in_parent);
    if (is_null(value) || !record.life.created) return std::string{};
    return state_keys::claims(state_.stream(), table->unique_id, record.parent, value);
  };
  std::string was = loaded.before ? entry(*loaded.before) : std::string{};
  std::string is = entry(loaded.now);
  auto full = [&](std::string key) {
    state_keys::append(key, loaded.now.key());
    return key;
  };
  if (was != is && !was.empty()) overlay_.erase(Space::state, full(was));
  if (was != is && !is.empty()) overlay_.put(Space::state, full(is), {});
  return {};
}

Result<void> Fold::mark_subtree(const RecordKey& key) {
  TRY_ASSIGN(std::vector<RecordKey> children, state_.children(key.id));
  for (const RecordKey& child : children) {
    dirty_.insert(child);
    TRY(mark_referrers(child.id));
    TRY(mark_subtree(child));
  }
  return {};
}

Result<void> Fold::mark_referrers(RecordId target) {
  TRY_ASSIGN(std::vector<RecordKey> referrers, state_.referrers(target));
  dirty_.insert(referrers.begin(), referrers.end());
  return {};
}

}  // namespace genlock
