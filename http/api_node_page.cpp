// Which node this is, and where it can be reached: what a QR code on the box says (docs/api.md,
// section 11).
#include "http/api_core.h"
#include "http/api_nodes.h"
#include "projections/json_text.h"

namespace genlock::http {
namespace {

void append_address(std::string& out, const NodeAddress& address) {
  out += "{\"url\":";
  append_json_string(out, address.url);
  out += ",\"address\":";
  append_json_string(out, address.address);
  out += ",\"interface\":";
  address.interface.empty() ? void(out += "null") : append_json_string(out, address.interface);
  out += ",\"loopback\":";
  append_json(out, address.loopback);
  out += '}';
}

// The first one that others can use.
std::string_view best_url(const std::vector<NodeAddress>& addresses) {
  for (const NodeAddress& address : addresses)
    if (!address.loopback) return address.url;
  return addresses.empty() ? std::string_view() : std::string_view(addresses.front().url);
}

Result<HttpResponse> node(ApiCore& core, const HttpRequest&) {
  const Identity& self = core.parts.engine.identity();
  const auto addresses = core.parts.addresses ? core.parts.addresses() : std::vector<NodeAddress>{};
  std::string out = "{\"id\":";
  append_json(out, self.node.uuid);
  out += ",\"name\":";
  append_json_string(out, self.name);
  out += ",\"role\":";
  append_json_string(out, to_string(self.role));
  out += ",\"origin\":";
  append_json(out, self.origin.uuid);
  out += ",\"version\":";
  append_json_string(out, core.parts.version);
  out += ",\"url\":";
  const std::string_view best = best_url(addresses);
  best.empty() ? void(out += "null") : append_json_string(out, best);
  out += ",\"addresses\":[";
  for (const NodeAddress& address : addresses) {
    if (out.back() != '[') out += ',';
    append_address(out, address);
  }
  return json_answer(out + "]}");
}

}  // namespace

void add_node_routes(Router& router, ApiCore& core) {
  add_route(router, core,
            {.method = "GET",
             .pattern = "/api/node",
             .name = "node",
             .tag = "The node",
             .summary = "Which node this is, and where it can be reached",
             .gives = {{200, "NodeInfo"}},
             .handler = node});
  add_fleet_routes(router, core);
}

}  // namespace genlock::http
