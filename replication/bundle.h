// A shipment as a file, for a USB stick: the frames of the wire (wire.h) one after the other, each
// with its checksum and, as `exchange`, its number: 1, 2, 3 ...
//   bundle  = hello section* end
//   section = intro page*
//   hello   a Hello: who made it and when
//   intro   an Exchange without chunks, about at most max_streams_in_section streams: `wants` says
//           what a receiver must have of each, `acknowledged` what it has afterwards
//   page    an Exchange with chunks, in an order that extends causality (page_builder.h)
//   end     States without streams: nothing was cut off
// A page is stored whole and durably before the next one is read, so an import that was cut goes on
// where it was, and one that is repeated finds everything there. A stream of which the receiver
// lacks something is left out whole, and what it lacks is named. No bytes are trusted.
#pragma once

#include "engine/committer.h"
#include "engine/engine.h"
#include "replication/messages.h"
#include "replication/ports.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace genlock::replication {

inline constexpr std::size_t max_streams_in_section = 64;

struct BundleWish {
  Identity self;
  UnixMs now_ms = 0;
  std::string software;
  // What the receiver is known to have of each stream that goes; its events do not. Empty: all go.
  std::vector<std::pair<StreamId, VersionVector>> streams;
};

struct BundleSize {
  std::uint64_t streams = 0, pages = 0, events = 0, bytes = 0;
};

// Writes a bundle frame by frame. `log` and `reader`, which is one moment, outlive it.
class BundleWriter {
 public:
  BundleWriter(const EventLog& log, const Reader& reader, BundleWish wish);
  // The next frame; empty: that was all. ERRORS: as of the log, and of a stream that is damaged.
  Result<std::string> next();
  // So far.
  const BundleSize& size() const { return size_; }

 private:
  Hello hello() const;
  Result<std::string> section();
  Result<std::optional<Exchange>> next_page();
  template <class Body>
  std::string frame(Body body);

  const EventLog& log_;
  const Reader& reader_;
  const BundleWish wish_;
  std::size_t first_ = 0;            // stream of the next section
  std::vector<StreamState> states_;  // of the section: what its reader has by now
  std::uint64_t number_ = 0;         // of frames
  bool is_over_ = false;
  BundleSize size_;
};

using WriteBytes = std::function<Result<void>(std::string_view bytes)>;
// All of it. ERRORS: also those of `write`.
Result<BundleSize> write_bundle(const EventLog& log, const Reader& reader, const BundleWish& wish,
                                const WriteBytes& write);

// What became of one stream.
struct BundledStream {
  StreamId stream;
  std::uint64_t stored = 0, duplicates = 0;  // events
  // The receiver lacks these; then nothing of the stream was stored. Who made the bundle has them.
  std::vector<EventRange> missing;
  std::optional<Error> refused;  // fork, corruption ..; what came before it is stored
};

struct BundleReport {
  PeerIdentity maker;
  UnixMs made_ms = 0;
  std::vector<BundledStream> streams;
  // Where the file is damaged or ends too early; everything before it is stored.
  std::optional<std::string> damage;

  std::uint64_t stored() const;
  std::uint64_t duplicates() const;
  // All of it is here now.
  bool complete() const;
};

// At most `size` bytes, fewer only at the end of the file.
using ReadBytes = std::function<Result<std::string>(std::size_t size)>;
// ERRORS: bad_request (no bundle at all), unavailable (the disk); then what was stored stays.
Result<BundleReport> read_bundle(Engine& engine, Committer& committer, const Store& store,
                                 const ReadBytes& read);

// --- in parts, for a node that takes only so much at once ---------------------------------------

// Each part is a bundle by itself, to be taken in this order; again does no harm.
using TakePart = std::function<Result<void>(std::string part)>;
// Parts of about `part_bytes`, or one page. ERRORS: bad_request (no bundle at all), those of `take`
// and `read`, and corruption where the file is damaged: what came before it was given away.
Result<void> split_bundle(const ReadBytes& read, std::size_t part_bytes, const TakePart& take);
// How much is in one. ERRORS: as of split_bundle.
Result<BundleSize> measure_bundle(const ReadBytes& read);
// One with these events, which build on nothing that a receiver must have.
std::string bundle_of(const Chunk& chunk, const BundleWish& maker);

}  // namespace genlock::replication
