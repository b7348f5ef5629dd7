#include "eventlog/command_index.h"

#include "eventlog/log_keys.h"

namespace genlock::command_index {
namespace {

// Format 3 had one event for a key, in the value.
Result<std::optional<EventId>> event_of(std::string_view key, std::string_view value) {
  if (key.size() > log_keys::commands({}).size())
    return std::optional(log_keys::command_event(key));
  const auto event = log_values::parse_event_id(value);
  if (!event) return Error{ErrorCode::corruption, "the event of a command is damaged"};
  return event;
}

}  // namespace

void add(Overlay& overlay, const Uuid& command_key, const EventId& event) {
  if (!command_key.is_nil()) overlay.put(Space::events, log_keys::command(command_key, event), {});
}

Result<void> remove(Overlay& overlay, const Uuid& command_key, const EventId& event) {
  if (command_key.is_nil()) return {};
  overlay.erase(Space::events, log_keys::command(command_key, event));
  const std::string former = log_keys::commands(command_key);
  TRY_ASSIGN(const auto value, overlay.get(Space::events, former));
  if (!value) return {};
  TRY_ASSIGN(const auto named, event_of(former, *value));
  if (named == event) overlay.erase(Space::events, former);
  return {};
}

Result<std::optional<EventId>> find(const Reader& reader, const Uuid& command_key) {
  Result<std::optional<EventId>> found = std::optional<EventId>{};
  TRY(reader.scan_prefix(Space::events, log_keys::commands(command_key),
                         [&](std::string_view key, std::string_view value) {
                           found = event_of(key, value);
                           return false;
                         }));
  return found;
}

}  // namespace genlock::command_index
