#include "http/server/intake.h"

#include <utility>

namespace genlock::http {
namespace {

// RFC 9112, 2.2: empty lines before a request line are passed over.
void drop_blank_lines(std::string& input) {
  std::size_t end = 0;
  while (input.compare(end, 2, "\r\n") == 0) end += 2;
  input.erase(0, end);
}

}  // namespace

Intake::Step Intake::advance(std::string& input) {
  if (stage_ == Stage::body) return advance_body(input);
  if (stage_ == Stage::idle) {
    drop_blank_lines(input);
    if (input.empty() || input == "\r") return Step::need_more;
    stage_ = Stage::head;
    scanned_ = 0;
    head_ = {};
  }
  return advance_head(input);
}

bool Intake::take_continue() { return std::exchange(owes_continue_, false); }

Intake::Step Intake::advance_head(std::string& input) {
  const HeadScan scan = scan_head(input, scanned_);
  if (scan.state == HeadScan::State::malformed)
    return refuse({400, "a head is lines of text that end with CR LF"});
  if (scan.bytes > limits_.head_bytes)
    return refuse({431, "at most " + std::to_string(limits_.head_bytes) + " bytes"});
  if (scan.state == HeadScan::State::complete) return finish_head(input, scan.bytes);
  scanned_ = scan.bytes;
  return Step::need_more;
}

Intake::Step Intake::finish_head(std::string& input, std::size_t head_bytes) {
  auto refusal = parse_head(std::string_view(input).substr(0, head_bytes), limits_, head_);
  if (refusal) return refuse(std::move(*refusal));
  input.erase(0, head_bytes);
  stage_ = Stage::body;
  owes_continue_ = head_.expects_continue && input.size() < head_.body_bytes;
  return advance_body(input);
}

Intake::Step Intake::advance_body(std::string& input) {
  if (input.size() < head_.body_bytes) return Step::need_more;
  const auto size = static_cast<std::size_t>(head_.body_bytes);
  body_ = std::exchange(input, input.substr(size));
  body_.resize(size);
  stage_ = Stage::idle;
  return Step::request;
}

Intake::Step Intake::refuse(Refusal refusal) {
  refusal_ = std::move(refusal);
  return Step::refused;
}

}  // namespace genlock::http
