// What a record keeps of the records below it: the heads of its document, and the touch that keeps
// it alive (merging rule 5). Both are functions of the set of events, so when a create of a lower
// rank moves a record under another parent, they are found anew on both sides.
#include "engine/event_codec.h"
#include "engine/fold.h"
#include "engine/merge.h"
#include "engine/past_events.h"
#include "engine/state_keys.h"

#include <algorithm>

namespace genlock {

// --- documents
// ----------------------------------------------------------------

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
  TRY_ASSIGN(Loaded * document, document_of(key));
  if (!document) return {};
  auto& heads = document->now.document_heads;
  std::erase_if(heads, [&](const Dot& head) { return context.contains(head); });
  auto at = std::lower_bound(heads.begin(), heads.end(), event.dot);
  if (at == heads.end() || *at != event.dot) heads.insert(at, event.dot);
  document->changed = true;
  dirty_.insert(document->now.key());
  return {};
}

Result<Fold::Loaded*> Fold::document_of(RecordKey key) {
  const Table* table = find_table(key.table);
  while (table && table->nested) {
    TRY_ASSIGN(Loaded * child, load(key));
    key = {table->parent, child->now.parent};
    table = find_table(table->parent);
  }
  if (!nests_others(table)) return nullptr;
  TRY_ASSIGN(Loaded * document, load(key));
  return document->now.version == 0 ? nullptr : document;
}

Result<void> Fold::find_document_heads(const RecordKey& key) {
  TRY_ASSIGN(Loaded * document, document_of(key));
  if (!document) return {};
  std::vector<Dot> events;
  TRY(collect_in_document(document->now.key(), events));
  VersionVector seen;  // by any of them
  for (const Dot& dot : events) {
    TRY_ASSIGN(VersionVector context, log_.context_of(overlay_, {state_.stream(), dot}));
    seen.merge(context);
  }
  std::erase_if(events, [&](const Dot& dot) { return seen.contains(dot); });
  std::sort(events.begin(), events.end());
  events.erase(std::unique(events.begin(), events.end()), events.end());
  document->now.document_heads = std::move(events);
  document->changed = true;
  dirty_.insert(document->now.key());
  return {};
}

Result<void> Fold::collect_in_document(const RecordKey& key, std::vector<Dot>& events) {
  TRY_ASSIGN(std::vector<PastEvent> own, past_now(key));
  for (const PastEvent& event : own) events.push_back(event.dot);
  TRY_ASSIGN(std::vector<RecordKey> children, children_now(key.id));
  for (const RecordKey& child : children)
    if (const Table* table = find_table(child.table); table && table->nested)
      TRY(collect_in_document(child, events));
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
    TRY_ASSIGN(const Loaded* loaded, touch(event, context, at));
    if (table->parent == TableId::none) return {};
    if (loaded->now.parent.uuid.is_nil()) break;
    at = {table->parent, loaded->now.parent};
  }
  // The subtree of a production is its stream, also where the way up is not known here.
  TRY(touch(event, context, {table::productions, RecordId{state_.stream().uuid}}));
  return {};
}

Result<const Fold::Loaded*> Fold::touch(const Event& event, const VersionVector& context,
                                        const RecordKey& at) {
  TRY_ASSIGN(Loaded * loaded, load(at));
  LifeState& life = loaded->now.life;
  bool unseen =
      std::any_of(life.deletes.begin(), life.deletes.end(),
                  [&](const StandingDelete& d) { return !d.held && !context.contains(d.dot); }) &&
      std::none_of(life.deletes.begin(), life.deletes.end(),
                   [&](const StandingDelete& d) { return !d.held && d.dot == event.dot; });
  if (unseen &&
      (!life.witness || Rank{life.witness->time, life.witness->dot.origin} < event.rank())) {
    life.witness = Touch{event.dot, event.time};
    loaded->changed = true;
  }
  if (!life.deletes.empty()) dirty_.insert(at);
  return loaded;
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
  TRY_ASSIGN(std::vector<PastEvent> past, past_now(key));
  for (const PastEvent& event : past)
    if (event.touches && !seen.contains(event.dot)) touches.push_back(event.dot);
  TRY_ASSIGN(std::vector<RecordKey> children, children_now(key.id));
  for (const RecordKey& child : children) TRY(collect_touches(child, seen, touches));
  return {};
}

// The subtree of a production is its stream: a range difference instead of a walk over its rows.
Result<void> Fold::collect_touches_of_stream(const VersionVector& seen, std::vector<Dot>& touches) {
  TRY_ASSIGN(StreamHead head, log_.head(overlay_, state_.stream()));
  for (const EventRange& range : seen.missing_from(head.vector())) {
    std::optional<Error> failed;
    TRY(log_.read_kept(overlay_, state_.stream(), range,
                       [&](const EventId& id, const StoredEvent& stored) {
                         Result<Event> event = decode_stored(stored);
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

// --- one id created under two parents: the lower rank counts, whenever it arrives
// --------------------------------------------------

// What an ancestor keeps of its subtree is found anew, for those above both parents.
Result<void> Fold::move_subtree(const Loaded& moved, RecordId former) {
  const Table* table = find_table(moved.now.table);
  if (!table || table->parent == TableId::none) return {};
  for (RecordId parent : {former, moved.now.parent}) {
    RecordKey at{table->parent, parent};
    if (table->nested) {
      TRY_ASSIGN(Loaded * row, load(at));
      if (row->now.version > 0) dirty_.insert(at);  // a document inside a document lists it, too
      TRY(find_document_heads(at));
    }
    TRY(find_witnesses_above(at));
  }
  return {};
}

Result<void> Fold::find_witnesses_above(RecordKey at) {
  for (const Table* table = find_table(at.table); table; table = find_table(at.table)) {
    TRY_ASSIGN(Loaded * ancestor, load(at));
    if (!ancestor->now.life.deletes.empty()) {
      TRY(find_witness(ancestor->now));
      ancestor->changed = true;
      dirty_.insert(at);
    }
    at = {table->parent, ancestor->now.parent};
  }
  return {};
}

Result<std::vector<PastEvent>> Fold::past_now(const RecordKey& key) {
  TRY_ASSIGN(Loaded * record, load(key));
  return past_of(record->now, state_.stream(), overlay_);
}

// The index of children is written when the transaction is finished; until then what is in work
// counts.
Result<std::vector<RecordKey>> Fold::children_now(RecordId parent) {
  TRY_ASSIGN(std::vector<RecordKey> children, state_.children(parent));
  std::erase_if(children, [&](const RecordKey& child) {
    auto at = loaded_.find(child);
    return at != loaded_.end() && at->second.now.parent != parent;
  });
  std::size_t indexed = children.size();
  for (const auto& [child, loaded] : loaded_) {
    if (loaded.now.parent != parent || parent.uuid.is_nil()) continue;
    auto known = children.begin() + static_cast<std::ptrdiff_t>(indexed);
    if (!std::binary_search(children.begin(), known, child)) children.push_back(child);
  }
  return children;
}

}  // namespace genlock
