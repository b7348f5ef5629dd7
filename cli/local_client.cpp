#include "cli/local_client.h"

#include "http/api.h"
#include "http/inner_client.h"
#include "http/rehearsal.h"

namespace genlock::cli {
namespace {

class LocalClient : public ApiClient {
 public:
  LocalClient(Node& node, std::unique_ptr<http::Api> api)
      : api_(std::move(api)), inner_(router_, "data directory " + node.data().string()) {
    api_->add_routes(router_);
  }

  Result<ApiAnswer> send(const ApiCall& call) override { return inner_.send(call); }
  std::string place() const override { return inner_.place(); }

 private:
  http::Router router_;
  std::unique_ptr<http::Api> api_;  // goes before its router
  http::InnerClient inner_;
};

class RehearsalClient : public ApiClient {
 public:
  explicit RehearsalClient(Node& node)
      : rehearsal_({.engine = node.engine(),
                    .committer = node.writer(),
                    .store = node.store(),
                    .clock = node.clock(),
                    .random = node.random()}),
        place_("data directory " + node.data().string()) {}

  Result<ApiAnswer> send(const ApiCall& call) override { return rehearsal_.client().send(call); }
  std::string place() const override { return place_; }

 private:
  http::Rehearsal rehearsal_;
  std::string place_;
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

std::unique_ptr<ApiClient> rehearsal_of(Node& node) {
  return std::make_unique<RehearsalClient>(node);
}

}  // namespace genlock::cli
