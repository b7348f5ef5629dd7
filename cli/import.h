// `genlock import`: takes files into a node through its API. Creates what is missing, leaves what
// is the same, and tells what differs; with `update` it overwrites that. Nothing is ever deleted
// but nested rows (outputs, ports, cards) that an overwritten row no longer names. A row that the
// node refuses is left out and reported with the reason; the others go on.
#pragma once

#include "cli/api_client.h"
#include "cli/progress.h"
#include "cli/show_file.h"

#include <map>
#include <string>
#include <vector>

namespace genlock::cli {

struct ImportOptions {
  bool update = false;
  std::string user = "genlock import";  // who the history names
  bool quiet = false;                   // no progress bar
};

struct ImportReport {
  struct Counts {
    std::size_t taken = 0, changed = 0, unchanged = 0;
    std::size_t different = 0;  // left as they are: there was no `update`
    std::size_t left_out = 0;
  };
  struct LeftOut {
    std::string file, pointer, label, reason;
  };
  std::map<std::string, Counts> tables;
  std::vector<LeftOut> left_out;
  std::vector<std::string> different;  // the first ones, for people: "sources CAM 1"

  Counts total() const;
};

// ERRORS: only those that end all of it: no answer, a server error.
Result<ImportReport> import_files(ApiClient& client, const std::vector<ImportFile>& files,
                                  const ImportOptions& options);

// For people, a few lines; as JSON.
std::string describe(const ImportReport& report);
Json to_json(const ImportReport& report);

}  // namespace genlock::cli
