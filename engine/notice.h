// What a person must hear of and confirm: something happened to this node's data that it mended by
// itself, and that somebody should look at. A notice stands until it is acknowledged, over
// restarts; it is this node's own and never travels.
//
// Space::meta, "notices/" id:16 -> kind:u8 at:varint origin:16 stream:16 events:varint
//                                  acknowledged:varint detail:text
#pragma once

#include "engine/clock.h"
#include "engine/ids.h"
#include "engine/result.h"
#include "engine/store.h"

#include <optional>
#include <string>
#include <vector>

namespace genlock {

// Why an origin was closed and another one begun, or what else there is to say. Numbers are stored.
enum class NoticeKind : std::uint8_t {
  none = 0,         // nothing that a person must hear of; never stored
  copied = 1,       // the data directory is a copy, or stands on another machine
  replaced = 2,     // the database under this directory is another one than before
  lost_tail = 3,    // the database holds less than was acknowledged from it
  restored = 4,     // a backup was restored
  repaired = 5,     // `genlock repair` mended a damaged directory
  rolled_back = 6,  // a peer holds events of this node's own origin that are missing here
  met_copy = 7,     // another node runs on a copy of this data
  fork = 8,         // one origin went on twice with different events; both are kept
  returned = 9,     // was away for so long that the others had compacted what it did not know
};
const char* to_string(NoticeKind kind);  // "copied", ...
// A sentence on what happened, and one on what to do.
const char* what_of(NoticeKind kind);
const char* remedy_of(NoticeKind kind);

struct Notice {
  Uuid id;  // of kind, origin and stream: what happens again while it stands is counted, not added
  NoticeKind kind = NoticeKind::copied;
  UnixMs at_ms = 0;            // when it was noticed, the last time
  OriginId origin;             // the one that was closed or that went on twice
  StreamId stream;             // nil: of no stream in particular
  std::uint64_t events = 0;    // how many it is about, as far as is known
  std::string detail;          // for people; may be empty
  UnixMs acknowledged_ms = 0;  // 0: nobody has confirmed it
  bool operator==(const Notice&) const = default;
};

// How many are kept; then the oldest acknowledged ones go, and of those that are not, none more is
// taken (their number says enough).
inline constexpr std::size_t max_notices = 200;

// Puts a notice, or adds to the one of the same kind, origin and stream. One that was acknowledged
// stands again. The id is made here. ERRORS: corruption, unavailable.
Result<void> put_notice(Overlay& overlay, Notice notice);
// All of them, the latest first.
Result<std::vector<Notice>> notices(const Reader& reader);
// nullopt: there is none with this id. A second time changes nothing.
Result<std::optional<Notice>> acknowledge_notice(Overlay& overlay, const Uuid& id, UnixMs now);

}  // namespace genlock
