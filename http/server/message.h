// A request as handlers see it, and their answer. Values; nothing here knows a socket or the HTTP
// library.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace genlock::http {

using NameValue = std::pair<std::string, std::string>;

// Header fields in the order of arrival. Names compare without case; values are raw: nothing is
// percent-decoded.
class Headers {
 public:
  void add(std::string name, std::string value);
  // The first value, or null. A second one of the same name shows in count() and all().
  const std::string* find(std::string_view name) const;
  std::string_view get(std::string_view name) const;  // the first value, or ""
  std::size_t count(std::string_view name) const;
  const std::vector<NameValue>& all() const { return fields_; }

 private:
  std::vector<NameValue> fields_;
};

// Parameters of the path or the query, percent-decoded, in order; names compare with case,
// duplicates stay.
class Parameters {
 public:
  void add(std::string name, std::string value);
  const std::string* find(std::string_view name) const;  // the first value, or null
  std::string_view get(std::string_view name) const;     // the first value, or ""
  std::vector<std::string_view> values(std::string_view name) const;
  const std::vector<NameValue>& all() const { return items_; }

 private:
  std::vector<NameValue> items_;
};

struct HttpRequest {
  std::string method;  // GET HEAD POST PUT PATCH DELETE OPTIONS
  std::string path;    // as sent, without the query: "/api/sources/a%20b"; printable ASCII
  std::string query;   // as sent, without the '?'
  Headers headers;
  std::string body;             // complete, within Limits
  std::string remote_ip;        // of the socket's other end; headers can't change it
  std::string request_id;       // 1..64 of [A-Za-z0-9_-]: the client's, or made here
  std::string route;            // name of the route that matched, "" if none; set by the Router
  Parameters path_parameters;   // set by the Router
  Parameters query_parameters;  // set by the Router

  std::string_view header(std::string_view name) const { return headers.get(name); }
};

// Why a parked request is looked at again.
enum class Wake {
  event,     // one of its topics was woken (or a feed just began, or had more)
  deadline,  // its time is up (a feed: its tick)
  stopping,  // the server ends: say the last word
};

struct LongPoll;
struct Feed;

struct HttpResponse {
  int status = 200;
  std::vector<NameValue> headers;  // a value with a control character is a bug: it becomes 500
  std::string content_type;
  std::string body;
  std::string problem = {};  // of a problem body: the last part of its `type`, for metrics

  // At most one of these is set. The connection then waits without a thread.
  std::shared_ptr<LongPoll> long_poll;  // the rest of this response is not used
  std::shared_ptr<Feed> feed;           // status and headers are sent now, body as the first bytes

  static HttpResponse later(LongPoll poll);
  static HttpResponse stream(Feed feed);
};

// An answer that comes when there is something to say. `next` runs on a worker, one call at a time,
// and must own what it uses: the request is gone by then. A wake between the handler's look at the
// data and the parking is not lost.
struct LongPoll {
  std::vector<std::string> topics;
  std::chrono::milliseconds wait{25'000};  // at most Limits::park_ms
  // Nothing = wait on. With Wake::deadline or Wake::stopping there must be an answer, else 204 is
  // sent.
  std::function<std::optional<HttpResponse>(Wake)> next;
  std::string route = {};  // set by the server
};

struct FeedStep {
  std::string bytes;  // what to send now; may be empty
  bool more = false;  // there is more already: ask again once this is on its way
  bool end = false;   // these are the last bytes
};

// An answer in pieces, mostly without an end (server-sent events). The server frames chunks, sends
// a comment when nothing was sent for Limits::heartbeat_ms, asks for more only while the reader
// keeps up, and drops a reader that does not.
struct Feed {
  std::vector<std::string> topics;
  // 0: none; else `next` is called with Wake::deadline this often.
  std::chrono::milliseconds tick{0};
  // Called first as soon as the feed has begun. Same rules as LongPoll::next; an exception ends the
  // feed.
  std::function<FeedStep(Wake)> next;
  // Of an answer that does end, such as a large file: all bytes of `next` together. Then they go
  // out as they are, with Content-Length, and without comments between them.
  std::optional<std::uint64_t> length = {};
};

using Handler = std::function<HttpResponse(const HttpRequest&)>;

}  // namespace genlock::http
