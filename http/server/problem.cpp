#include "http/server/problem.h"

#include "engine/check.h"

#include <array>

namespace genlock::http {
namespace {

struct Standard {
  int status;
  std::string_view name;
  std::string_view title;
};

constexpr std::array standards{
    Standard{400, "bad-request", "The request is malformed"},
    Standard{404, "not-found", "There is nothing at this address"},
    Standard{405, "method-not-allowed", "This address does not take this method"},
    Standard{408, "timeout", "The request took too long to arrive"},
    Standard{411, "length-required", "A body needs a Content-Length"},
    Standard{413, "too-large", "The body is too large"},
    Standard{414, "too-large", "The address is too long"},
    Standard{415, "unsupported-media-type", "This form of the body is not taken"},
    Standard{416, "bad-request", "The range lies outside the file"},
    Standard{417, "bad-request", "This expectation can't be met"},
    Standard{431, "too-large", "The header is too large"},
    Standard{500, "internal", "Something went wrong inside the node"},
    Standard{503, "overloaded", "The node has too much to do"},
    Standard{505, "bad-request", "Only HTTP/1.1 and HTTP/1.0 are spoken"},
};

// The length of the valid UTF-8 sequence at the start of `text`, 0 if there is none (RFC 3629).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool beyond = first == 0xF4 && byte(1) > 0x8F;
    return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

void append_ascii(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  if (c == '"' || c == '\\') {
    out.push_back('\\');
    out.push_back(c);
  } else if (static_cast<unsigned char>(c) < 0x20) {
    const auto code = static_cast<unsigned>(c);
    out += "\\u00";
    out.push_back(hex[code / 16]);
    out.push_back(hex[code % 16]);
  } else {
    out.push_back(c);
  }
}

}  // namespace

Problem standard_problem(int status, std::string detail) {
  for (const Standard& standard : standards)
    if (standard.status == status)
      return {status, standard.name, standard.title, std::move(detail)};
  CHECK(false, status);
  return {};
}

HttpResponse problem_response(const Problem& problem, std::string_view instance,
                              std::string_view request_id) {
  HttpResponse response;
  response.status = problem.status;
  response.content_type = "application/problem+json";
  response.problem = problem.name;
  response.body =
      "{\"type\":" + json_string("/problems/" + std::string(problem.name)) +
      ",\"title\":" + json_string(problem.title) + ",\"status\":" + std::to_string(problem.status) +
      ",\"detail\":" + json_string(problem.detail) + ",\"instance\":" + json_string(instance) +
      ",\"request_id\":" + json_string(request_id) + "}";
  return response;
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 1) {
      append_ascii(out, text.front());
    } else {
      out += length == 0 ? std::string_view("\uFFFD") : text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out + "\"";
}

}  // namespace genlock::http
