// export --history and import of an archive: a show with every event it ever had. Over the network
// it goes out as a file and comes in as bundles, which any node takes.
#pragma once

#include "cli/options.h"
#include "engine/result.h"

#include <string>

namespace genlock::cli {

// The exit status, as of commands.h.
Result<int> export_archive(const ExportCommand& command);
// Whether a file is one; false also where it can't be read.
bool is_archive_file(const std::string& path);
Result<int> import_archive_file(const ImportCommand& command, const std::string& path,
                                const std::string& version);

}  // namespace genlock::cli
