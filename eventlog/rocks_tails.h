// A data directory after a power cut: what was never synced may be there as zeros or as anything
// else, at the end of the write-ahead log or of the manifest (eventlog/log_tail.h), and RocksDB
// refuses it or reads past it. Here such an end is cut off before RocksDB sees it, where that loses
// nothing that was acknowledged as far as anybody can tell:
//   nothing whole comes after it, in this file or in a newer one, and
//   the witness (eventlog/witness.h) is not ahead of what is left.
// Where it holds zeros that nobody wrote, it was never synced. Else it may be a record that was
// acknowledged in the last second and damaged since: it is kept in the file TORN, and a new origin
// begins (eventlog/continuity.h). Everything else is refused by name. docs/adr/0020.
#pragma once

#include "eventlog/rocks_store.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace genlock {

// An end that is, or was, no record.
struct TornTail {
  std::string file;  // its name in the directory
  std::uint64_t whole_bytes = 0, bytes = 0;
  bool is_doubtful = false;
};

// Cuts; which files, none where nothing was amiss. To be called before a directory is opened to be
// written. O(logs): some tens of milliseconds for 64 MiB. ERRORS: corruption (acknowledged edits
// could be lost), unavailable (in use, disk errors).
Result<std::vector<TornTail>> cut_torn_tails(const std::filesystem::path& data,
                                             const RocksOptions& options = {});
// The same without changing anything: whether opening it to be written would cut, and then it may
// be looked at with RocksOptions::salvage. ERRORS: as above.
Result<bool> has_torn_tail(const std::filesystem::path& data, const RocksOptions& options = {});

// Bytes of a doubtful end, the first 16 MiB of it, for people. Moved aside once a new origin began.
std::filesystem::path torn_file(const std::filesystem::path& data);

}  // namespace genlock
