#include "support/places.h"

namespace genlock {

std::string project_file(const std::string& path) {
  return std::string(GENLOCK_PROJECT) + '/' + path;
}

std::string test_data(const std::string& name) { return project_file("tests/data/" + name); }

std::string genlock_program() { return GENLOCK_PROGRAM; }

}  // namespace genlock
