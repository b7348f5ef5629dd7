#include "simulation/oracle_check.h"

#include "engine/view.h"
#include "simulation/oracle_words.h"
#include "simulation/workload.h"

#include <algorithm>

namespace genlock::simulation {
namespace {

class Comparison {
 public:
  Comparison(const SimNode& node, StreamId stream, const std::vector<Fact>& facts, Tally& tally)
      : state_(node.store, node.log(), stream), oracle_(stream, facts), tally_(tally) {}

  OracleReport run() {
    for (std::size_t i = 0; i < oracle_.void_locks(); ++i) tally_.note(Branch::void_lock);
    std::set<RowKey> rows = oracle_.rows();
    for (const RecordKey& key : state_.records().value()) rows.insert(key);
    for (const RowKey& key : rows)
      if (report_.difference.empty() && find_table(key.table)) compare_row(key);
    return std::move(report_);
  }

 private:
  void expect(bool holds, std::string_view what) {
    if (holds || !report_.difference.empty()) return;
    report_.difference =
        std::string(table_->name) + " " + key_.id.to_string() + ": " + std::string(what);
  }

  void compare_row(const RowKey& key) {
    key_ = key;
    table_ = find_table(key.table);
    if (!oracle_.rows().contains(key)) return expect(false, "no event is on it");
    const OracleRow& row = oracle_.row(key);
    const auto read = view_with_conflicts(state_, key);
    if (!read.ok()) return expect(false, "it can't be shown: " + read.error().message);
    const std::optional<RecordWithConflicts>& both = *read;
    if (row.two_parents) tally_.note(Branch::two_parents);
    expect(both.has_value() == row.created, row.created ? "it is missing" : "nobody created it");
    if (!both) return;
    const RecordView& view = both->view;
    conflicts_ = &both->conflicts;
    report_.conflicts += conflicts_->size();
    expect(view.parent == row.parent, "it is under another parent");
    expect(view.is_deleted == row.gone, row.gone ? "it should be gone" : "it should stand");
    expect(view.hidden_by == oracle_.hidden_by(key), "it is hidden by something else");
    expect(view.version == row.version,
           "version " + std::to_string(view.version) + " for " + std::to_string(row.version));
    expect(view.created_ms == row.created_ms, "created_at");
    expect(view.updated_ms == row.updated_ms, "updated_at");
    compare_ids();
    compare_life(row, view);
    compare_slot(view);
    for (const Group& group : table_->groups) compare_group(group, view);
  }

  void compare_ids() {
    std::set<Uuid> ids;
    for (const Conflict& conflict : *conflicts_)
      expect(ids.insert(conflict.id).second,
             "two conflicts have the id " + conflict.id.to_string());
  }

  void compare_life(const OracleRow& row, const RecordView& view) {
    bool pending = false, decided = false;
    for (const Conflict& conflict : *conflicts_) {
      if (conflict.group != life_group) continue;
      (conflict.pending() ? pending : decided) = true;
      if (conflict.pending() && conflict.kind == ConflictKind::life)
        tally_.note(Branch::life_conflict);
    }
    const bool wanted = row.life_pending && !view.hidden_by;
    expect(pending == wanted, wanted ? "its life should be pending" : "its life is pending");
    expect(decided == (!row.life_pending && row.life_decided), "its life was decided, or was not");
  }

  void compare_slot(const RecordView& view) {
    if (table_->unique_in_parent == ColumnId::none || !view.visible()) return;
    std::vector<RowKey> claimants = oracle_.claimants(key_);
    bool first = claimants.empty() || claimants.front() == key_;
    std::optional<RecordId> taken_by;
    if (!first) taken_by = claimants.front().id;
    expect(view.slot_taken_by == taken_by, "another row shows in its slot");
    auto conflict = std::find_if(conflicts_->begin(), conflicts_->end(),
                                 [](const Conflict& c) { return c.kind == ConflictKind::unique; });
    bool contested = first && claimants.size() > 1;
    expect((conflict != conflicts_->end()) == contested, "its slot is contested, or should be");
    if (conflict == conflicts_->end()) return;
    tally_.note(Branch::slot_conflict);
    expect(conflict->sides.size() == claimants.size(), "its slot has other claimants");
    for (std::size_t i = 0; i < std::min(claimants.size(), conflict->sides.size()); ++i)
      expect(conflict->sides[i].record == claimants[i].id,
             "its slot has claimants in another order");
  }

