#include "engine/event_rules.h"

#include "engine/limits.h"
#include "engine/utf8.h"

#include <cmath>

namespace genlock {

Error malformed(std::string what) {
  return {ErrorCode::corruption, "malformed event: " + std::move(what), {}};
}

namespace {

Result<void> check_text(std::string_view text, std::size_t max_bytes, const char* what) {
  if (text.size() > max_bytes)
    return Error{ErrorCode::too_large, std::string(what) + " is too long", {}};
  if (!is_utf8(text)) return malformed(std::string(what) + " is not UTF-8");
  return {};
}

Result<void> check_value(const Value& value) {
  if (auto* text = std::get_if<std::string>(&value)) {
    return check_text(*text, limits::max_json_bytes, "a value");
  }
  if (auto* real = std::get_if<double>(&value); real && !std::isfinite(*real)) {
    return malformed("a number is not finite");
  }
  return {};
}

Result<void> check_values(const ColumnValues& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0 && values[i - 1].column >= values[i].column)
      return malformed("columns are not ascending");
    TRY(check_value(values[i].value));
  }
  return {};
}

Result<void> check_operation(const Operation& operation) {
  TRY(check_values(operation.values));
  TRY(check_values(operation.base));
  TRY(check_text(operation.comment, limits::max_long_text_bytes, "a comment"));
  if (!operation.replaces) return {};
  if (operation.replaces->size() > limits::max_replaces) {
    return Error{ErrorCode::too_large, "a write names too many replaced writes", {}};
  }
  for (const Dot& dot : *operation.replaces) {
    if (dot.sequence == Sequence::none) return malformed("a replaced write has no sequence");
  }
  return {};
}

Result<void> check_context(const Event& event) {
  const auto& entries = event.context_delta;
  if (entries.size() > limits::max_context_entries) {
    return Error{ErrorCode::too_large, "the context names too many origins", {}};
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i > 0 && entries[i - 1].origin >= entries[i].origin)
      return malformed("the context is not ascending");
    if (entries[i].origin == event.dot.origin) return malformed("the context names its own origin");
    if (entries[i].last == Sequence::none) return malformed("a context entry has no sequence");
  }
  return {};
}

}  // namespace

Result<void> check_event(const Event& event) {
  if (event.dot.sequence == Sequence::none) return malformed("no sequence");
  TRY(check_text(event.by.user, limits::max_person_bytes, "the user"));
  TRY(check_text(event.by.device, limits::max_person_bytes, "the device"));
  TRY(check_text(event.label, limits::max_long_text_bytes, "the label"));
  TRY(check_context(event));
  if (event.operations.size() > limits::max_operations) {
    return Error{ErrorCode::too_large, "too many operations", {}};
  }
  for (const Operation& operation : event.operations) TRY(check_operation(operation));
  return {};
}

}  // namespace genlock
