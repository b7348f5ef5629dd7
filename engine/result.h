// What a caller may meet: a value, or an Error whose code says the remedy. TRY passes an error up.
//   TRY(log.append(batch));                        // Result<void>
//   TRY_ASSIGN(Event event, log.read(id));         // Result<Event>
#pragma once

#include "engine/check.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace genlock {

enum class ErrorCode {
  bad_request,       // it can't be read at all: broken JSON, an unknown parameter
  invalid_argument,  // the caller's input is wrong: mend it (fields say where)
  not_found,         // there is no such thing
  gone,              // there was: restore it first
  conflict,          // something moved on: reload and retry
  precondition,      // a strict version check failed: reload
  locked,            // a production is locked by another node
  exists,            // the id is taken by other content
  mismatch,          // the same idempotency key was used for something else
  too_large,         // over a limit of engine/limits.h
  compacted,         // it was dropped behind the floor: read an archive, take a snapshot
  not_let_in,        // it was written beside what this node has promised to keep: write it again
  gap,               // events are missing before these: ask again from an earlier point
  fork,              // one event id with two contents: stop that origin and tell
  corruption,        // stored or received bytes are damaged: stop and tell
  unsupported,       // made by a newer version of the program
  unavailable,       // retry later
};
const char* to_string(ErrorCode code);

// One field at fault. `pointer` is a JSON pointer into the body ("/h_res", "/outputs/2/connector"),
// or empty; `code` is one of required type range length enum format unknown read_only reference
// unique.
struct FieldError {
  std::string pointer;
  std::string code;
  std::string detail;

  bool operator==(const FieldError&) const = default;
};

struct ErrorDetail;  // what a refused command adds for its client (engine/command.h)

struct Error {
  ErrorCode code;
  std::string message;                  // a sentence for people, with the remedy where there is one
  std::vector<FieldError> fields = {};  // where fields are at fault
  std::shared_ptr<const ErrorDetail> detail = {};

  // The same error with what was being done put in front: "context: message".
  Error in(std::string context) && {
    message = std::move(context) + ": " + message;
    return std::move(*this);
  }
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & {
    CHECK(ok(), error_text());
    return std::get<0>(state_);
  }
  const T& value() const& {
    CHECK(ok(), error_text());
    return std::get<0>(state_);
  }
  // By value, so that `for (auto& x : f().value())` holds what it walks over.
  T value() && {
    CHECK(ok(), error_text());
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::string error_text() const { return ok() ? std::string{} : std::get<1>(state_).message; }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  // REQUIRES: ok().
  void value() const { CHECK(ok(), error_ ? error_->message : std::string{}); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace genlock

#define GENLOCK_JOIN2(a, b) a##b
#define GENLOCK_JOIN(a, b) GENLOCK_JOIN2(a, b)
#define TRY(expression)                                                                         \
  do {                                                                                          \
    if (auto try_result = (expression); !try_result.ok()) return std::move(try_result).error(); \
  } while (false)
#define TRY_ASSIGN(declaration, expression) \
  TRY_ASSIGN_WITH(GENLOCK_JOIN(try_result_, __LINE__), declaration, expression)
#define TRY_ASSIGN_WITH(temporary, declaration, expression) \
  auto temporary = (expression);                            \
  if (!temporary.ok()) return std::move(temporary).error(); \
  declaration = std::move(temporary).value()
