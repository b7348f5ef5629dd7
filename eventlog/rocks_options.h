// How RocksDB is set up. Internal to eventlog/: the only header that names its types.
#pragma once

#include "eventlog/rocks_store.h"

#include <rocksdb/db.h>

#include <string>
#include <vector>

namespace genlock {

rocksdb::DBOptions database_options(const RocksOptions& options);
// "events"; of Space::meta "default", as RocksDB calls it.
const char* family_name(Space space);
// In the order of Space; RocksDB's own "default" is Space::meta.
std::vector<rocksdb::ColumnFamilyDescriptor> column_families(const RocksOptions& options);

}  // namespace genlock