  // What the product says of a group's conflicts.
  struct Said {
    const Conflict* pending = nullptr;
    const Conflict* decided = nullptr;
    std::map<Dot, Dot> overruled;  // winner by loser
  };
  Said said_of(GroupId group) {
    Said said;
    for (const Conflict& conflict : *conflicts_) {
      if (conflict.group != group || conflict.kind == ConflictKind::unique) continue;
      if (conflict.loss) {
        tally_.note(Branch::overruled_write);
        const Dot& winner = conflict.sides.at(conflict.shown).event;
        for (const ConflictSide& side : conflict.sides)
          if (side.event != winner) said.overruled.emplace(side.event, winner);
      } else if (conflict.pending()) {
        said.pending = &conflict;
        tally_.note(conflict.kind == ConflictKind::lock ? Branch::lock_conflict
                                                        : Branch::field_conflict);
      } else {
        said.decided = &conflict;
        tally_.note(Branch::decided_conflict);
      }
    }
    return said;
  }

  void compare_group(const Group& group, const RecordView& view) {
    const std::string name(group.name);
    OracleGroup wanted = oracle_.group(key_, group);
    if (wanted.siblings.empty()) return;
    Said said = said_of(group.id);
    bool finer = table_->column(group.columns.front())->grain != Grain::whole;
    bool merges = finer && wanted.may_merge;
    if (!merges)
      for (const ColumnValue& entry : wanted.siblings[wanted.shown].value)
        expect(view.value(entry.column) == as_shown(entry), name + " shows another value");
    // What is held off is compared with what is merged, and that is another value.
    bool held = std::ranges::any_of(wanted.siblings, &Claim::held);
    if (!merges || !held)
      expect((said.pending != nullptr) == (wanted.pending && view.visible()),
             name + (wanted.pending ? " should be pending" : " is pending"));
    if (!finer) expect(said.overruled == wanted.overruled, name + " has overruled other writes");
    if (view.visible()) expect_each_is_found(group, wanted, said, view, merges);
    compare_decision(group, said, wanted.pending);
  }

  // ON DELETE SET NULL: null while the target is gone or hidden.
  Value as_shown(const ColumnValue& entry) const {
    TableId target = table_->column(entry.column)->set_null_target;
    const auto* id = std::get_if<Uuid>(&entry.value);
    if (target == TableId::none || !id) return entry.value;
    RowKey key{target, RecordId{*id}};
    return !oracle_.rows().contains(key) || oracle_.visible(key) ? entry.value : Value{};
  }

  // Of writes side by side none is lost: each shows, or is a side, or is on record as overruled, or
  // is part of what is merged.
  void expect_each_is_found(const Group& group, const OracleGroup& wanted, const Said& said,
                            const RecordView& view, bool merges) {
    for (const Claim& sibling : wanted.siblings) {
      bool shows = sibling.value == wanted.siblings[wanted.shown].value;
      bool overruled = said.overruled.contains(sibling.dot());
      bool side =
          said.pending &&
          std::any_of(said.pending->sides.begin(), said.pending->sides.end(),
                      [&](const ConflictSide& known) { return known.value == sibling.value; });
      if (!merges) {
        expect(shows || side || overruled, "the write " + sibling.dot().to_string() + " of " +
                                               std::string(group.name) + " is lost");
        continue;
      }
      if (overruled || said.pending) continue;
      tally_.note(Branch::merged_text);
      expect_words(group, sibling, view);
    }
  }

  // Every word that this sibling alone brought stands in what is shown.
  void expect_words(const Group& group, const Claim& sibling, const RecordView& view) {
    ColumnId column = group.columns.front();
    std::set<std::string> missing = fresh_words(*find(sibling.value, column));
    for (const std::string& word : fresh_words(view.value(column))) missing.erase(word);
    for (const Claim& other : oracle_.claims(key_, group))
      if (other.dot() != sibling.dot())
        for (const std::string& word : fresh_words(*find(other.value, column))) missing.erase(word);
    expect(missing.empty(), "the words of " + sibling.dot().to_string() + " in " +
                                std::string(group.name) + " are lost");
  }

  // What somebody resolved is on record while it is not pending again.
  void compare_decision(const Group& group, const Said& said, bool is_pending) {
    bool resolved = false;
    bool by_choice = false;
    for (const Claim& claim : oracle_.claims(key_, group)) {
      const Operation& operation = claim.fact->event.operations[claim.order];
      resolved |= operation.kind == OperationKind::resolve;
      by_choice |= said.decided && said.decided->resolved_by_event == claim.dot() &&
                   (claim.named || operation.kind == OperationKind::resolve);
    }
    if (resolved && !is_pending)
      expect(said.decided, std::string(group.name) + " was resolved, and that is not on record");
    if (said.decided) expect(by_choice, std::string(group.name) + " was decided by nobody");
  }

  State state_;
  Oracle oracle_;
  Tally& tally_;
  OracleReport report_;
  RowKey key_;
  const Table* table_ = nullptr;
  const std::vector<Conflict>* conflicts_ = nullptr;
};

}  // namespace

OracleReport compare_with_oracle(const SimNode& node, StreamId stream,
                                 const std::vector<Fact>& facts, Tally& tally) {
  return Comparison(node, stream, facts, tally).run();
}

}  // namespace genlock::simulation
