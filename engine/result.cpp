#include "engine/result.h"

namespace genlock {

const char* to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_request:
      return "bad_request";
    case ErrorCode::invalid_argument:
      return "invalid_argument";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::gone:
      return "gone";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::precondition:
      return "precondition";
    case ErrorCode::locked:
      return "locked";
    case ErrorCode::exists:
      return "exists";
    case ErrorCode::mismatch:
      return "mismatch";
    case ErrorCode::too_large:
      return "too_large";
    case ErrorCode::compacted:
      return "compacted";
    case ErrorCode::not_let_in:
      return "not_let_in";
    case ErrorCode::gap:
      return "gap";
    case ErrorCode::fork:
      return "fork";
    case ErrorCode::corruption:
      return "corruption";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::unavailable:
      return "unavailable";
  }
  return "unknown";
}

}  // namespace genlock
