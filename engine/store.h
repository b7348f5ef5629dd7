// The storage port: an ordered map from bytes to bytes in a few spaces, with atomic durable batches
// and snapshots. Event log, fold state and rows live in one Store, so one batch commits them
// together (I1, and no crash leaves them apart). Implementations: eventlog/rocks_store.h,
// eventlog/memory_store.h; one contract suite for both.
#pragma once

#include "engine/result.h"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace genlock {

// Column families. Who owns the keys of a space writes its grammar at the top of its file and in
// docs/formats/.
enum class Space : std::uint8_t {
  meta = 0,    // node identity, format versions, local settings, peers        (eventlog/node_meta)
  events = 1,  // the log: events, order, stream heads, contexts, command keys  (eventlog/event_log)
  state = 2,   // fold state: records, indexes over them, locks                 (engine/state_store)
  rows = 3,    // rows and conflicts ready to send, secondary indexes, digests  (projections)
  local = 4,   // this node's own: synced_at, sync log, subscriptions           (projections,
               // replication)
};
inline constexpr std::size_t space_count = 5;

// One consistent view. Thread-safe for concurrent reads unless said otherwise.
class Reader {
 public:
  virtual ~Reader() = default;
  // ERRORS: corruption (a checksum of the disk did not hold), unavailable.
  virtual Result<std::optional<std::string>> get(Space space, std::string_view key) const = 0;
  // Calls `visit` for each key in [first, end) in ascending byte order until it returns false. An
  // empty `end` means "to the end of the space".
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;
  virtual Result<void> scan(Space space, std::string_view first, std::string_view end,
                            const Visit& visit) const = 0;
  // The same downwards: from the greatest key < end (empty: the greatest of all) to `first`,
  // included.
  virtual Result<void> scan_down(Space space, std::string_view first, std::string_view end,
                                 const Visit& visit) const = 0;

  // All keys that begin with `prefix`.
  Result<void> scan_prefix(Space space, std::string_view prefix, const Visit& visit) const {
    return scan(space, prefix, end_of_prefix(prefix), visit);
  }
  // The least key greater than every key that begins with `prefix`; empty when there is none.
  static std::string end_of_prefix(std::string_view prefix);
};

// A set of puts and erases, applied all or not at all. Ordered, so that the bytes written are the
// same for the same content.
struct Batch {
  // nullopt: erase.
  std::array<std::map<std::string, std::optional<std::string>, std::less<>>, space_count> spaces;

  auto& at(Space space) { return spaces[static_cast<std::size_t>(space)]; }
  const auto& at(Space space) const { return spaces[static_cast<std::size_t>(space)]; }
  bool empty() const;
};

class Store : public Reader {
 public:
  // Applies `batch` atomically. `durable`: returns only after it is synced to disk. ERRORS:
  // unavailable — the outcome is unknown: the store refuses further writes until it is reopened.
  virtual Result<void> commit(const Batch& batch, bool durable) = 0;
  // A view that later commits do not change.
  virtual std::unique_ptr<Reader> snapshot() const = 0;
};

// A Reader that shows a store with a batch laid over it: what a transaction reads and writes. Not
// thread-safe.
class Overlay : public Reader {
 public:
  explicit Overlay(const Reader& below) : below_(below) {}
  Overlay(const Reader& below, Batch batch) : below_(below), batch_(std::move(batch)) {}
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;
  // A nested transaction over this one: begins empty, and ends with absorb() or is forgotten.
  Overlay nested() const { return Overlay(static_cast<const Reader&>(*this)); }

  Result<std::optional<std::string>> get(Space space, std::string_view key) const override;
  Result<void> scan(Space space, std::string_view first, std::string_view end,
                    const Visit& visit) const override;
  Result<void> scan_down(Space space, std::string_view first, std::string_view end,
                         const Visit& visit) const override;

  void put(Space space, std::string key, std::string value);
  void erase(Space space, std::string key);
  const Batch& batch() const { return batch_; }
  Batch take_batch() { return std::move(batch_); }
  // Lays the writes of `upper` (an overlay over this one) onto this one: the end of a nested
  // transaction.
  void absorb(Overlay&& upper);

 private:
  const Reader& below_;
  Batch batch_;
};

}  // namespace genlock
