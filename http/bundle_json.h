// What became of a bundle, as POST /api/bundle and `genlock bundle import --json` tell it.
#pragma once

#include "engine/store.h"
#include "projections/json.h"
#include "replication/bundle.h"

namespace genlock::http {

// {"complete":true,"from":"Truck 2","role":"lan","made_at":"..","stored":86,"duplicates":0,
//  "damage":null,"streams":[{"id":"uuid","stored":86,"duplicates":0,
//  "missing":[{"origin":"uuid","node":"Truck 1","first":3,"last":9}],"refused":null}]}
// `reader` knows the names of nodes.
Json to_json(const replication::BundleReport& report, const Reader& reader);

}  // namespace genlock::http
