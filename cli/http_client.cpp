// The door over HTTP.
#include "cli/api_client.h"

#include <httplib.h>

namespace genlock::cli {
namespace {

class HttpClient : public ApiClient {
 public:
  explicit HttpClient(const std::string& url) : url_(url), client_(url) {
    client_.set_tcp_nodelay(true);
    client_.set_keep_alive(true);
    client_.set_connection_timeout(5);
    client_.set_read_timeout(60);
    client_.set_write_timeout(60);
  }

  Result<ApiAnswer> send(const ApiCall& call) override {
    httplib::Request request;
    request.method = call.method;
    request.path = call.target;
    request.body = call.body;
    for (const auto& [name, value] : call.headers) request.set_header(name, value);
    // The library adds Content-Length by itself.
    if (!call.body.empty() && !request.has_header("Content-Type"))
      request.set_header("Content-Type", "application/json");
    httplib::Result result = client_.send(request);
    if (!result)
      return Error{ErrorCode::unavailable,
                   "no answer from " + url_ + ": " + httplib::to_string(result.error())};
    ApiAnswer answer{.status = result->status, .body = result->body, .headers = {}};
    for (const auto& header : result->headers) answer.headers.push_back(header);
    return answer;
  }
  std::unique_ptr<ApiClient> another() const override { return std::make_unique<HttpClient>(url_); }
  std::string place() const override { return "node " + url_; }

 private:
  std::string url_;
  httplib::Client client_;
};

}  // namespace

Result<std::unique_ptr<ApiClient>> connect_to(const std::string& url) {
  std::string base = url.substr(0, url.find_last_not_of('/') + 1);
  bool known = base.starts_with("http://") || base.starts_with("https://");
  if (!known || base.find('/', base.find("//") + 2) != std::string::npos)
    return Error{ErrorCode::invalid_argument,
                 "'" + url + "' is no address of a node: write http://host:port"};
  return std::unique_ptr<ApiClient>(new HttpClient(base));
}

}  // namespace genlock::cli
