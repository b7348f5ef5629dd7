// Files beside the database that tell whether it is still the same one (eventlog/continuity.h):
//   HEAD   a place in the log that was durable: three words of text, "<origin> <position> <hash in
//          hex>". Written to another name, synced and renamed, so it is whole or of before.
//   TORN   an end of the write-ahead log that was cut in doubt (eventlog/rocks_tails.h)
//   PLACE  empty. Its number and time of birth in the file system change when it is copied.
#pragma once

#include "eventlog/continuity.h"

#include <filesystem>

namespace genlock {

// nullopt: there is none, or it can't be read.
std::optional<Witness> read_witness(const std::filesystem::path& data);
// Durable when it returns. ERRORS: unavailable.
Result<void> write_witness(const std::filesystem::path& data, const Witness& witness);

// Machine, number and birth of PLACE, which is made where it is missing. Empty: can't be told.
std::string place_of(const std::filesystem::path& data);

// keep_continuity of a directory whose database is open; its witness is then that of now.
Result<Reopened> keep_continuity(const std::filesystem::path& data, Store& store,
                                 const std::string& database_identity, Random& random, UnixMs now);

}  // namespace genlock
