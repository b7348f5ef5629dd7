// A client of server-sent events over a raw socket, and of the same changes by long poll.
#pragma once

#include "api_node.h"
#include "raw_client.h"

#include <string>
#include <vector>

namespace genlock::http {

struct FeedEvent {
  std::string event, id, data;

  std::string at(std::string_view pointer) const { return Answer{200, {}, data}.at(pointer); }
  std::size_t count(std::string_view pointer) const { return Answer{200, {}, data}.count(pointer); }
};

// Reads as an EventSource does: an event is what stands before an empty line.
class FeedClient {
 public:
  // `query`: "?since=..", or "". `more_headers`: whole lines.
  explicit FeedClient(const ApiNode& node, const std::string& query = "",
                      const std::string& more_headers = "", int receive_buffer_bytes = 0)
      : client_(node.port(), receive_buffer_bytes) {
    client_.send("GET /api/changes" + query +
                 " HTTP/1.1\r\nHost: n\r\nAccept: text/event-stream\r\n" + more_headers + "\r\n");
    head = client_.read_head();
    if (head.status != 200) return;
    // No REQUIRE: some readers have a thread of their own, and Catch counts without a lock.
    if (head.header("Content-Type") != "text/event-stream")
      throw std::runtime_error("not a feed: " + head.header("Content-Type"));
  }

  // The next event of this name; others are passed over, their ids count.
  FeedEvent next(const std::string& name = "change") {
    while (true) {
      FeedEvent event = next_any();
      if (event.event == name) return event;
    }
  }
  std::vector<FeedEvent> take(std::size_t count) {
    std::vector<FeedEvent> events;
    while (events.size() < count) events.push_back(next());
    return events;
  }
  // Where it would go on: reads until the feed has told it.
  std::string cursor() {
    while (last_id_.empty()) next_block();
    return last_id_;
  }
  RawClient& raw() { return client_; }

  RawAnswer head;

 private:
  FeedEvent next_any() {
    while (true) {
      FeedEvent event = next_block();
      if (!event.data.empty()) return event;
    }
  }
  FeedEvent next_block() {
    std::size_t end = std::string::npos;
    while ((end = bytes_.find("\n\n")) == std::string::npos) {
      const std::string piece = client_.read_chunk();
      if (piece.empty()) throw std::runtime_error("the feed has ended");
      bytes_ += piece;
    }
    const std::string block = bytes_.substr(0, end + 1);
    bytes_.erase(0, end + 2);
    FeedEvent event;
    for (std::size_t at = 0; at < block.size();) {
      const std::size_t stop = block.find('\n', at);
      const std::string line = block.substr(at, stop - at);
      const std::size_t colon = line.find(": ");
      const std::string field = line.substr(0, colon);
      const std::string value = colon == std::string::npos ? "" : line.substr(colon + 2);
      if (field == "id") last_id_ = value;
      if (field == "event") event.event = value;
      if (field == "data") event.data += (event.data.empty() ? "" : "\n") + value;
      at = stop + 1;
    }
    event.id = last_id_;
    return event;
  }

  RawClient client_;
  std::string bytes_, last_id_;
};

// All messages behind a cursor, by long polls that do not wait.
inline std::vector<std::string> polled(ApiNode& node, std::string cursor,
                                       const std::string& more = "") {
  std::vector<std::string> events;
  while (true) {
    Answer page = node.get("/api/changes?since=" + cursor + more);
    INFO(page.body);
    REQUIRE(page.status == 200);
    for (std::size_t i = 0; i < page.count("/changes"); ++i)
      events.push_back(page.at("/changes/" + std::to_string(i) + "/event"));
    if (page.at("/cursor") == cursor) return events;
    cursor = page.at("/cursor");
  }
}

}  // namespace genlock::http
