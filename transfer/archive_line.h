// One event as a line of an archive (docs/formats/archive-json.md): what it did, for people, and
// the bytes that it is. The readable part is worked out from the bytes, so a line is sound exactly
// if writing it again gives the same text. Internal to transfer/archive_*.cpp.
#pragma once

#include "engine/event.h"
#include "engine/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace genlock::transfer {

struct ArchivedEvent {
  EventId
      id;  // as it is called in the archive; of a branch (engine/branches.h) not as in its bytes
  ChainHash chain{};
  std::optional<ChainHash> follows = {};  // of the first event of a branch: what it goes on from
  std::string bytes;
};

// Without its end of line. ERRORS: those of decode.
Result<std::string> archive_line(const ArchivedEvent& event);
// ERRORS: corruption, naming the event and what does not agree: the bytes with the readable part,
// the id or the hash; unsupported.
Result<ArchivedEvent> read_archive_line(std::string_view line);

std::string hex_of(const ChainHash& hash);
std::optional<ChainHash> hash_of_hex(std::string_view hex);

}  // namespace genlock::transfer
