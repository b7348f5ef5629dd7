#include "engine/compaction.h"

#include "engine/event_codec.h"
#include "engine/ingest.h"
#include "engine/merge.h"
#include "engine/past_events.h"
#include "engine/record_cut.h"
#include "engine/state_keys.h"

#include <algorithm>
#include <map>
#include <set>

namespace genlock {

namespace {

Error illegal(const std::string& why) {
  return {ErrorCode::invalid_argument, "the stream cannot be compacted there: " + why};
}

// A cut that is held, is closed, and that everything else here has seen.
Result<void> check_cut(const Reader& reader, const EventLog& log, StreamId stream,
                       const VersionVector& cut) {
  TRY_ASSIGN(const Branches branches, log.branches(reader, stream));
  if (!branches.empty())
    return Error{ErrorCode::unsupported,
                 "stream " + stream.to_string() + " has branches, all of which are kept"};
  TRY_ASSIGN(const VersionVector floor, log.floor(reader, stream));
  if (!cut.includes(floor))
    return Error{ErrorCode::compacted,
                 "stream " + stream.to_string() + " was compacted up to a later point already"};
  TRY_ASSIGN(const StreamHead head, log.head(reader, stream));
  if (!head.vector().includes(cut)) return illegal("this node does not have all of it");
  for (const auto& [origin, at] : head.origins) {
    const Sequence last = cut.last_seen(origin);
    if (last != Sequence::none) {
      TRY_ASSIGN(const VersionVector seen, log.context_of(reader, {stream, {origin, last}}));
      if (!cut.includes(seen)) return illegal("it lacks what its own events had seen");
    }
    if (at.last == last) continue;
    TRY_ASSIGN(const VersionVector seen, log.context_of(reader, {stream, {origin, next(last)}}));
    if (!seen.includes(cut))
      return illegal("event " + Dot{origin, next(last)}.to_string() + " has not seen all of it");
  }
  return {};
}

bool decides(const std::vector<RecordEvent>& history, const RecordKey& key) {
  return std::ranges::any_of(history, [&](const RecordEvent& past) {
    return std::ranges::any_of(operations_on(past.event, key), [](const Operation* operation) {
      return operation->kind == OperationKind::resolve ||
             (operation->replaces && operation->replaces->size() > 1);
    });
  });
}

class Planner {
 public:
  Planner(const Reader& reader, const EventLog& log, StreamId stream, const VersionVector& cut)
      : reader_(reader), log_(log), state_(reader, log, stream), cut_(cut) {}

  Result<CompactionPlan> run() {
    TRY(check_cut(reader_, log_, stream(), cut_));
    TRY_ASSIGN(const LockState locks, state_.locks());
    locks_ = locks_within(locks, cut_);
    TRY(read_events());
    for (const RecordKey& key : deleted_) TRY(find_witness(key));
    for (const auto& [place, order] : orders_) wanted_.insert(order.dot);
    kept_.insert(wanted_.begin(), wanted_.end());
    CompactionPlan plan{stream(), cut_, {}, {}, {}};
    TRY_ASSIGN(plan.floor_before, log_.floor(reader_, stream()));
    TRY_ASSIGN(const std::vector<RecordKey> records, state_.records());
    for (const RecordKey& key : records) TRY(cut_record(key, plan.facts));
    plan.kept.assign(kept_.begin(), kept_.end());
    return plan;
  }

 private:
  struct Order {
    std::string value;
    Dot dot;
  };

  StreamId stream() const { return state_.stream(); }

  // What stays whatever its records say: what is no write on a record, the last event of each
  // origin, and the greatest sort_order under each parent, which the state keeps for good.
  Result<void> read_events() {
    for (const VersionVector::Entry& entry : cut_.entries())
      kept_.insert({entry.origin, entry.last});
    TRY_ASSIGN(CausalReader events, CausalReader::open(log_, reader_, stream(), &cut_));
    for (;;) {
      TRY_ASSIGN(const std::optional<RecordEvent> next, events.next());
      if (!next) return {};
      for (const Operation& operation : next->event.operations) {
        if (!on_record(operation)) kept_.insert(next->event.dot);
        if (deletes(operation)) deleted_.insert({operation.table, operation.record});
        if (on_record(operation)) TRY(note_order(*next, operation));
      }
    }
  }

  Result<void> note_order(const RecordEvent& past, const Operation& operation) {
    const Value* value = find(operation.values, column::sort_order);
    const auto* order = value ? std::get_if<std::string>(value) : nullptr;
    if (!order) return {};
    RecordId parent = operation.parent;
    if (operation.kind != OperationKind::create) {
      TRY_ASSIGN(parent, parent_seen({operation.table, operation.record}, past.context));
    }
    auto [known, is_new] = orders_.try_emplace({parent, operation.table});
    if (is_new || known->second.value < *order) known->second = {*order, past.event.dot};
    return {};
  }

