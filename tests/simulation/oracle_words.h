// The words in which the oracle speaks of events (oracle.h).
#pragma once

#include "simulation/log_check.h"

namespace genlock::simulation {

inline bool saw(const Fact& later, const Fact& earlier) {
  return later.seen.contains(earlier.event.dot);
}

inline bool concurrent(const Fact& a, const Fact& b) {
  return a.event.dot != b.event.dot && !saw(a, b) && !saw(b, a);
}

inline bool is_edit(const Operation& operation) {
  return operation.kind != OperationKind::lock && operation.kind != OperationKind::unlock &&
         operation.kind != OperationKind::moment;
}

inline bool decides_life(const Operation& operation) {
  return operation.kind == OperationKind::resolve && operation.group == life_group;
}

inline bool decides_life(const Operation& operation, bool deleted) {
  return decides_life(operation) && operation.values.front().value == Value(deleted);
}

inline bool deletes(const Operation& operation) {
  return operation.kind == OperationKind::remove || decides_life(operation, true);
}

inline bool restores(const Operation& operation) {
  return operation.kind == OperationKind::restore || decides_life(operation, false);
}

inline bool is_on(const Operation& operation, const RecordKey& key) {
  return is_edit(operation) && operation.table == key.table && operation.record == key.id;
}

}  // namespace genlock::simulation
