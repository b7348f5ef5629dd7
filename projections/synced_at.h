// When this node learnt that the cloud has a row: its own knowledge, apart from the rows
// (Space::local). One value for a document and all that is nested in it. An entry names the version
// it speaks of by a hash of the row's heads, so an edit makes it void without anybody touching it,
// and a rebuild of the rows does not lose it.
//   value = (table:2 record:16 tag:8 ms:8)*     big-endian
#pragma once

#include "engine/store.h"
#include "projections/stored_row.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace genlock {

class SyncedTimes {
 public:
  struct Entry {
    std::uint64_t tag = 0;
    UnixMs ms = 0;
  };

  static SyncedTimes parse(std::string_view value);
  std::string to_bytes() const;

  // False where this version of the record is noted already: it keeps its time.
  bool note(const RecordKey& record, std::uint64_t tag, UnixMs ms);

 private:
  std::map<RecordKey, Entry> entries_;
};

// Looks `value` through for one version, without parsing the rest; nullopt: not known to be synced.
std::optional<UnixMs> find_synced(std::string_view value, const RecordKey& record,
                                  std::uint64_t tag);

}  // namespace genlock