  // As the fold finds it; where it is not plain, the record keeps all.
  Result<RecordId> parent_seen(const RecordKey& key, const VersionVector& context) {
    TRY_ASSIGN(const RecordState* record, state_.find(key));
    if (!record) return RecordId{};
    if (!record->life.created || context.contains(record->life.create.dot)) return record->parent;
    TRY_ASSIGN(const std::vector<RecordEvent> history, state_.history(*record));
    for (const RecordEvent& past : history)
      if (context.contains(past.event.dot))
        for (const Operation* operation : operations_on(past.event, key))
          if (operation->kind == OperationKind::create) return operation->parent;
    return RecordId{};
  }

  // --- what keeps a deleted record alive ---

  Result<void> find_witness(const RecordKey& key) {
    TRY_ASSIGN(const std::vector<RecordEvent> history, state_.history(key, cut_));
    TRY_ASSIGN(const RecordState then, merge_history(key, history, locks_));
    TRY_ASSIGN(const std::optional<Touch> touch, witness_of(key, then.life.deletes));
    if (!touch) return {};
    wanted_.insert(touch->dot);
    told_[key].insert(touch->dot);
    return {};
  }

  Result<std::optional<Touch>> witness_of(const RecordKey& key,
                                          const std::vector<StandingDelete>& deletes) {
    VersionVector seen;
    std::vector<Dot> standing;
    for (const StandingDelete& d : deletes) {
      if (d.held) continue;
      TRY_ASSIGN(const VersionVector context, log_.context_of(reader_, {stream(), d.dot}));
      seen.merge(context);
      seen.raise(d.dot.origin, d.dot.sequence);
      standing.push_back(d.dot);
    }
    std::optional<Touch> witness;
    if (standing.empty()) return witness;
    std::vector<Dot> touches;
    const Table* table = find_table(key.table);
    if (table && table->parent == TableId::none && key.id.uuid == stream().uuid) {
      TRY_ASSIGN(const std::vector<RecordKey> all, state_.records());
      for (const RecordKey& each : all) TRY(collect_own_touches(each, seen, touches));
    } else {
      TRY(collect_touches(key, seen, touches));
    }
    for (const Dot& dot : touches) {
      TRY_ASSIGN(const VersionVector context, log_.context_of(reader_, {stream(), dot}));
      if (std::ranges::all_of(standing, [&](const Dot& d) { return context.contains(d); }))
        continue;
      TRY_ASSIGN(const StoredEvent stored, log_.read(reader_, {stream(), dot}));
      TRY_ASSIGN(const EventHeader header, decode_header(stored.bytes));
      const Rank rank{header.time, dot.origin};
      if (!witness || Rank{witness->time, witness->dot.origin} < rank)
        witness = Touch{dot, header.time};
    }
    return witness;
  }

  Result<void> collect_touches(const RecordKey& key, const VersionVector& seen,
                               std::vector<Dot>& touches) {
    TRY(collect_own_touches(key, seen, touches));
    TRY_ASSIGN(const std::vector<RecordKey> children, state_.children(key.id));
    for (const RecordKey& child : children) TRY(collect_touches(child, seen, touches));
    return {};
  }

  Result<void> collect_own_touches(const RecordKey& key, const VersionVector& seen,
                                   std::vector<Dot>& touches) {
    TRY_ASSIGN(const std::vector<PastEvent> past, past_of(key));
    for (const PastEvent& event : past)
      if (event.touches && cut_.contains(event.dot) && !seen.contains(event.dot))
        touches.push_back(event.dot);
    return {};
  }

  Result<std::vector<PastEvent>> past_of(const RecordKey& key) {
    TRY_ASSIGN(const RecordState* record, state_.find(key));
    if (!record) return std::vector<PastEvent>{};
    return genlock::past_of(*record, stream(), reader_);
  }

  // --- one record ---

  Result<void> cut_record(const RecordKey& key, std::vector<RecordFacts>& all) {
    TRY_ASSIGN(const std::vector<RecordEvent> history, history_of(key));
    if (history.empty()) return {};
    RecordCut cut(key, history, locks_, wanted_);
    TRY_ASSIGN(const std::vector<Dot> kept, cut.kept());
    kept_.insert(kept.begin(), kept.end());
    TRY_ASSIGN(std::optional<RecordFacts> before, log_.facts(reader_, stream(), key));
    const bool keeps_all = !before && kept.size() == history.size();
    if (keeps_all && !decides(history, key)) return {};
    TRY_ASSIGN(const RecordState then, cut.state());
    std::set<Dot> told(kept.begin(), kept.end());
    if (auto at = told_.find(key); at != told_.end()) told.merge(at->second);
    // A side may be an event on another record, which does not keep it.
    add_sides(then.life.decision, told);
    for (const GroupState& group : then.groups) add_sides(group.decision, told);
    kept_.insert(told.begin(), told.end());
    if (keeps_all) return {};
    TRY(add_facts(key, history, told, before.value_or(RecordFacts{}), all));
    return {};
  }

