#include "http/person.h"

#include "engine/limits.h"
#include "engine/utf8.h"
#include "http/name_spaces.h"
#include "http/server/percent.h"

namespace genlock::http {
namespace {

Error bad_header(std::string_view name, std::string detail) {
  std::string message = std::string(name) + ": " + detail;
  return {ErrorCode::bad_request,
          std::move(message),
          {{std::string(name), "format", std::move(detail)}}};
}

// "" where the header was not sent.
Result<std::string> read_name(const Headers& headers, std::string_view header) {
  if (headers.count(header) > 1) return bad_header(header, "may stand once only");
  auto text = percent_decode(headers.get(header), Plus::literal);
  if (!text || !is_utf8(*text))
    return bad_header(header, "must be percent-encoded UTF-8: encodeURIComponent(name)");
  if (text->size() > limits::max_person_bytes)
    return bad_header(header,
                      "may have " + std::to_string(limits::max_person_bytes) + " bytes at most");
  return *std::move(text);
}

char lower(char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::optional<Uuid> uuid_in_header(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = lower(c);
  return Uuid::parse(lowered);
}

Uuid user_id_of(std::string_view name) {
  static const Uuid user_names = Uuid::make_v5(genlock_names(), "user");
  return Uuid::make_v5(user_names, name);
}

Result<Person> read_person(const Headers& headers) {
  Person person;
  TRY_ASSIGN(std::string user, read_name(headers, "Genlock-User"));
  TRY_ASSIGN(person.device, read_name(headers, "Genlock-Device"));
  if (user.empty()) return person;
  if (auto id = uuid_in_header(user)) {
    person.user_id = *id;
  } else {
    person.user_id = user_id_of(user);
    person.user = std::move(user);
  }
  return person;
}

}  // namespace genlock::http
