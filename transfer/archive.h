// An archive: one show with its whole history as JSON, to be read in ten years and taken back with
// the same ids, events, hashes and digests (docs/formats/archive-json.md).
//   archive = head event* writer* device* end      one line each; together one JSON document
//   head    {"archive":{"format":1,"production","show","schema"},"events":[
//   event   what it did, for people, and the bytes that it is (archive_line.h), in canonical order
//   writer  whose origin it was: names of nodes, as the directory has them now
//   device  a row of the equipment library that the show names, with its ports and cards
//   end     "end":{"events","vector","digest","fold","sha256"}: sha256 of every byte before
//   ,"sha256"
// Events are a function of the show's events, so they are the same bytes on every node that has
// them. Memory: one line, and the devices that are named. What is read is trusted in nothing.
#pragma once

#include "engine/committer.h"
#include "engine/engine.h"
#include "projections/json.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace genlock::transfer {

inline constexpr int archive_format = 1;
inline constexpr std::size_t max_archive_line_bytes = 32 << 20;  // an event of 1 MiB, spelt out
inline constexpr std::size_t max_archive_devices = 10'000;       // more than a library has

// Writes an archive in pieces, reading one moment.
class ArchiveWriter {
 public:
  // `reader` and `log` outlive this. ERRORS: not_found: no such show; those of the log.
  static Result<ArchiveWriter> open(const EventLog& log, const Projection& projection,
                                    const Reader& reader, StreamId production);
  ArchiveWriter(ArchiveWriter&&) noexcept;
  ~ArchiveWriter();
  // The next lines, some 64 KiB or one event; empty: that was all. ERRORS: of the log.
  Result<std::string> next();
  std::uint64_t event_count() const;

 private:
  struct Work;
  explicit ArchiveWriter(std::unique_ptr<Work> work);

  std::unique_ptr<Work> work_;
};

struct ArchiveFacts {
  StreamId production;
  std::string show;  // for people
  std::uint64_t events = 0;
  VersionVector vector;
  std::string digest;              // of the rows
  std::uint32_t fold = 0;          // fold_version that gave it
  std::vector<Json> devices = {};  // as a file of equipment has them
};

// At most `size` bytes, fewer only at the end of the file.
using ReadArchiveBytes = std::function<Result<std::string>(std::size_t size)>;
// Events in the order of the file, checked; with paths, so that forked shows keep their branches.
using TakeChunk = std::function<Result<void>(const Chunk& chunk)>;
// ERRORS: bad_request (no archive), corruption (damaged, cut or edited: names the event or the
// line), unsupported (a newer format), and those of `read` and `take`.
Result<ArchiveFacts> read_archive(const ReadArchiveBytes& read, const TakeChunk& take);
// The first bytes of a file say whether it is one.
bool is_archive(std::string_view beginning);

struct ArchiveReport {
  ArchiveFacts facts;
  std::uint64_t stored = 0, duplicates = 0;  // events
  // The show has exactly these events here now, and the same rows. False where there are more.
  bool is_same = false;
  std::vector<std::string> lacking;  // devices that the library here does not have, for people
};
// Reads it twice: nothing is stored of an archive that is not sound to its end. `open` begins it
// anew. The library is not touched. ERRORS: also those of Engine::ingest.
Result<ArchiveReport> import_archive(Engine& engine, Committer& committer, const Store& store,
                                     const std::function<Result<ReadArchiveBytes>()>& open);

// "Sony HDC-5500" of each of `devices` that no row of the library is.
Result<std::vector<std::string>> devices_lacking(const Reader& reader,
                                                 const std::vector<Json>& devices);

}  // namespace genlock::transfer
