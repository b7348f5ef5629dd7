#include "sync_pair.h"

#include <httplib.h>

#include <thread>

namespace genlock::bench {

using replication::Message;
using replication::SyncSession;

struct SyncServer::Wire {
  explicit Wire(SyncNode& served) : node(served) {
    server.set_tcp_nodelay(true);
    server.set_keep_alive_max_count(1u << 30);
    server.set_payload_max_length(64 << 20);
    server.Post("/sync", [this](const httplib::Request& request, httplib::Response& response) {
      SyncSession session = SyncSession::responder(node.ports);
      session.receive(replication::decode(request.body));
      if (std::optional<Message> reply = session.next())
        response.set_content(replication::encode(*reply), "application/octet-stream");
    });
    server.Post("/bare", [](const httplib::Request& request, httplib::Response& response) {
      response.set_content(std::string(std::stoul(request.get_header_value("Reply-Bytes")), 'x'),
                           "application/octet-stream");
    });
    port = server.bind_to_any_port("127.0.0.1");
    thread = std::thread([this] { server.listen_after_bind(); });
    while (!server.is_running()) std::this_thread::yield();
    client = std::make_unique<httplib::Client>("127.0.0.1", port);
    client->set_keep_alive(true);
    client->set_tcp_nodelay(true);
    client->set_read_timeout(120, 0);
  }
  ~Wire() {
    client.reset();
    server.stop();
    thread.join();
  }

  SyncNode& node;
  httplib::Server server;
  int port = 0;
  std::thread thread;
  std::unique_ptr<httplib::Client> client;
};

SyncServer::SyncServer(SyncNode& node) : wire_(std::make_unique<Wire>(node)) {}
SyncServer::~SyncServer() = default;

SyncServer::Traffic SyncServer::run(SyncNode& from, replication::Plan plan) {
  Traffic traffic;
  double start = now_s();
  SyncSession session =
      SyncSession::initiator(from.ports, plan, wire_->node.engine.identity().node);
  while (std::optional<Message> request = session.next()) {
    std::string body = replication::encode(*request);
    auto reply = wire_->client->Post("/sync", body, "application/octet-stream");
    CHECK(reply && reply->status == 200, "the sync server of the bench did not answer");
    traffic.sent_bytes += body.size();
    traffic.received_bytes += reply->body.size();
    session.receive(replication::decode(reply->body));
  }
  traffic.seconds = now_s() - start;
  traffic.report = session.report();
  return traffic;
}

double SyncServer::bare_round_trip(std::size_t request_bytes, std::size_t reply_bytes) {
  double start = now_s();
  auto reply = wire_->client->Post("/bare", {{"Reply-Bytes", std::to_string(reply_bytes)}},
                                   std::string(request_bytes, 'x'), "application/octet-stream");
  CHECK(reply && reply->body.size() == reply_bytes);
  return now_s() - start;
}

}  // namespace genlock::bench
