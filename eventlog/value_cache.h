// Values of keys that were read lately, kept beside a store: a writer reads the same few keys again
// and again (heads, locks, digests, the record under edit), and each read through RocksDB costs
// microseconds. Knows absent keys too. Only point reads of the present go through it, never
// snapshots.
//
// Always tells what the store tells: a value enters only when no commit began between the read and
// its entry, and a commit replaces what it writes. Bounded: when it is full, a hand goes round over
// what is kept and takes what was not asked for since it last came by (a second chance; Corbato
// 1968). Thread-safe.
#pragma once

#include "engine/store.h"

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace genlock {

class ValueCache {
 public:
  using Value = std::optional<std::string>;  // nullopt: the store has no such key

  // `max_bytes` of keys and values; a single one above a thousandth of it, or above 16 KiB, is not
  // kept.
  explicit ValueCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // nullopt: not known here; then read the store and say remember() with the ticket.
  using Ticket = std::uint64_t;
  std::optional<Value> find(Space space, std::string_view key, Ticket& ticket);
  void remember(Space space, std::string_view key, const Value& value, Ticket ticket);

  // Around a commit, during which nobody knows what it writes. One at a time. REQUIRES: the batch
  // stays as it is until end_commit().
  void begin_commit(const Batch& batch);
  void end_commit(bool committed);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const;
  };
  struct Entry {
    Value value;
    bool known = true;       // false: a commit is writing it
    bool asked_for = false;  // since the hand came by
  };
  using Values = std::unordered_map<std::string, Entry, Hash, std::equal_to<>>;

  static std::size_t cost(std::string_view key, const Value& value);
  bool is_small(std::string_view key, const Value& value) const;
  void make_room();

  std::size_t max_bytes_;
  std::mutex mutex_;
  std::array<Values, space_count> spaces_;
  // Every entry once, in no order that matters.
  struct Kept {
    std::size_t space = 0;
    Values::value_type* item = nullptr;
  };
  std::vector<Kept> kept_;
  std::size_t hand_ = 0;  // into kept_
  std::size_t bytes_ = 0;
  std::uint64_t commits_begun_ = 0;
  bool committing_ = false;
  // What the commit in progress makes of keys that are kept here.
  std::vector<std::pair<Entry*, const Value*>> writing_;
};

}  // namespace genlock
