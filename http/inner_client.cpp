#include "http/inner_client.h"

#include <exception>

namespace genlock::http {

using transfer::ApiAnswer;
using transfer::ApiCall;
using transfer::ApiClient;

Result<ApiAnswer> InnerClient::send(const ApiCall& call) {
  HttpRequest request;
  request.method = call.method;
  auto question = call.target.find('?');
  request.path = call.target.substr(0, question);
  if (question != std::string::npos) request.query = call.target.substr(question + 1);
  request.body = call.body;
  request.request_id = "local-" + std::to_string(++sent_);
  for (const auto& [name, value] : call.headers) request.headers.add(name, value);
  if (call.method != "GET" && call.method != "HEAD") {
    request.headers.add("Content-Type", "application/json");
    request.headers.add("Content-Length", std::to_string(call.body.size()));
  }
  try {
    HttpResponse response = router_.answer(request);
    return ApiAnswer{response.status, std::move(response.body), std::move(response.headers)};
  } catch (const std::exception& bug) {  // as answering.cpp does for clients outside
    return Error{ErrorCode::unavailable, call.method + ' ' + request.path + ": " + bug.what()};
  }
}

std::unique_ptr<ApiClient> InnerClient::another() const {
  if (more_ == 0) return nullptr;
  --more_;
  return std::make_unique<InnerClient>(router_, place_);
}

}  // namespace genlock::http
