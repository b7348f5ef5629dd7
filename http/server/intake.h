// Cuts the bytes of a connection into checked requests. No I/O and no clock: the session brings
// both.
//   idle -> head (its first byte is there) -> body (the head is good) -> a request -> idle ...
#pragma once

#include "http/server/request_head.h"

#include <string>

namespace genlock::http {

class Intake {
 public:
  enum class Stage { idle, head, body };
  enum class Step {
    need_more,  // feed more bytes
    request,    // head() and body() are one request; the next advance() goes on behind it
    refused,    // refusal() says why; the connection can't be read any further
  };

  explicit Intake(const Limits& limits) : limits_(limits) {}

  // Takes what it can from the front of `input`. What belongs to later requests stays there.
  Step advance(std::string& input);

  Stage stage() const { return stage_; }
  // True once for a head whose client waits for "100 Continue".
  bool take_continue();
  RequestHead& head() { return head_; }
  std::string& body() { return body_; }
  const Refusal& refusal() const { return refusal_; }

 private:
  Step advance_head(std::string& input);
  Step finish_head(std::string& input, std::size_t head_bytes);
  Step advance_body(std::string& input);
  Step refuse(Refusal refusal);

  const Limits& limits_;
  Stage stage_ = Stage::idle;
  std::size_t scanned_ = 0;
  bool owes_continue_ = false;
  RequestHead head_;
  std::string body_;
  Refusal refusal_{};
};

}  // namespace genlock::http
