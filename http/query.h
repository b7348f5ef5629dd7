// The query of a request, as routes read it: nothing is ignored in silence.
#pragma once

#include "engine/result.h"
#include "http/server/message.h"
#include "projections/filter.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace genlock::http {

// 400 with errors[].parameter.
Error bad_parameter(std::string_view parameter, std::string code, std::string detail);

// ERRORS: bad_request for a parameter that is not among `known`, or stands twice.
Result<void> check_parameters(const Parameters& parameters,
                              const std::vector<std::string_view>& known);
// "true" or "false"; absent: false.
Result<bool> flag_parameter(const Parameters& parameters, std::string_view name);

// Filters, order and page of a list. `own`: what the caller reads itself.
Result<ListOptions> read_list_options(std::span<const Field> fields, const HttpRequest& request,
                                      std::string_view own = {});
// `</api/productions?limit=2&cursor=..>; rel="next"`: the same request, one page further.
std::string next_link(const HttpRequest& request, std::string_view cursor);

}  // namespace genlock::http
