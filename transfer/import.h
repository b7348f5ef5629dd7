// `genlock import` and POST /api/import: takes files into a node through its API. Creates what is
// missing, leaves what is the same, and tells what differs; with `update` it overwrites that.
// Nothing is ever deleted but nested rows (outputs, ports, cards) that an overwritten row no longer
// names. A row that the node refuses is left out and reported with the reason; the others go on.
#pragma once

#include "transfer/api_client.h"
#include "transfer/import_report.h"

#include <functional>
#include <stop_token>

namespace genlock::transfer {

struct ImportOptions {
  bool update = false;
  bool dry_run = false;                 // says the report: `client` forgets what is written
  std::string user = "genlock import";  // who the history names
  std::string device = "import";
  std::size_t connections = 8;  // at most so many at once
  // Now and then, from the caller's thread: rows so far, of how many.
  std::function<void(std::uint64_t done, std::uint64_t total)> on_progress = {};
  std::stop_token cancelled = {};  // then it ends soon; what was written stays
};

// ERRORS: only those that end all of it: no answer, a server error, no such production for a table
// alone, cancelled.
Result<ImportReport> import_files(ApiClient& client, const std::vector<ImportFile>& files,
                                  const ImportOptions& options);

}  // namespace genlock::transfer
