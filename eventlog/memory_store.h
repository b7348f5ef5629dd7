// A store in memory, with faults to switch on: the simulator's disk. Snapshots and crashes cost
// O(1), because copies of a persistent map do, and stay as they are when one is changed.
// Thread-safe. Snapshots may outlive the store.
#pragma once

#include "engine/store.h"
#include "eventlog/persistent_map.h"

#include <array>
#include <memory>
#include <mutex>

namespace genlock {

class MemoryStore : public Store {
 public:
  Result<std::optional<std::string>> get(Space space, std::string_view key) const override;
  Result<void> scan(Space space, std::string_view first, std::string_view end,
                    const Visit& visit) const override;
  Result<void> scan_down(Space space, std::string_view first, std::string_view end,
                         const Visit& visit) const override;
  Result<void> commit(const Batch& batch, bool durable) override;
  std::unique_ptr<Reader> snapshot() const override;

  // What the next commit shall meet. Either way its caller hears `unavailable`, which means
  // "outcome unknown", and further commits are refused until reopen().
  enum class Fault {
    none,
    fail_before_applying,  // the batch is lost
    fail_after_applying,   // the batch is there, and durable
  };
  void fail_next_commit(Fault fault);

  // Power is cut: everything since the last durable commit is lost. The store is as after reopen().
  void crash();
  // Takes writes again after a fault.
  void reopen();
  bool refuses_writes() const;
  // Holds what `other` holds, durably, and takes writes: a copy of it, an older state that came
  // back. O(1).
  void take_data_of(const MemoryStore& other);

  // Flips one bit of a stored value, behind everyone's back. REQUIRES: the key is there and its
  // value not empty.
  void flip_bit(Space space, std::string_view key, std::size_t bit);

 private:
  using Maps = std::array<PersistentMap, space_count>;
  class View;

  Maps maps() const;
  PersistentMap map(Space space) const;

  mutable std::mutex mutex_;
  Maps current_;
  Maps durable_;  // what a crash falls back to
  Fault fault_ = Fault::none;
  bool refuses_writes_ = false;
};

}  // namespace genlock
