#include "engine/one_event.h"

#include <algorithm>

namespace genlock {

namespace {

RecordKey key_of(const Operation& operation) { return {operation.table, operation.record}; }

void add_names(std::vector<Dot>& names, const std::vector<Dot>& more) {
  names.insert(names.end(), more.begin(), more.end());
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

// A create holds the columns that are not null.
void write_into(Operation& create, const Operation& set) {
  for (const ColumnValue& item : set.values) {
    if (is_null(item.value)) {
      std::erase_if(create.values, [&](const ColumnValue& c) { return c.column == item.column; });
    } else {
      genlock::set(create.values, item.column, item.value);
    }
  }
}

// The earlier write has replaced what it named or, without names, everything that its author saw;
// the later one goes on from there.
void write_over(Operation& earlier, Operation later) {
  earlier.values = std::move(later.values);
  if (!later.replaces) {
    earlier.replaces.reset();
    earlier.base.clear();
  } else if (earlier.replaces) {
    add_names(*earlier.replaces, *later.replaces);
  }
}

}  // namespace

void OneEvent::add(Operation operation) {
  if (operation.replaces)
    std::erase_if(*operation.replaces, [&](const Dot& dot) { return dot.origin == provisional_; });
  switch (operation.kind) {
    case OperationKind::set:
      return add_set(std::move(operation));
    case OperationKind::restore:
      return add_restore(std::move(operation));
    default:
      return append(std::move(operation));
  }
}

void OneEvent::add_set(Operation operation) {
  if (auto* create = find(operation, OperationKind::create)) return write_into(**create, operation);
  if (auto* earlier = find(operation, OperationKind::set))
    return write_over(**earlier, std::move(operation));
  append(std::move(operation));
}

// Takes back a deletion of this event, and those of before.
void OneEvent::add_restore(Operation operation) {
  if (auto* removed = find(operation, OperationKind::remove)) removed->reset();
  bool is_there = find(operation, OperationKind::create) || find(operation, OperationKind::restore);
  if (!is_there) append(std::move(operation));
}

// The operation of this kind on the same record; of sets that of the same group.
std::optional<Operation>* OneEvent::find(const Operation& like, OperationKind kind) {
  for (std::size_t index : by_record_[key_of(like)]) {
    std::optional<Operation>& each = operations_[index];
    bool is_same = each && each->kind == kind;
    if (is_same && (kind != OperationKind::set || each->group == like.group)) return &each;
  }
  return nullptr;
}

void OneEvent::append(Operation operation) {
  by_record_[key_of(operation)].push_back(operations_.size());
  operations_.emplace_back(std::move(operation));
}

std::vector<Operation> OneEvent::take() {
  std::vector<Operation> taken;
  taken.reserve(operations_.size());
  for (std::optional<Operation>& each : operations_)
    if (each) taken.push_back(*std::move(each));
  operations_.clear();
  by_record_.clear();
  return taken;
}

}  // namespace genlock
