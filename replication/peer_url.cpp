#include "replication/peer_url.h"

#include <algorithm>
#include <charconv>

namespace genlock::replication {
namespace {

Error wrong(std::string_view text, const char* what) {
  return Error{ErrorCode::invalid_argument, "'" + std::string(text) +
                                                "' is no address of a peer: " + what +
                                                "; like https://cloud.example.com"};
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}
bool is_path_character(char c) { return is_host_character(c) || c == '/' || c == '~'; }
bool is_ipv6_character(char c) { return is_host_character(c) || c == ':' || c == '%'; }

template <class Test>
bool all(std::string_view text, Test test) {
  return std::all_of(text.begin(), text.end(), test);
}

// Takes the host off the front of `rest`.
Result<std::string> take_host(std::string_view text, std::string_view& rest) {
  if (rest.starts_with('[')) {
    std::size_t end = rest.find(']');
    if (end == std::string_view::npos || !all(rest.substr(1, end - 1), is_ipv6_character))
      return wrong(text, "the IPv6 address in brackets");
    std::string host(rest.substr(1, end - 1));
    rest.remove_prefix(end + 1);
    return host;
  }
  std::size_t end = std::min(rest.find_first_of(":/"), rest.size());
  std::string host(rest.substr(0, end));
  if (host.empty() || !all(host, is_host_character)) return wrong(text, "the host");
  rest.remove_prefix(end);
  return host;
}

}  // namespace

Result<PeerUrl> parse_peer_url(std::string_view text) {
  PeerUrl url;
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    url.tls = true;
    url.port = 443;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return wrong(text, "it begins with neither http:// nor https://");
  }
  TRY_ASSIGN(url.host, take_host(text, rest));
  if (rest.starts_with(':')) {
    std::size_t end = std::min(rest.find('/'), rest.size());
    std::string_view digits = rest.substr(1, end - 1);
    auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if (error != std::errc{} || stop != digits.data() + digits.size() || url.port == 0)
      return wrong(text, "the port");
    rest.remove_prefix(end);
  }
  if (!rest.empty() && (rest.front() != '/' || !all(rest, is_path_character)))
    return wrong(text, "the path");
  while (rest.ends_with('/')) rest.remove_suffix(1);
  url.path = rest;
  return url;
}

std::string PeerUrl::to_string() const {
  bool is_ipv6 = host.find(':') != std::string::npos;
  std::string text =
      std::string(tls ? "https://" : "http://") + (is_ipv6 ? "[" + host + "]" : host);
  if (port != (tls ? 443 : 80)) text += ":" + std::to_string(port);
  return text + path;
}

}  // namespace genlock::replication
