// How a RocksStore's files are held (eventlog/held_files.h). Internal to eventlog/.
#pragma once

#include "eventlog/held_files.h"

#include <rocksdb/db.h>

#include <memory>
#include <vector>

namespace genlock {

// REQUIRES: nobody writes until this returns. `moment`: a reader of now.
Result<std::unique_ptr<HeldFiles>> hold_files(rocksdb::DB& db, std::unique_ptr<Reader> moment);

}  // namespace genlock
