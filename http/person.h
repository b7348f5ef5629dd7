// Who edits: until identity comes, what the client says in Genlock-User and Genlock-Device. The one
// place that knows; authentication will replace this file.
#pragma once

#include "engine/event.h"
#include "engine/result.h"
#include "http/server/message.h"

namespace genlock::http {

// Both headers hold a percent-encoded UTF-8 name or a UUID. A user's id is the UUID that was sent,
// or UUIDv5(user_names, name): the same person on every node. ERRORS: bad_request.
Result<Person> read_person(const Headers& headers);

// The UUIDv5 name space of users' names, itself UUIDv5("user") in Genlock's.
Uuid user_id_of(std::string_view name);

// A UUID as people and programs send it in a header: upper-case digits are taken too.
std::optional<Uuid> uuid_in_header(std::string_view text);

}  // namespace genlock::http
