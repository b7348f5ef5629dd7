// Rows as they were: the events inside a cut, folded beside what is stored, by the code that folds
// every write. All queries (projections/queries.h) answer from a PastReader as they do from a
// snapshot; what this node learnt only later (synced_at) is not in it. Nothing is written, and
// nobody who writes waits.
#pragma once

#include "engine/dropped_events.h"
#include "engine/store.h"
#include "projections/cut.h"

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <set>

namespace genlock {

// What one stream showed within a cut.
struct PastStream {
  StreamId stream;
  VersionVector within;
  Batch shown;  // Space::rows, and the locks of Space::state
  std::size_t bytes = 0;
};

// The streams that were asked for last. Not thread-safe.
class PastCache {
 public:
  static constexpr std::size_t max_bytes = 64 << 20;
  static constexpr std::size_t max_streams = 16;

  std::shared_ptr<const PastStream> find(StreamId stream, const VersionVector& within);
  void keep(std::shared_ptr<const PastStream> past);

 private:
  std::list<std::shared_ptr<const PastStream>> kept_;  // the one asked for last is first
};

class PastReader : public Reader {
 public:
  // What an answer is about. Of all streams only what a list needs is kept.
  enum class Part { all, productions, conflicts };

  // `whole`: where compacted history may still be; nullptr: nowhere. It outlives this.
  explicit PastReader(std::unique_ptr<Reader> present, WholeLog* whole = nullptr)
      : present_(std::move(present)), filtered_(*present_), shown_(filtered_), whole_log_(whole) {}

  // Adds what a stream showed. Memory: its state while it is folded, then its rows.
  // ERRORS: see cut_of, and WholeLog::whole.
  Result<void> add(const EventLog& log, StreamId stream, const AsOf& as_of, PastCache& cache);
  // The same for each stream but the directory. ERRORS: too_large (folding more than max_events).
  Result<void> add_all(const EventLog& log, const AsOf& as_of, Part part, PastCache& cache);
  static constexpr std::uint64_t max_events = 1'000'000;  // a minute or so
  // The log that add() read last: has the event that was asked for.
  const Reader& log_read() const { return whole_ ? *whole_ : *present_; }

  Result<std::optional<std::string>> get(Space space, std::string_view key) const override {
    return shown_.get(space, key);
  }
  Result<void> scan(Space space, std::string_view first, std::string_view end,
                    const Visit& visit) const override {
    return shown_.scan(space, first, end, visit);
  }
  Result<void> scan_down(Space space, std::string_view first, std::string_view end,
                         const Visit& visit) const override {
    return shown_.scan_down(space, first, end, visit);
  }

 private:
  // Of what is stored: the log, names of nodes, and streams to which nothing came since.
  class Filtered : public Reader {
   public:
    explicit Filtered(const Reader& below) : below_(below) {}
    Result<std::optional<std::string>> get(Space space, std::string_view key) const override;
    Result<void> scan(Space space, std::string_view first, std::string_view end,
                      const Visit& visit) const override;
    Result<void> scan_down(Space space, std::string_view first, std::string_view end,
                           const Visit& visit) const override;
    void show(StreamId stream) { unchanged_.insert(stream); }

   private:
    bool shows(Space space, std::string_view key, std::string_view value) const;
    Visit only_shown(Space space, const Visit& visit) const;

    const Reader& below_;
    std::set<StreamId> unchanged_;
  };

  // Puts compacted history back where it reaches behind the floor.
  Result<VersionVector> find_cut(const EventLog& log, StreamId stream, const AsOf& as_of);
  Result<void> add_cut(const EventLog& log, StreamId stream, const VersionVector& within, Part part,
                       PastCache& cache);
  void lay_over(const PastStream& past, Part part);

  std::unique_ptr<Reader> present_;
  Filtered filtered_;
  Overlay shown_;
  WholeLog* const whole_log_;
  std::unique_ptr<Reader> whole_;  // of the stream that is added
  std::uint64_t folded_events_ = 0;
};

}  // namespace genlock
