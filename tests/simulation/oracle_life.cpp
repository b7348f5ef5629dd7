// The oracle's rows: whether they are there, whose they are, and what stands in their slots (rules
// 5 and 6).
#include "simulation/oracle.h"
#include "simulation/oracle_words.h"

#include <algorithm>
#include <tuple>

namespace genlock::simulation {
const OracleRow& Oracle::row(const RowKey& key) const {
  auto known = worked_out_.find(key);
  if (known == worked_out_.end()) known = worked_out_.emplace(key, work_out(key)).first;
  return known->second;
}

OracleRow Oracle::work_out(const RowKey& key) const {
  OracleRow row;
  std::vector<Stroke> strokes;
  std::optional<Rank> first, last, first_create;
  bool create_held = false;
  for (const Fact* fact : by_row_.at(key)) {
    const Event& event = fact->event;
    ++row.version;
    if (!first || event.rank() < *first) first = event.rank(), row.created_ms = event.wall_ms;
    if (!last || *last < event.rank()) last = event.rank(), row.updated_ms = event.wall_ms;
    for (std::size_t i = 0; i < event.operations.size(); ++i) {
      const Operation& operation = event.operations[i];
      if (!is_on(operation, key)) continue;
      bool held = held_off(*fact, nullptr);
      if (operation.kind == OperationKind::create) {
        row.two_parents |= operation.parent != parents_.at(key);
        if (!first_create || event.rank() < *first_create)
          first_create = event.rank(), create_held = held;
      }
      if (deletes(operation) || restores(operation))
        strokes.push_back({fact, i, deletes(operation), held});
      row.life_decided |= decides_life(operation);
    }
  }
  row.created = first_create.has_value();
  if (auto parent = parents_.find(key); parent != parents_.end()) row.parent = parent->second;
  // "A delete stands while no later delete or restore saw it." What a lock held off takes back
  // nothing that it did not.
  std::vector<Stroke> standing, trusted;
  for (const Stroke& stroke : strokes) {
    if (!stroke.deletes) continue;
    bool answered = std::any_of(strokes.begin(), strokes.end(), [&](const Stroke& later) {
      bool after =
          later.fact == stroke.fact ? later.order > stroke.order : saw(*later.fact, *stroke.fact);
      return after && (!later.held || stroke.held || !later.deletes);
    });
    if (answered) continue;
    standing.push_back(stroke);
    if (!stroke.held) trusted.push_back(stroke);
  }
  row.gone = !trusted.empty() && !keeps_alive(key, trusted);
  row.life_pending = !row.gone && (!standing.empty() || (create_held && !row.life_decided));
  return row;
}

// "... and no edit of the row or of anything below it is both unseen by every standing delete and
// concurrent with one."
bool Oracle::keeps_alive(const RowKey& key, const std::vector<Stroke>& standing) const {
  for (const Fact& fact : facts_) {
    bool unseen = std::none_of(standing.begin(), standing.end(), [&](const Stroke& stroke) {
      return stroke.fact == &fact || saw(*stroke.fact, fact);
    });
    bool beside = std::any_of(standing.begin(), standing.end(),
                              [&](const Stroke& stroke) { return !saw(fact, *stroke.fact); });
    if (!unseen || !beside) continue;
    for (const Operation& operation : fact.event.operations)
      if (is_edit(operation) && !deletes(operation) &&
          is_below({operation.table, operation.record}, key))
        return true;
  }
  return false;
}

bool Oracle::is_below(RowKey at, const RowKey& above) const {
  // All rows of a show are below its production, also of tables that nobody here knows.
  if (above.table == table::productions && above.id.uuid == stream_.uuid) return true;
  while (at != above) {
    const Table* table = find_table(at.table);
    auto parent = parents_.find(at);
    if (!table || table->parent == TableId::none || parent == parents_.end()) return false;
    at = {table->parent, parent->second};
  }
  return true;
}

std::optional<RowKey> Oracle::hidden_by(const RowKey& key) const {
  RowKey at = key;
  while (true) {
    const Table* table = find_table(at.table);
    auto parent = parents_.find(at);
    if (!table || table->parent == TableId::none || parent == parents_.end()) return std::nullopt;
    at = {table->parent, parent->second};
    if (!rows_.contains(at)) return std::nullopt;
    if (row(at).gone) return at;
  }
}

bool Oracle::visible(const RowKey& key) const {
  return row(key).created && !row(key).gone && !hidden_by(key);
}

// "Dated by the write of the shown value or the row's last restore."
std::optional<Rank> Oracle::claim_date(const RowKey& key) const {
  const Table& table = *find_table(key.table);
  OracleGroup slot = group(key, *table.group_of(table.unique_in_parent));
  if (slot.siblings.empty()) return std::nullopt;
  Rank dated = slot.siblings[slot.shown].rank();
  for (const Fact* fact : by_row_.at(key))
    for (const Operation& operation : fact->event.operations)
      if (is_on(operation, key) && restores(operation)) dated = std::max(dated, fact->event.rank());
  return dated;
}

std::vector<RowKey> Oracle::claimants(const RowKey& key) const {
  const Table& table = *find_table(key.table);
  auto wanted = [&](const RowKey& of) -> Value {
    OracleGroup slot = group(of, *table.group_of(table.unique_in_parent));
    return slot.siblings.empty() ? Value{}
                                 : *find(slot.siblings[slot.shown].value, table.unique_in_parent);
  };
  std::vector<std::tuple<Rank, RowKey>> found;
  Value value = wanted(key);
  if (is_null(value)) return {};
  for (const RowKey& rival : rows_)
    if (rival.table == key.table && row(rival).parent == row(key).parent && visible(rival) &&
        wanted(rival) == value)
      found.emplace_back(*claim_date(rival), rival);
  std::sort(found.begin(), found.end());
  std::vector<RowKey> keys;
  for (const auto& [dated, rival] : found) keys.push_back(rival);
  return keys;
}

}  // namespace genlock::simulation
