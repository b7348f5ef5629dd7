// The projection port: told which records may show differently now, it brings its read model up to
// date in the same batch. Implementation: projections/row_projection.h.
#pragma once

#include "engine/conflict.h"
#include "engine/etag.h"
#include "engine/state.h"
#include "engine/view.h"

#include <array>
#include <cstdint>
#include <vector>

namespace genlock {

// Sum of the hashes of a stream's rows and conflicts modulo 2^128, kept incrementally. Equal
// vectors, equal digest.
struct Digest {
  std::uint64_t high = 0, low = 0;
  bool operator==(const Digest&) const = default;
  void add(const Digest& hash);
  void subtract(const Digest& hash);
  std::string to_string() const;  // 32 hex digits
};

// What one chunk or command changed, for the read models and for the change feed.
struct Changes {
  StreamId stream;
  std::vector<Event> events;       // in order; decoded
  std::vector<RecordKey> records;  // whose view may have changed, ascending, each once
};

class Projection {
 public:
  virtual ~Projection() = default;
  // Brings rows, indexes, conflicts and the digest of the stream up to date with `state`, which
  // reads through `overlay`.
  virtual Result<void> apply(Overlay& overlay, const State& state, const Changes& changes,
                             UnixMs now_ms) = 0;
  // Forgets all of a stream, which is then folded from nothing.
  virtual Result<void> drop(Overlay& overlay, StreamId stream) = 0;
  virtual Result<Digest> digest(const Reader& reader, StreamId stream) const = 0;
  // The ETag of a row as served (the document's for rows that nest others). nullopt: no such row.
  virtual Result<std::optional<ETag>> etag(const Reader& reader, StreamId stream,
                                           const RecordKey& key) const = 0;
  // The conflict with this id; nullopt: none.
  virtual Result<std::optional<Conflict>> find_conflict(const State& state,
                                                        const Uuid& id) const = 0;
};

}  // namespace genlock
