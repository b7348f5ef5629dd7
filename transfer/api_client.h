// One door to a node's data, whichever way it is reached: over HTTP to a node that runs, or through
// the same handlers inside this process to a data directory that nobody serves. So import, export,
// status and conflicts are written once, against the API that every client uses (docs/api).
#pragma once

#include "engine/result.h"
#include "projections/json.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace genlock::transfer {

using Header = std::pair<std::string, std::string>;

struct ApiCall {
  std::string method = "GET";
  std::string target;  // path and query: "/api/equipment?limit=100"
  std::string body = {};
  std::vector<Header> headers = {};
};

struct ApiAnswer {
  int status = 0;
  std::string body;
  std::vector<Header> headers;

  bool ok() const { return status >= 200 && status < 300; }
  // "" where it is absent; names compare without case.
  std::string_view header(std::string_view name) const;
};

class ApiClient {
 public:
  virtual ~ApiClient() = default;
  // Any answer is a value, refusals too. ERRORS: unavailable, when there was none.
  virtual Result<ApiAnswer> send(const ApiCall& call) = 0;
  // Another connection to the same place, for another thread; nullptr: there is just this one.
  virtual std::unique_ptr<ApiClient> another() const { return nullptr; }
  // For people: "node http://127.0.0.1:3001", "data directory /var/lib/genlock".
  virtual std::string place() const = 0;

  // The JSON of an answer in 200..299. ERRORS: those of send and error_of.
  Result<Json> fetch(const ApiCall& call);
  Result<Json> get(const std::string& target) { return fetch({.target = target}); }
  // The first `count` rows of a list, over as many pages as that takes; else all.
  Result<std::vector<Json>> list(const std::string& target, std::size_t count = SIZE_MAX);
};

// For Genlock-User and Genlock-Device.
std::string percent_encoded(std::string_view text);

// A refusal (RFC 9457) as an error: the remedy in its message, the fields at fault in `fields`.
Error error_of(const ApiAnswer& answer);

// --- reading answers ----------------------------------------------------------------------------

// The member's text, or "" where it is absent or no text.
std::string text_of(const Json& object, std::string_view key);
std::int64_t integer_of(const Json& object, std::string_view key);
// The member, or a null.
const Json& member(const Json& object, std::string_view key);
// The same along "a.b.c".
const Json& at(const Json& object, std::string_view path);

}  // namespace genlock::transfer
