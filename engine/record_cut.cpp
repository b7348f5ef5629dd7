#include "engine/record_cut.h"

#include "engine/merge.h"

#include <algorithm>
#include <map>

namespace genlock {

namespace {

// Lengths that are tried from the greatest down, each folded anew; where none of them does, one
// pass tries all.
constexpr std::size_t tries_from_end = 4;
constexpr std::size_t most_wanted = 3;  // on one record; nearly always none

bool is_concurrent(const Lock& lock, const RecordEvent& past) {
  return lock.dot != past.event.dot && !lock.context.contains(past.event.dot) &&
         !past.context.contains(lock.dot);
}

bool creates(const RecordEvent& past, const RecordKey& key) {
  return std::ranges::any_of(past.event.operations, [&](const Operation& operation) {
    return operation.kind == OperationKind::create && operation.table == key.table &&
           operation.record == key.id;
  });
}

}  // namespace

RecordCut::RecordCut(const RecordKey& key, const std::vector<RecordEvent>& history,
                     const LockState& locks, const std::set<Dot>& wanted)
    : key_(key), history_(history), locks_(locks), wanted_(wanted) {
  find_places();
}

void RecordCut::find_places() {
  for (std::size_t n = 0; n < history_.size(); ++n) places_.emplace(history_[n].event.dot, n);
}

std::uint64_t RecordCut::count_seen(const std::vector<Dot>& dots, const VersionVector& context) {
  std::uint64_t count = 0;
  for (const VersionVector::Entry& entry : context.entries()) {
    const auto first = std::ranges::lower_bound(dots, Dot{entry.origin, Sequence{1}});
    count += static_cast<std::uint64_t>(
        std::ranges::upper_bound(dots, Dot{entry.origin, entry.last}) - first);
  }
  return count;
}

// A length n is one where each event from n on has seen all n before it. An event that has not seen
// one at m rules out m + 1 up to its own place. None of which an event was concurrent with a lock,
// or which hold two creates, will do.
void RecordCut::find_candidates() {
  const std::size_t size = history_.size();
  std::vector<std::size_t> least_unseen(size);
  std::map<OriginId, std::vector<std::pair<Sequence, std::size_t>>> by_origin;
  for (std::size_t n = 0; n < size; ++n) {
    least_unseen[n] = n;
    for (const auto& [origin, places] : by_origin) {
      const Sequence seen = history_[n].context.last_seen(origin);
      const auto at =
          std::ranges::upper_bound(places, seen, {}, [](const auto& place) { return place.first; });
      if (at != places.end()) least_unseen[n] = std::min(least_unseen[n], at->second);
    }
    const Dot& dot = history_[n].event.dot;
    by_origin[dot.origin].emplace_back(dot.sequence, n);
  }
  std::size_t end = 0, create_count = 0;
  for (; end < size; ++end) {
    create_count += creates(history_[end], key_);
    const bool is_by_lock = std::ranges::any_of(
        locks_.locks, [&](const Lock& lock) { return is_concurrent(lock, history_[end]); });
    if (is_by_lock || create_count > 1) break;
  }
  std::size_t least = size;
  for (std::size_t n = size; n > 0; --n) {
    if (n < size) least = std::min(least, least_unseen[n]);
    if (n <= end && least >= n) candidates_.push_back(n);
  }
  std::ranges::reverse(candidates_);
}

Result<void> RecordCut::step(RecordState& record, std::size_t n) const {
  const HistorySource source = [&]() -> Result<const std::vector<RecordEvent>*> {
    return &history_;
  };
  const std::vector<const Operation*> operations = operations_on(history_[n].event, key_);
  TRY(merge_event(record, {history_[n].event, history_[n].context, operations, locks_}, source));
  return {};
}

Result<RecordState> RecordCut::fold(std::size_t end) const {
  RecordState record;
  record.table = key_.table;
  record.id = key_.id;
  for (std::size_t n = 0; n < end; ++n) TRY(step(record, n));
  return record;
}

// Where a delete stands, events on other records decide with it, and those may be gone.
bool RecordCut::is_settled(const RecordState& record) {
  const LifeState& life = record.life;
  if (!life.created || life.create.held || life.decision || !life.deletes.empty()) return false;
  for (const GroupState& group : record.groups)
    if (group.siblings.size() != 1 || group.siblings.front().held) return false;
  return true;
}

std::set<Dot> RecordCut::named_by(const RecordState& record, std::size_t end) const {
  std::set<Dot> dots{history_.front().event.dot,
                     {record.latest.origin, record.latest_sequence},
                     record.life.create.dot};
  dots.insert(record.heads.begin(), record.heads.end());
  for (const GroupState& group : record.groups) {
    for (const Write& write : group.siblings) dots.insert(write.dot);
    for (const Loss& loss : group.losses) dots.insert({loss.loser, loss.winner});
    if (!group.decision) continue;
    dots.insert(group.decision->by);
    dots.insert(group.decision->sides.begin(), group.decision->sides.end());
  }
  if (record.life.restored != HybridTime::zero) dots.insert(record.life.restored_by);
  for (const GroupState& group : record.groups) {
    std::set<Dot> shown{group.siblings.front().dot};
    add_replaced(shown, end);
    dots.merge(shown);
  }
  return dots;
}

// A write that names what it replaces leaves the rest standing, so what it named has to go on
// replacing that.
void RecordCut::add_replaced(std::set<Dot>& dots, std::size_t end) const {
  std::vector<Dot> work(dots.begin(), dots.end());
  while (!work.empty()) {
    const auto at = places_.find(work.back());
    work.pop_back();
    if (at == places_.end() || at->second >= end) continue;
    const RecordEvent& past = history_[at->second];
    for (const Operation* operation : operations_on(past.event, key_)) {
      if (!operation->replaces) continue;
      for (const Dot& dot : *operation->replaces)
        if (past.context.contains(dot) && places_.contains(dot) && dots.insert(dot).second)
          work.push_back(dot);
    }
  }
}

Result<bool> RecordCut::suffices(const std::set<Dot>& dots, const RecordState& record) const {
  std::vector<RecordEvent> left;
  for (const Dot& dot : dots) {
    const auto at = places_.find(dot);
    if (at == places_.end()) return false;  // it names what is no event on the record
    left.push_back(history_[at->second]);
  }
  std::ranges::sort(left, {}, [](const RecordEvent& past) { return past.event.rank(); });
  TRY_ASSIGN(RecordState again, merge_history(key_, left, locks_));
  again.version = record.version;
  return again == record;
}

// Writers named what stood; an event that names another one is of a program that does not.
bool RecordCut::later_name_only(const std::set<Dot>& dots, std::size_t end) const {
  for (std::size_t n = end; n < history_.size(); ++n) {
    for (const Operation* operation : operations_on(history_[n].event, key_)) {
      if (!operation->replaces) continue;
      for (const Dot& dot : *operation->replaces) {
        if (!history_[n].context.contains(dot) || dots.contains(dot)) continue;
        const auto at = places_.find(dot);
        const bool is_later = at != places_.end() && at->second >= end;
        const bool is_elsewhere = at == places_.end() && operation->group == life_group;
        if (!is_later && !is_elsewhere) return false;
      }
    }
  }
  return true;
}

// Also without those that are wanted: later some of them may be so no more.
Result<bool> RecordCut::suffices_with_any(const std::set<Dot>& dots, const std::vector<Dot>& wanted,
                                          const RecordState& record) const {
  if (wanted.size() > most_wanted) return false;
  for (std::size_t chosen = 0; chosen < std::size_t{1} << wanted.size(); ++chosen) {
    std::set<Dot> some = dots;
    for (std::size_t n = 0; n < wanted.size(); ++n)
      if (chosen >> n & 1) some.insert(wanted[n]);
    TRY_ASSIGN(const bool enough, suffices(some, record));
    if (!enough) return false;
  }
  return true;
}

Result<bool> RecordCut::try_at(std::size_t end, const RecordState& record) {
  if (!is_settled(record)) return false;
  std::set<Dot> dots = named_by(record, end);
  std::vector<Dot> wanted;
  for (std::size_t n = 0; n < end; ++n) {
    const Dot& dot = history_[n].event.dot;
    if (wanted_.contains(dot) && !dots.contains(dot)) wanted.push_back(dot);
  }
  TRY_ASSIGN(const bool enough, suffices_with_any(dots, wanted, record));
  if (!enough || !later_name_only(dots, end)) return false;
  dots.insert(wanted.begin(), wanted.end());
  kept_.assign(dots.begin(), dots.end());
  for (std::size_t n = end; n < history_.size(); ++n) kept_.push_back(history_[n].event.dot);
  return true;
}

Result<std::vector<Dot>> RecordCut::kept() {
  for (const auto& [dot, place] : places_) kept_.push_back(dot);
  if (!find_table(key_.table)) return kept_;
  find_candidates();
  std::size_t tried = 0;
  for (auto end = candidates_.rbegin(); end != candidates_.rend() && tried < tries_from_end;
       ++end, ++tried) {
    TRY_ASSIGN(const RecordState record, fold(*end));
    TRY_ASSIGN(const bool done, try_at(*end, record));
    if (done) break;
    if (tried + 1 < tries_from_end) continue;
    RecordState so_far;
    so_far.table = key_.table;
    so_far.id = key_.id;
    for (std::size_t n = 0, next = 0; n < *end && next < candidates_.size(); ++n) {
      TRY(step(so_far, n));
      if (candidates_[next] != n + 1) continue;
      ++next;
      TRY(try_at(n + 1, so_far));  // the last that does stays
    }
  }
  std::ranges::sort(kept_);
  return kept_;
}

}  // namespace genlock
