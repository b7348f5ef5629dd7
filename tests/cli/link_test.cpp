#include "cli/link.h"

#include "catch.h"

#include <httplib.h>

#include <thread>

using namespace genlock;
using namespace genlock::cli;

namespace {

// Answers everything with what was sent.
class Echo {
 public:
  Echo() {
    server_.Post("/", [](const httplib::Request& request, httplib::Response& response) {
      response.set_content(request.body, "text/plain");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~Echo() {
    server_.stop();
    thread_.join();
  }
  std::uint16_t port() const { return static_cast<std::uint16_t>(port_); }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

bool echoes(httplib::Client& client, const std::string& text) {
  auto result = client.Post("/", text, "text/plain");
  return result && result->body == text;
}

}  // namespace

TEST_CASE("a link carries bytes both ways until it is cut, and after it is healed", "[cli]") {
  Echo echo;
  auto link = Link::open(echo.port());
  REQUIRE(link.ok());
  httplib::Client client("127.0.0.1", (*link)->port());
  client.set_keep_alive(true);
  REQUIRE(echoes(client, std::string(1 << 20, 'x')));
  (*link)->cut();
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  REQUIRE(!echoes(client, "lost"));
  (*link)->heal();
  REQUIRE(echoes(client, "back"));
}
