#include "http/query.h"

#include <algorithm>

namespace genlock::http {

Error bad_parameter(std::string_view parameter, std::string code, std::string detail) {
  std::string message = "the parameter " + std::string(parameter) + " " + detail;
  return {ErrorCode::bad_request,
          std::move(message),
          {{std::string(parameter), std::move(code), std::move(detail)}}};
}

Result<void> check_parameters(const Parameters& parameters,
                              const std::vector<std::string_view>& known) {
  for (const auto& [name, value] : parameters.all()) {
    if (std::ranges::find(known, name) == known.end())
      return bad_parameter(name, "unknown", "is not known here: leave it out");
    if (parameters.values(name).size() > 1)
      return bad_parameter(name, "format", "may stand once only");
  }
  return {};
}

Result<bool> flag_parameter(const Parameters& parameters, std::string_view name) {
  const std::string* text = parameters.find(name);
  if (!text) return false;
  if (*text == "true") return true;
  if (*text == "false") return false;
  return bad_parameter(name, "format", "must be true or false");
}

Result<ListOptions> read_list_options(std::span<const Field> fields, const HttpRequest& request,
                                      std::string_view own) {
  std::vector<QueryParameter> parameters;
  for (const auto& [name, value] : request.query_parameters.all())
    if (name != own) parameters.emplace_back(name, value);
  return parse_list_options(fields, parameters);
}

std::string next_link(const HttpRequest& request, std::string_view cursor) {
  std::string target = request.path + "?";
  std::string_view rest = request.query;
  while (!rest.empty()) {
    std::size_t end = rest.find('&');
    std::string_view pair = rest.substr(0, end);
    if (!pair.empty() && pair.substr(0, pair.find('=')) != "cursor")
      target.append(pair).push_back('&');
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  }
  return "<" + target + "cursor=" + std::string(cursor) + ">; rel=\"next\"";
}

}  // namespace genlock::http
