// The door over HTTP.
#include "cli/api_client.h"
#include "cli/download.h"
#include "replication/quiet_pipe.h"

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
    const replication::QuietPipe quiet;
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

// "http://host:port"
Result<std::string> base_of(const std::string& url) {
  std::string base = url.substr(0, url.find_last_not_of('/') + 1);
  bool known = base.starts_with("http://") || base.starts_with("https://");
  if (!known || base.find('/', base.find("//") + 2) != std::string::npos)
    return Error{ErrorCode::invalid_argument,
                 "'" + url + "' is no address of a node: write http://host:port"};
  return base;
}

constexpr std::size_t max_problem_bytes = 64 << 10;

}  // namespace

Result<std::unique_ptr<ApiClient>> connect_to(const std::string& url) {
  TRY_ASSIGN(const std::string base, base_of(url));
  return std::unique_ptr<ApiClient>(new HttpClient(base));
}

Result<void> download_from(const std::string& url, const std::string& target,
                           const std::function<Result<void>(std::string_view bytes)>& take) {
  TRY_ASSIGN(const std::string base, base_of(url));
  const replication::QuietPipe quiet;
  httplib::Client client(base);
  client.set_connection_timeout(5);
  client.set_read_timeout(60);
  ApiAnswer refusal;
  Result<void> taken;
  const httplib::Result result = client.Get(
      target,
      [&](const httplib::Response& response) {
        refusal.status = response.status;
        return true;
      },
      [&](const char* bytes, std::size_t size) {
        if (refusal.ok()) taken = take({bytes, size});
        if (!refusal.ok() && refusal.body.size() < max_problem_bytes)
          refusal.body.append(bytes, size);
        return taken.ok();
      });
  if (!taken.ok()) return taken;
  if (!result)
    return Error{ErrorCode::unavailable,
                 "no whole answer from " + base + ": " + httplib::to_string(result.error())};
  return refusal.ok() ? Result<void>{} : error_of(refusal);
}

}  // namespace genlock::cli
