// `genlock export`: shows and equipment as files that `genlock import` takes back. Keys in the
// order of the schema, rows in the order they are shown, stable ids, nothing that is derived: the
// same state gives the same bytes on every node.
#pragma once

#include "transfer/api_client.h"

namespace genlock::transfer {

// {"production", "sources", "sends", "connections"}, and "attachments" where there are any. ERRORS:
// also not_found, gone.
Result<Json> export_show(ApiClient& client, const std::string& production_id);
// An array.
Result<Json> export_equipment(ApiClient& client);
// {"equipment", "shows"}
Result<Json> export_everything(ApiClient& client);

}  // namespace genlock::transfer
