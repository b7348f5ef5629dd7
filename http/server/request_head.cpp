#include "http/server/request_head.h"

#include "http/server/header_text.h"

#include <algorithm>
#include <array>

namespace genlock::http {
namespace {

constexpr std::string_view blank_line = "\r\n";
constexpr std::string_view sync_prefix = "/sync/v1/";
constexpr std::string_view import_path = "/api/import", bundle_path = "/api/bundle";

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_token_char(char c) {
  return is_letter_or_digit(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_target_char(char c) { return c > ' ' && c < '\x7f' && c != '#'; }

// Is `option` an element of the comma-separated `list`?
bool lists(std::string_view list, std::string_view option) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (lowered(trimmed(list.substr(0, comma))) == option) return true;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return false;
}

bool any_value(const Headers& headers, std::string_view name, std::string_view option) {
  const auto matches = [&](const NameValue& field) {
    return lowered(field.first) == name && lists(field.second, option);
  };
  return std::any_of(headers.all().begin(), headers.all().end(), matches);
}

bool is_known_method(std::string_view method) {
  constexpr std::array known{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
  return std::find(known.begin(), known.end(), method) != known.end();
}

bool takes_body(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH" || method == "DELETE";
}

std::size_t body_limit(std::string_view path, const Limits& limits) {
  if (path == import_path) return limits.import_body_bytes;
  if (path == bundle_path) return limits.sync_body_bytes;
  return path.starts_with(sync_prefix) ? limits.sync_body_bytes : limits.body_bytes;
}

std::optional<Refusal> read_target(std::string_view target, const Limits& limits,
                                   RequestHead& head) {
  if (target.size() > limits.target_bytes)
    return Refusal{414, "at most " + std::to_string(limits.target_bytes) + " bytes"};
  if (target.empty() || target.front() != '/')
    return Refusal{400, "the request target must start with '/'"};
  if (!std::all_of(target.begin(), target.end(), is_target_char))
    return Refusal{400, "the request target holds a character that must be percent-encoded"};
  const std::size_t mark = target.find('?');
  head.path = target.substr(0, mark);
  if (mark != std::string_view::npos) head.query = target.substr(mark + 1);
  return std::nullopt;
}

std::optional<Refusal> read_version(std::string_view version, RequestHead& head) {
  head.http_1_0 = version == "HTTP/1.0";
  if (version == "HTTP/1.1" || head.http_1_0) return std::nullopt;
  if (version.starts_with("HTTP/")) return Refusal{505, "speak HTTP/1.1"};
  return Refusal{400, "the request line must end with HTTP/1.1"};
}

std::optional<Refusal> read_request_line(std::string_view line, const Limits& limits,
                                         RequestHead& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first || !is_token(line.substr(0, first)))
    return Refusal{400, "the request line must be: method, target, version, with single spaces"};
  head.method = line.substr(0, first);
  if (auto refusal = read_target(line.substr(first + 1, last - first - 1), limits, head))
    return refusal;
  return read_version(line.substr(last + 1), head);
}

std::optional<Refusal> read_field(std::string_view line, RequestHead& head) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return Refusal{400, "a header line must be: name, colon, value"};
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (!is_field_value(value)) return Refusal{400, "a header value holds a control character"};
  head.headers.add(std::string(line.substr(0, colon)), std::string(value));
  return std::nullopt;
}

std::optional<Refusal> read_fields(std::string_view lines, const Limits& limits,
                                   RequestHead& head) {
  while (lines != blank_line) {
    if (head.headers.all().size() == limits.header_count)
      return Refusal{431, "at most " + std::to_string(limits.header_count) + " header lines"};
    const std::size_t end = lines.find(blank_line);
    if (auto refusal = read_field(lines.substr(0, end), head)) return refusal;
    lines.remove_prefix(end + blank_line.size());
  }
  return std::nullopt;
}

std::optional<Refusal> check_host(const RequestHead& head) {
  const std::size_t hosts = head.headers.count("Host");
  if (hosts == 1 || (hosts == 0 && head.http_1_0)) return std::nullopt;
  return Refusal{400, "there must be exactly one Host header"};
}

// Content-Length may stand once, as digits; 15 of them can't overflow.
std::optional<Refusal> read_length(RequestHead& head) {
  const std::string* text = head.headers.find("Content-Length");
  if (!text) return std::nullopt;
  const bool digits = !text->empty() && std::all_of(text->begin(), text->end(), is_digit);
  if (head.headers.count("Content-Length") > 1 || !digits || text->size() > 15)
    return Refusal{400, "Content-Length must stand once and be a plain number"};
  head.body_bytes = std::stoull(*text);
  return std::nullopt;
}

std::optional<Refusal> check_body(const RequestHead& head, const Limits& limits) {
  if (head.headers.count("Transfer-Encoding") > 0)
    return Refusal{411, "send the whole body with a Content-Length, not with Transfer-Encoding"};
  const std::size_t limit = body_limit(head.path, limits);
  if (head.body_bytes > limit)
    return Refusal{413, "at most " + std::to_string(limit) + " bytes here"};
  const std::string* encoding = head.headers.find("Content-Encoding");
  if (encoding && lowered(*encoding) != "identity")
    return Refusal{415, "send the body without Content-Encoding"};
  if (head.body_bytes > 0 && !takes_body(head.method))
    return Refusal{400, head.method + " takes no body"};
  return std::nullopt;
}

std::optional<Refusal> check_expectation(RequestHead& head) {
  const std::string* expect = head.headers.find("Expect");
  if (!expect) return std::nullopt;
  if (lowered(*expect) != "100-continue") return Refusal{417, "only 100-continue is known"};
  head.expects_continue = !head.http_1_0;
  return std::nullopt;
}

// A client that gives no length may believe that its body is read to the end of the connection.
// Whatever follows must not become the next request.
bool must_close(const RequestHead& head) {
  const bool length_missing = takes_body(head.method) && head.headers.count("Content-Length") == 0;
  return head.http_1_0 || length_missing || any_value(head.headers, "connection", "close");
}

}  // namespace

HeadScan scan_head(std::string_view input, std::size_t scanned) {
  using State = HeadScan::State;
  if (!input.empty() && !is_token_char(input.front())) return {State::malformed, 0};
  for (std::size_t at = input.find('\n', scanned); at != std::string_view::npos;
       at = input.find('\n', at + 1)) {
    if (at == 0 || input[at - 1] != '\r') return {State::malformed, at};
    if (at >= 3 && input[at - 2] == '\n') return {State::complete, at + 1};
  }
  return {State::incomplete, input.size()};
}

std::optional<Refusal> parse_head(std::string_view bytes, const Limits& limits, RequestHead& head) {
  const std::size_t line_end = bytes.find(blank_line);
  if (auto refusal = read_request_line(bytes.substr(0, line_end), limits, head)) return refusal;
  if (auto refusal = read_fields(bytes.substr(line_end + 2), limits, head)) return refusal;
  if (auto refusal = check_host(head)) return refusal;
  if (auto refusal = read_length(head)) return refusal;
  if (!is_known_method(head.method)) return Refusal{405, "the method is not known here"};
  if (auto refusal = check_body(head, limits)) return refusal;
  if (auto refusal = check_expectation(head)) return refusal;
  head.close = must_close(head);
  return std::nullopt;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
  });
}

bool is_request_id(std::string_view text) {
  const auto allowed = [](char c) { return is_letter_or_digit(c) || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace genlock::http
