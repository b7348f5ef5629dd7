// Files that went bad.
#pragma once

#include "catch.h"

#include <filesystem>
#include <fstream>

namespace genlock::test {

// One of the 41st byte. REQUIRES: the file has so many.
inline void flip_a_bit(const std::filesystem::path& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(40);
  const char was = static_cast<char>(file.get());
  file.seekp(40);
  file.put(static_cast<char>(was ^ 4));
  REQUIRE(file.good());
}

}  // namespace genlock::test
