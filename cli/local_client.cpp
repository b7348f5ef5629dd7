#include "cli/local_client.h"

#include "http/api.h"
#include "http/router.h"

namespace genlock::cli {
namespace {

class LocalClient : public ApiClient {
 public:
  LocalClient(Node& node, std::unique_ptr<http::Api> api) : node_(node), api_(std::move(api)) {
    api_->add_routes(router_);
  }

  Result<ApiAnswer> send(const ApiCall& call) override {
    http::HttpRequest request;
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
    http::HttpResponse response = router_.answer(request);
    return ApiAnswer{response.status, std::move(response.body), std::move(response.headers)};
  }
  std::string place() const override { return "data directory " + node_.data().string(); }

 private:
  Node& node_;
  std::unique_ptr<http::Api> api_;
  http::Router router_;
  std::uint64_t sent_ = 0;
};

}  // namespace

Result<std::unique_ptr<ApiClient>> client_of(Node& node, const std::string& version) {
  TRY_ASSIGN(std::unique_ptr<http::Api> api, http::Api::open({.engine = node.engine(),
                                                              .committer = node.writer(),
                                                              .store = node.store(),
                                                              .clock = node.clock(),
                                                              .random = node.random(),
                                                              .sync = nullptr,
                                                              .maintenance = nullptr,
                                                              .version = version,
                                                              .web_directory = {},
                                                              .ready = {},
                                                              .facts = {}}));
  return std::unique_ptr<ApiClient>(new LocalClient(node, std::move(api)));
}

}  // namespace genlock::cli
