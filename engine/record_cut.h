// What of one record's history inside a cut has to stay (docs/adr/0017). Its history is cut once
// more, at the greatest P that
//   everything else on the record has seen,
//   at which each of its groups has one sibling, no delete stands, and nothing about its life is
//   open or decided,
//   of which no event is concurrent with a lock, and
//   of which the events that its state names, folded alone, give that state, with whatever of
//   those that are wanted for another reason.
// What comes after P sees nothing of P but that state, so the other events of P can go. The choice
// depends on the events alone, and dropping by an earlier cut does not change a later one: what P
// keeps is named by its state, which is the same folded from what is left.
#pragma once

#include "engine/lock.h"
#include "engine/record.h"
#include "engine/state.h"

#include <map>
#include <set>
#include <vector>

namespace genlock {

class RecordCut {
 public:
  // `history`: the events on the record inside the cut, in canonical order; `locks`: those inside
  // it; `wanted`: events to keep whatever the record says. All outlive this.
  RecordCut(const RecordKey& key, const std::vector<RecordEvent>& history, const LockState& locks,
            const std::set<Dot>& wanted);

  // By dot, sorted. All of them where nothing can go.
  Result<std::vector<Dot>> kept();
  // The record within the whole cut.
  Result<RecordState> state() { return fold(history_.size()); }
  // How many of `dots` somebody with this context had seen.
  static std::uint64_t count_seen(const std::vector<Dot>& dots, const VersionVector& context);

 private:
  void find_places();
  void find_candidates();
  Result<void> step(RecordState& record, std::size_t n) const;
  Result<RecordState> fold(std::size_t end) const;
  static bool is_settled(const RecordState& record);
  std::set<Dot> named_by(const RecordState& record, std::size_t end) const;
  void add_replaced(std::set<Dot>& dots, std::size_t end) const;
  Result<bool> suffices(const std::set<Dot>& dots, const RecordState& record) const;
  Result<bool> suffices_with_any(const std::set<Dot>& dots, const std::vector<Dot>& wanted,
                                 const RecordState& record) const;
  bool later_name_only(const std::set<Dot>& dots, std::size_t end) const;
  Result<bool> try_at(std::size_t end, const RecordState& record);

  const RecordKey key_;
  const std::vector<RecordEvent>& history_;
  const LockState& locks_;
  const std::set<Dot>& wanted_;
  std::map<Dot, std::size_t> places_;
  std::vector<std::size_t> candidates_;  // lengths of P that everything later has seen, ascending
  std::vector<Dot> kept_;
};

}  // namespace genlock
