#include "engine/event.h"

#include <algorithm>

namespace genlock {

const char* to_string(Role role) {
  switch (role) {
    case Role::cloud:
      return "cloud";
    case Role::lan:
      return "lan";
  }
  return "unknown";
}

const char* to_string(OperationKind kind) {
  switch (kind) {
    case OperationKind::create:
      return "create";
    case OperationKind::set:
      return "set";
    case OperationKind::remove:
      return "delete";
    case OperationKind::restore:
      return "restore";
    case OperationKind::resolve:
      return "resolve";
    case OperationKind::lock:
      return "lock";
    case OperationKind::unlock:
      return "unlock";
    case OperationKind::moment:
      return "moment";
  }
  return "unknown";
}

const char* to_string(Resolution resolution) {
  switch (resolution) {
    case Resolution::pending:
      return "pending";
    case Resolution::cloud_wins:
      return "cloud_wins";
    case Resolution::local_wins:
      return "local_wins";
    case Resolution::manual:
      return "manual";
  }
  return "unknown";
}

ShortHash shorten(const ChainHash& hash) {
  ShortHash beginning;
  std::copy_n(hash.begin(), beginning.size(), beginning.begin());
  return beginning;
}

}  // namespace genlock
