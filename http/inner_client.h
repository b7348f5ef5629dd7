// A client of the API inside its own process: the same handlers, without a socket. What is imported
// goes through it, so a file is checked like any client's request. A bug that a handler throws is
// an error here.
#pragma once

#include "http/server/router.h"
#include "transfer/api_client.h"

#include <cstdint>
#include <memory>
#include <string>

namespace genlock::http {

class InnerClient : public transfer::ApiClient {
 public:
  // `router` outlives the client and those it gives by another(), of which there are `more`.
  explicit InnerClient(const Router& router, std::string place = "this node", int more = 0)
      : router_(router), place_(std::move(place)), more_(more) {}

  Result<transfer::ApiAnswer> send(const transfer::ApiCall& call) override;
  std::unique_ptr<transfer::ApiClient> another() const override;
  std::string place() const override { return place_; }

 private:
  const Router& router_;
  std::string place_;
  mutable int more_;  // one thread asks for all of them
  std::uint64_t sent_ = 0;
};

}  // namespace genlock::http
