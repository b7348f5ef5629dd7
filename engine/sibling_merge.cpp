#include "engine/sibling_merge.h"

#include "engine/json_merge.h"
#include "engine/limits.h"
#include "engine/merge.h"
#include "engine/word_merge.h"

#include <algorithm>
#include <memory>

namespace genlock {

namespace {

const Column& column_of(const Table& table, GroupId group) {
  return *table.column(table.group(group)->columns.front());
}

// What a value says in the words of its grain: nothing is an empty text, an empty object. nullptr:
// it is of another kind.
const std::string* text_of(const Value& value) {
  static const std::string nothing;
  return is_null(value) ? &nothing : std::get_if<std::string>(&value);
}

std::unique_ptr<FineMerge> begin_merge(Grain grain, std::size_t sibling, const std::string& text) {
  if (grain == Grain::words) return std::make_unique<WordMerge>(sibling, text);
  return std::make_unique<JsonMerge>(sibling, text);
}

// Takes in siblings from the highest down.
class ColumnMerge {
 public:
  ColumnMerge(const Column& column, std::size_t sibling_count)
      : column_(column), values_(sibling_count) {}

  bool add(std::size_t sibling, const Value& base, const Value& value) {
    const std::string* text = text_of(value);
    const std::string* base_text = text_of(base);
    if (!text || !base_text) return false;
    values_[sibling] = &value;
    if (merge_) return merge_->add(sibling, *base_text, *text);
    merge_ = begin_merge(column_.grain, sibling, *text);
    return true;
  }

  const std::vector<FineMerge::Overruled>& overruled() const { return merge_->overruled(); }

  // nullopt: more than the column holds, which nobody could write back.
  std::optional<Value> value() const {
    std::string text = merge_->text();
    if (text.size() > column_.max_bytes) return std::nullopt;
    for (std::size_t i = values_.size(); i-- > 0;)
      if (says(*values_[i], text)) return *values_[i];
    return Value(std::move(text));
  }

 private:
  bool says(const Value& value, const std::string& text) const {
    bool empty_object = column_.grain == Grain::keys && is_null(value) && text == "{}";
    return empty_object || *text_of(value) == text;
  }

