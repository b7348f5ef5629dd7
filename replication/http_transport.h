// Messages as HTTP requests: POST <peer>/sync/v1/<kind>, frame in, frame out. One kept-alive
// connection, no Nagle, no redirects. Bounded: the answer's size, the time to connect, and the time
// for everything together.
#pragma once

#include "replication/peer_url.h"
#include "replication/transport.h"

#include <functional>
#include <memory>
#include <string>

namespace genlock::replication {

struct HttpOptions {
  std::string token;    // sent as "Authorization: Bearer ..."; empty: none
  std::string ca_file;  // PEM; empty: the system's
  bool verify_tls = true;
  // Told the sizes of each request's and answer's body. On the thread that asks.
  std::function<void(std::size_t sent_bytes, std::size_t received_bytes)> on_bytes = {};
};

class HttpTransport : public Transport {
 public:
  HttpTransport(PeerUrl url, HttpOptions options);
  ~HttpTransport() override;

  Result<Message> ask(const Message& request, std::int64_t timeout_ms) override;
  void cancel() override;
  void resume() override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace genlock::replication
