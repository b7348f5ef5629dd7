// Where tests find files and the program. Known to one source alone: what another checkout compiled
// serves this one, too (cmake/tools.cmake).
#pragma once

#include <string>

namespace genlock {

std::string project_file(const std::string& path);  // from the project's top
std::string test_data(const std::string& name);     // in tests/data
std::string genlock_program();

}  // namespace genlock
