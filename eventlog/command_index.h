// Which events a command with an Idempotency-Key became: one, or several where nodes that were
// apart took the same request. Keys of kind 'k' (docs/formats/log-keys.md). A nil key has no entry.
#pragma once

#include "engine/event_log.h"

#include <optional>

namespace genlock::command_index {

void add(Overlay& overlay, const Uuid& command_key, const EventId& event);
// ERRORS: corruption.
Result<void> remove(Overlay& overlay, const Uuid& command_key, const EventId& event);
// The first by stream and origin. ERRORS: corruption.
Result<std::optional<EventId>> find(const Reader& reader, const Uuid& command_key);

}  // namespace genlock::command_index
