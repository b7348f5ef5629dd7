// What happened to rows since an event, told from the history. Internal to http/api_undo.cpp.
#pragma once

#include "http/api_core.h"

#include <set>
#include <string>
#include <vector>

namespace genlock::http {

// Items of a history, as GET .../history gives them, by what they have to do with one event.
struct Since {
  std::vector<Json> own;    // of the event itself
  std::vector<Json> later;  // of events that its writer had not seen, newest first
};

// Folds the stream's history where it is not kept. ERRORS: not_found (no such event here),
// unavailable (too many wait).
Result<Since> history_since(ApiCore& core, const Moment& moment, const EventId& event);

// What somebody changed since, for a refusal: {"table","record_id","label","column","by","at",
// "event"}; column null: the row came or went.
Json changed_since(const Json& item, std::string_view column);
bool changes_life(const Json& item);  // create, delete, restore
std::set<std::string> columns_of(const Json& item);

}  // namespace genlock::http
