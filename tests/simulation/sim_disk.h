// A simulated disk below a node: the store in memory, and under it a file to which every batch is
// appended, framed with its length and a checksum. Power can be cut at any step of a commit; what
// was not synced is then lost from some byte on, and opening the disk again replays the frames that
// are whole.
#pragma once

#include "engine/clock.h"
#include "eventlog/memory_store.h"
#include "simulation/fault.h"

#include <memory>
#include <string>

namespace genlock::simulation {

class SimDisk : public Store {
 public:
  Result<std::optional<std::string>> get(Space space, std::string_view key) const override {
    return memory_.get(space, key);
  }
  Result<void> scan(Space space, std::string_view first, std::string_view end,
                    const Visit& visit) const override {
    return memory_.scan(space, first, end, visit);
  }
  Result<void> scan_down(Space space, std::string_view first, std::string_view end,
                         const Visit& visit) const override {
    return memory_.scan_down(space, first, end, visit);
  }
  std::unique_ptr<Reader> snapshot() const override { return memory_.snapshot(); }
  Result<void> commit(const Batch& batch, bool durable) override;

  // The next commit meets `fault`, one of cut_before_write .. disk_full. `chance` decides where a
  // write tears and whether a failed one is there.
  void arm(Fault fault, Random& chance);
  void disarm() { armed_.reset(); }
  // There is room again. REQUIRES: is_full().
  void make_room();

  bool is_full() const { return full_; }
  // A commit failed, and not for want of room: the process can only end.
  bool broken() const { return broken_; }
  // By which fault. REQUIRES: broken().
  Fault met() const { return met_; }

  // The process ends; the operating system and its caches live on.
  void reopen();
  // Power is cut: a part of what was not synced is lost, the last of it torn.
  struct Recovery {
    std::size_t lost_batches = 0, kept_batches = 0;
  };
  Recovery cut_power(Random& chance);

  // What it holds now, for a copy or for a later day. O(1).
  std::shared_ptr<const MemoryStore> copy() const;
  // Holds that instead; REQUIRES: no process runs on it.
  void replace(const MemoryStore& content);

 private:
  Result<void> commit_whole(const Batch& batch);
  Result<void> fail(Fault fault);
  std::size_t replay(std::string_view bytes);

  MemoryStore memory_;
  std::string unsynced_;  // frames
  std::size_t unsynced_count_ = 0;
  std::optional<Fault> armed_;
  std::uint64_t draw_ = 0;
  bool full_ = false;
  bool broken_ = false;
  Fault met_ = Fault::count;
};

}  // namespace genlock::simulation
