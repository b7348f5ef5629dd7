// The lineage of a node's data: the origin it writes under, and those it closed. An origin belongs
// to one data directory that goes on in one place. Whatever breaks that (a restore, a copy, a lost
// tail, an older state that came back) begins a new origin, before anything more is written: then
// no two events ever bear one name. A false alarm costs one entry in version vectors.
//
// Space::meta, texts:  "origin"       the present one
//                      "origins/" id  one that was closed: when, in UTC milliseconds
#pragma once

#include "engine/clock.h"
#include "engine/notice.h"

namespace genlock {

// Why a new origin begins; becomes a notice (engine/notice.h).
struct Renewal {
  NoticeKind reason = NoticeKind::restored;
  std::string detail = {};   // for people: what was found
  std::uint64_t events = 0;  // how many it is about, as far as is known
};

// Origins that this data directory has left for good: nothing more comes of them.
Result<std::vector<OriginId>> left_origins(const Reader& reader);

// Closes `closed` and begins a new origin, which is returned. Whoever writes meanwhile must be told
// (Engine::renew_origin); for a store that no engine runs on there is eventlog/node_meta.h.
OriginId begin_origin(Overlay& overlay, OriginId closed, Random& random, UnixMs now);
// The notice that says so, for the same batch. ERRORS: corruption, unavailable.
Result<void> tell_renewal(Overlay& overlay, OriginId closed, UnixMs now, const Renewal& why);

}  // namespace genlock
