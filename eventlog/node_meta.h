// Who this node is, and its own settings: keys of Space::meta, each a text.
//   "format"          version of the data directory (eventlog/store_format.h)
//   "node"            node id: the same for as long as there is this node
//   "origin"          origin id: one incarnation of its log, new after a restore or a clone
//   "origins/" id     origins that were closed: when, in UTC milliseconds
//   "role", "name"    "cloud" or "lan"; for people
//   "setting/" name   settings
#pragma once

#include "engine/engine.h"
#include "engine/lineage.h"
#include "engine/store.h"

#include <map>
#include <optional>
#include <string>

namespace genlock {

// Settings that say where the directory was when it was opened last (eventlog/witness.h).
inline constexpr std::string_view database_setting = "lineage_database",
                                  place_setting = "lineage_place";

// Makes node and origin ids when a store is opened for the first time; afterwards gives those back.
// The name may change with the configuration. ERRORS: invalid_argument (the role is another one
// than before: events carry it, so it stays), corruption.
Result<Identity> open_identity(Store& store, Random& random, Role role, const std::string& name);
// The identity of a store that has one. ERRORS: not_found, corruption.
Result<Identity> read_identity(const Reader& reader);
// Mints a new origin for a data directory that no engine runs on: after a restore or a repair, or
// where the directory turns out to be a copy. The one before is closed, its events stay, and a
// notice says why until somebody confirms it. Where it was before counts no more: the next opening
// finds nothing else to say. Durable when it returns.
//   TRY(renew_origin(*store, random, now, {NoticeKind::restored, "backup 12 of 3 May"}));
// ERRORS: not_found (no node yet), corruption, unavailable.
Result<Identity> renew_origin(Store& store, Random& random, UnixMs now, const Renewal& why);
// Origins of this node that were closed, and when.
Result<std::map<OriginId, UnixMs>> closed_origins(const Reader& reader);

Result<std::optional<std::string>> read_setting(const Reader& reader, std::string_view name);
// nullopt removes it.
Result<void> write_setting(Store& store, std::string_view name, std::optional<std::string> value);

}  // namespace genlock
