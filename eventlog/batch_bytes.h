// How large a batch is: what bounds a group of writes, and what RocksDB reserves for it.
#pragma once

#include "engine/store.h"

#include <cstddef>

namespace genlock {

// Of keys and values, without what a store adds to each.
inline std::size_t bytes_in(const Batch& batch) {
  std::size_t bytes = 0;
  for (const auto& space : batch.spaces) {
    for (const auto& [key, value] : space) bytes += key.size() + (value ? value->size() : 0);
  }
  return bytes;
}

}  // namespace genlock