  const Column& column_;
  std::vector<const Value*> values_;  // by sibling
  std::unique_ptr<FineMerge> merge_;
};

void unite(std::vector<bool>& events, const std::vector<bool>& more) {
  for (std::size_t i = 0; i < events.size(); ++i)
    if (more[i]) events[i] = true;
}

std::vector<bool> common(std::vector<bool> events, const std::vector<bool>& others) {
  for (std::size_t i = 0; i < events.size(); ++i)
    if (!others[i]) events[i] = false;
  return events;
}

// Rule 2: what a sibling that is not overruled says too is not lost.
std::vector<Loss> losses_among(const std::vector<const Write*>& siblings,
                               const std::vector<FineMerge::Overruled>& overruled) {
  auto stands = [&](const Write* sibling) {
    return std::none_of(overruled.begin(), overruled.end(), [&](const FineMerge::Overruled& o) {
      return siblings[o.sibling] == sibling;
    });
  };
  std::vector<Loss> losses;
  for (const FineMerge::Overruled& o : overruled) {
    const Write& loser = *siblings[o.sibling];
    const Write& winner = *siblings[o.by];
    bool is_said = std::any_of(siblings.begin(), siblings.end(), [&](const Write* sibling) {
      return sibling->value == loser.value && stands(sibling);
    });
    if (!is_said) losses.push_back({loser.dot, winner.dot, winner.role});
  }
  std::sort(losses.begin(), losses.end());
  return losses;
}

}  // namespace

Grain grain_of(const Table* table, GroupId group) {
  const Group* rules = table ? table->group(group) : nullptr;
  bool finer = rules && rules->policy == Policy::last_writer_wins && rules->columns.size() == 1;
  return finer ? column_of(*table, group).grain : Grain::whole;
}

SiblingMerge::SiblingMerge(const RecordKey& record, GroupId group,
                           const std::vector<RecordEvent>& history, const LockState& locks)
    : record_(record), group_(group), table_(find_table(record.table)), locks_(locks) {
  for (const RecordEvent& past : history) add(past.event, past.context);
}

void SiblingMerge::add(const Event& event, const VersionVector& context) {
  if (places_.emplace(event.dot, past_.size()).second) past_.push_back({&event, &context});
}

// --- what authors had seen -----------------------------------------------------------------------

// The events on the record that the author of a write knew, that one included. Who names what a
// write replaces did not mean the rest of its context: it counts as having seen the named writes
// and what their authors had seen.
SiblingMerge::EventSet SiblingMerge::covered_by(const Dot& write) const {
  EventSet covered(past_.size());
  std::vector<Dot> work{write};
  while (!work.empty()) {
    auto at = places_.find(work.back());
    work.pop_back();
    if (at == places_.end() || covered[at->second]) continue;
    covered[at->second] = true;
    const Past& author = past_[at->second];
    if (const std::vector<Dot>* named = named_by(*author.event)) {
      for (const Dot& replaced : *named)
        if (author.context->contains(replaced)) work.push_back(replaced);
    } else {
      for (std::size_t i = 0; i < past_.size(); ++i)
        if (author.context->contains(past_[i].event->dot)) covered[i] = true;
    }
  }
  return covered;
}

const std::vector<Dot>* SiblingMerge::named_by(const Event& event) const {
  for (const Operation* operation : operations_on(event, record_))
    if (operation->group == group_ && operation->replaces) return &*operation->replaces;
  return nullptr;
}

// What is remembered and counted belongs to one question, so that its answer does not depend on
// what was asked before.
void SiblingMerge::begin() {
  bases_.clear();
  exhausted_ = false;
}

GroupState SiblingMerge::at(const VersionVector& within) {
  begin();
  EventSet events(past_.size());
  for (std::size_t i = 0; i < past_.size(); ++i) events[i] = within.contains(past_[i].event->dot);
  return state_in(events, locks_within(locks_, within));
}

GroupState SiblingMerge::state_in(const EventSet& events, const LockState& locks) {
  GroupState group;
  group.id = group_;
  GroupWriter writer(record_, group_, locks);
  for (std::size_t i = 0; i < past_.size(); ++i)
    if (events[i]) writer.write(*past_[i].event, *past_[i].context, group.siblings);
  group.merged = merge_trusted(group.siblings);
  return group;
}

ColumnValues SiblingMerge::shown_in(const EventSet& events) {
  VersionVector within;
  for (std::size_t i = 0; i < past_.size(); ++i) {
    if (!events[i]) continue;
    within.merge(*past_[i].context);
    within.raise(past_[i].event->dot.origin, past_[i].event->dot.sequence);
  }
  GroupState group = state_in(events, locks_within(locks_, within));
  const ColumnValues* value = shown(table_, group).value;
  return value ? *value : ColumnValues{};
}

ColumnValues SiblingMerge::base_of(const std::vector<Write>& siblings) {
  begin();
  EventSet shared(past_.size(), true);
  for (const Write& write : siblings) shared = common(std::move(shared), covered_by(write.dot));
  return shown_in(shared);
}

// --- merging (rule 8) ----------------------------------------------------------------------------

std::optional<Merged> SiblingMerge::merge(const std::vector<Write>& siblings) {
  begin();
  return merge_trusted(siblings);
}

std::optional<Merged> SiblingMerge::merge_trusted(const std::vector<Write>& siblings) {
  if (siblings.size() < 2 || grain_of(table_, group_) == Grain::whole) return std::nullopt;
  GroupState trusted{.id = group_};
  for (const Write& write : siblings)
    if (!write.held) trusted.siblings.push_back(write);
  if (trusted.siblings.size() > limits::max_merge_siblings) return std::nullopt;
  Shown now = shown(table_, trusted);
  if (now.pending || now.not_shown.empty()) return std::nullopt;
  return merge_over_bases(trusted);
}

// Each sibling against the base it shares with those already merged: what the group showed in the
// events that its author and any of theirs had seen.
std::optional<Merged> SiblingMerge::merge_over_bases(const GroupState& group) {
  std::vector<const Write*> siblings;
  for (const Write& write : group.siblings) siblings.push_back(&write);
  ColumnMerge merge(column_of(*table_, group_), siblings.size());
  EventSet seen(past_.size());
  for (std::size_t i = siblings.size(); i-- > 0;) {
    EventSet covered = covered_by(siblings[i]->dot);
    Value base;
    if (siblings[i] != siblings.back()) {
      std::optional<Value> shared = base_in(common(covered, seen));
      if (!shared) return std::nullopt;
      base = *std::move(shared);
    }
    if (!merge.add(i, base, siblings[i]->value.front().value)) return std::nullopt;
    unite(seen, covered);
  }
  std::optional<Value> value = merge.value();
  if (!value) return std::nullopt;
  return Merged{{{column_of(*table_, group_).id, *std::move(value)}},
                losses_among(siblings, merge.overruled())};
}

// nullopt: out of bounds. Then what a base of a base was is not known, and nothing is merged.
std::optional<Value> SiblingMerge::base_in(const EventSet& events) {
  auto known = bases_.find(events);
  if (known != bases_.end()) return known->second;
  exhausted_ |= bases_.size() >= limits::max_merge_bases;
  if (exhausted_) return std::nullopt;
  bases_.emplace(events, Value{});  // counts from now on
  ColumnValues values = shown_in(events);
  if (exhausted_) return std::nullopt;
  const Value* value = find(values, column_of(*table_, group_).id);
  return bases_[events] = value ? *value : Value{};
}

}  // namespace genlock
