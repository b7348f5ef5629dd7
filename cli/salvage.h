// What a damaged data directory still gives. Nothing in it is believed: an event counts only if its
// bytes fit their checksum, and it is stored anew by the way that events of a peer take, which
// checks its number, its chain of hashes and everything that its writer had seen. So what is found
// behind a hole waits until somebody has filled the hole. A compacted stream begins with all that
// it keeps up to its floor, as with a snapshot; where some of that is damaged, a peer has to give
// it.
#pragma once

#include "cli/system_clock.h"
#include "engine/engine.h"
#include "eventlog/log.h"
#include "eventlog/log_writer.h"
#include "eventlog/rocks_store.h"

#include <filesystem>
#include <map>
#include <memory>
#include <vector>

namespace genlock::cli {

class Salvage {
 public:
  // Never writes to the directory but its diary. ERRORS: not_found, corruption (nothing in it can
  // be opened), unsupported.
  static Result<Salvage> open(const std::filesystem::path& data);

  // Who the node is; its settings and subscriptions go to `to`, which is new. ERRORS: not_found,
  // corruption.
  Result<Identity> identity() const { return read_identity_of(*store_); }
  Result<void> copy_settings(Store& to) const;

  // Stores every event that can be stored now, of the streams that either of both knows; how many.
  // To be called again when `engine` has got more from elsewhere. ERRORS: those of the writer.
  Result<std::uint64_t> pour(const Store& to, Engine& engine, LogWriter& writer);

  struct Chain {
    StreamId stream;
    OriginId origin;
    Sequence last = Sequence::none;      // as the directory says
    std::uint64_t unreadable_count = 0;  // events that it should have and that do not check out
  };
  // What the directory says it has. Heads that cannot be read are not in it.
  const std::vector<Chain>& chains() const { return chains_; }

 private:
  explicit Salvage(std::unique_ptr<RocksStore> store) : store_(std::move(store)) {}
  static Result<Identity> read_identity_of(const Reader& reader);
  void look();
  bool is_readable(const EventId& id) const;
  // What it keeps of a compacted stream, where `to` lacks some of that.
  Result<std::uint64_t> pour_base(StreamId stream, const Store& to, Engine& engine,
                                  LogWriter& writer);
  Result<std::uint64_t> pour_stream(StreamId stream, const Store& to, Engine& engine,
                                    LogWriter& writer);
  // The next events of one origin that can be stored on top of `have`, which they raise.
  std::vector<std::string> next_events(StreamId stream, OriginId origin, VersionVector& have) const;

  std::unique_ptr<RocksStore> store_;
  Log log_;
  std::vector<Chain> chains_;
};

}  // namespace genlock::cli
