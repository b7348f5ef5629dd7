// A settings file with every setting, for people to begin with: what must be given is given, the
// rest is commented out and shows a value that can be used.
#pragma once

#include <string>

namespace genlock::cli {

std::string settings_example();

}  // namespace genlock::cli