  static void add_sides(const std::optional<Decision>& decision, std::set<Dot>& told) {
    if (decision) told.insert(decision->sides.begin(), decision->sides.end());
  }

  // Read once for all records of an event that wrote many.
  Result<std::vector<RecordEvent>> history_of(const RecordKey& key) {
    return state_.history(key, cut_);
  }

  Result<void> add_facts(const RecordKey& key, const std::vector<RecordEvent>& history,
                         const std::set<Dot>& told, const RecordFacts& before,
                         std::vector<RecordFacts>& all) {
    std::vector<Dot> dropped;
    for (const RecordEvent& past : history)
      if (!told.contains(past.event.dot)) dropped.push_back(past.event.dot);
    std::ranges::sort(dropped);
    RecordFacts facts{key, before.dropped + dropped.size(), {}};
    for (const Dot& dot : told) {
      TRY_ASSIGN(const VersionVector context, log_.context_of(reader_, {stream(), dot}));
      facts.kept.push_back(
          {dot, before.dropped_before(dot) + RecordCut::count_seen(dropped, context)});
    }
    all.push_back(std::move(facts));
    return {};
  }

  const Reader& reader_;
  const EventLog& log_;
  const State state_;
  const VersionVector& cut_;
  LockState locks_;
  std::set<Dot> kept_;
  std::set<Dot> wanted_;  // to stay on every record that they are on
  std::map<std::pair<RecordId, TableId>, Order> orders_;
  std::set<RecordKey> deleted_;
  std::map<RecordKey, std::set<Dot>> told_;  // events elsewhere that stand in a record's conflicts
};

// In canonical order.
Result<std::vector<KeptEvent>> read_events(const Reader& reader, const EventLog& log,
                                           StreamId stream, const std::vector<Dot>& dots) {
  std::vector<std::pair<Rank, KeptEvent>> ranked;
  for (const Dot& dot : dots) {
    const EventId id{stream, dot};
    TRY_ASSIGN(StoredEvent stored, log.read(reader, id));
    TRY_ASSIGN(const EventHeader header, decode_header(stored.bytes));
    TRY_ASSIGN(VersionVector context, log.context_of(reader, id));
    ranked.push_back({{header.time, dot.origin},
                      {dot, std::move(stored.bytes), std::move(context), stored.chain}});
  }
  std::ranges::sort(ranked, {}, [](const auto& each) { return each.first; });
  std::vector<KeptEvent> events;
  for (auto& [rank, kept] : ranked) events.push_back(std::move(kept));
  return events;
}

}  // namespace

Result<CompactionPlan> plan_compaction(const Reader& reader, const EventLog& log, StreamId stream,
                                       const VersionVector& cut) {
  return Planner(reader, log, stream, cut).run();
}

Result<StreamBase> base_at(const Reader& reader, const EventLog& log, StreamId stream,
                           const VersionVector& cut) {
  TRY_ASSIGN(CompactionPlan plan, plan_compaction(reader, log, stream, cut));
  StreamBase base{stream, std::move(plan.at), std::move(plan.facts), {}};
  TRY_ASSIGN(base.events, read_events(reader, log, stream, plan.kept));
  return base;
}

Result<StreamBase> kept_base(const Reader& reader, const EventLog& log, StreamId stream) {
  StreamBase base{stream, {}, {}, {}};
  TRY_ASSIGN(base.at, log.floor(reader, stream));
  TRY_ASSIGN(base.facts, log.all_facts(reader, stream));
  std::vector<Dot> kept;
  for (const VersionVector::Entry& entry : base.at.entries())
    TRY(log.read_kept(reader, stream, {entry.origin, Sequence{1}, entry.last},
                      [&](const EventId& id, const StoredEvent&) {
                        kept.push_back(id.dot);
                        return true;
                      }));
  TRY_ASSIGN(base.events, read_events(reader, log, stream, kept));
  return base;
}

Result<bool> Compaction::step(Overlay& overlay) {
  TRY(check(overlay));
  if (!is_begun_) log_.raise_floor(overlay, plan_.stream, plan_.at);
  is_begun_ = true;
  if (next_record_ == plan_.facts.size()) return drop_some(overlay);
  const std::size_t end = std::min(plan_.facts.size(), next_record_ + limits_.records);
  for (; next_record_ < end; ++next_record_) TRY(note(overlay, plan_.facts[next_record_]));
  return true;
}

Result<void> Compaction::check(const Overlay& overlay) const {
  TRY_ASSIGN(const Branches branches, log_.branches(overlay, plan_.stream));
  TRY_ASSIGN(const VersionVector floor, log_.floor(overlay, plan_.stream));
  if (branches.empty() && floor == (is_begun_ ? plan_.at : plan_.floor_before)) return {};
  return Error{ErrorCode::conflict, "stream " + plan_.stream.to_string() +
                                        " changed while it was being compacted: begin again"};
}

// The record's list of events becomes what folding the smaller log makes of it.
Result<void> Compaction::note(Overlay& overlay, const RecordFacts& facts) const {
  log_.put_facts(overlay, plan_.stream, facts);
  const State state(overlay, log_, plan_.stream);
  TRY_ASSIGN(std::optional<RecordState> record, state.record(facts.key));
  if (!record) return Error{ErrorCode::corruption, "the state of a record is missing"};
  TRY_ASSIGN(const std::vector<PastEvent> past, past_of(*record, plan_.stream, overlay));
  std::vector<std::string> runs;
  TRY(overlay.scan_prefix(Space::state, state_keys::past_runs(plan_.stream, facts.key),
                          [&](std::string_view key, std::string_view) {
                            runs.emplace_back(key);
                            return true;
                          }));
  for (std::string& key : runs) overlay.erase(Space::state, std::move(key));
  record->recent.clear();
  const auto is_kept = [&](const Dot& dot) {
    return !plan_.at.contains(dot) ||
           std::ranges::binary_search(facts.kept, dot, {}, &RecordFacts::Kept::dot);
  };
  for (const PastEvent& event : past)
    if (is_kept(event.dot)) note_past(*record, event, plan_.stream, overlay);
  overlay.put(Space::state, state_keys::record(plan_.stream, facts.key), encode(*record));
  return {};
}

Result<Compaction::Slice> Compaction::look(const Reader& reader) const {
  Slice slice = done_;
  std::size_t looked_at = 0, bytes = 0;
  const auto is_full = [&] { return looked_at == limits_.events || bytes >= limits_.bytes; };
  for (; slice.next_origin < plan_.at.entries().size();
       ++slice.next_origin, slice.after = Sequence::none) {
    const VersionVector::Entry& entry = plan_.at.entries()[slice.next_origin];
    if (entry.last <= slice.after) continue;
    TRY(log_.read_kept(
        reader, plan_.stream, {entry.origin, next(slice.after), entry.last},
        [&](const EventId& id, const StoredEvent& stored) {
          slice.after = id.dot.sequence;
          ++looked_at;
          if (std::ranges::binary_search(plan_.kept, id.dot)) return !is_full();
          bytes += stored.bytes.size();
          slice.events.push_back({id.dot, stored.position, stored.stored_at_ms, stored.bytes});
          return !is_full();
        }));
    if (is_full()) break;
  }
  return slice;
}

Result<void> Compaction::keep_next(const Reader& reader, const KeepDropped& keep) {
  if (next_record_ < plan_.facts.size() || kept_) return {};
  TRY_ASSIGN(Slice slice, look(reader));
  if (!slice.events.empty()) TRY(keep(plan_.stream, slice.events));
  kept_ = std::move(slice);
  return {};
}

Result<bool> Compaction::drop_some(Overlay& overlay) {
  if (!kept_) {
    TRY_ASSIGN(kept_, look(overlay));
  }
  std::vector<Dot> dots;
  for (const DroppedEvent& event : kept_->events) dots.push_back(event.dot);
  if (!dots.empty()) TRY(log_.drop(overlay, plan_.stream, dots));
  dropped_ += dots.size();
  done_ = {{}, kept_->next_origin, kept_->after};
  kept_.reset();
  return done_.next_origin < plan_.at.entries().size();
}

Result<std::uint64_t> compact_stream(const Store& store, const EventLog& log, Committer& committer,
                                     StreamId stream, const VersionVector& cut,
                                     const std::function<bool()>& wants_more,
                                     const KeepDropped& keep, CompactionSlice slice) {
  const std::unique_ptr<Reader> snapshot = store.snapshot();
  TRY_ASSIGN(CompactionPlan plan, plan_compaction(*snapshot, log, stream, cut));
  Compaction compaction(log, std::move(plan), slice);
  bool has_more = true;
  while (has_more && (!wants_more || wants_more())) {
    if (keep) TRY(compaction.keep_next(*snapshot, keep));
    TRY(committer.run([&](Overlay& overlay) -> Result<void> {
      TRY_ASSIGN(has_more, compaction.step(overlay));
      return {};
    }));
  }
  return compaction.dropped_count();
}

}  // namespace genlock
