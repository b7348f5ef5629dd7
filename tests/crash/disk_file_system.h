// A VolatileDisk as the file system of RocksDB. Paths are kept as given, so one disk serves any
// number of directories; nothing of it is on the machine's own disk.
#pragma once

#include "crash/volatile_disk.h"

#include <rocksdb/env.h>

#include <memory>

namespace genlock::crash {

// `disk` outlives it.
std::unique_ptr<rocksdb::Env> env_on(VolatileDisk& disk);

}  // namespace genlock::crash
