// What an import did, or would do: for people, and as JSON.
#pragma once

#include "transfer/show_file.h"

#include <map>

namespace genlock::transfer {

struct ImportReport {
  struct Counts {
    std::size_t taken = 0, changed = 0, unchanged = 0;
    std::size_t different = 0;  // left as they are: there was no `update`
    std::size_t left_out = 0;
  };
  bool dry_run = false;  // then the counts are what would have become of the rows
  std::map<std::string, Counts> tables;
  std::vector<LeftOut> left_out;
  std::vector<std::string> different;  // the first ones, for people: "sources CAM 1"
  std::vector<Kept> kept;
  std::vector<std::string> notes;

  Counts total() const;
};

// For people, a few lines; as JSON:
//   {"dry_run":false,"tables":{"sources":{"taken":21,"changed":0,"unchanged":0,"different":0,
//    "left_out":0}},"left_out":[{"file","pointer","label","reason"}],"different":["sources CAM 1"],
//    "kept":[{"name":"checklist","items":95,"bytes":12016}],"notes":["dates without .."]}
std::string describe(const ImportReport& report);
Json to_json(const ImportReport& report);
// Reads it back.
ImportReport import_report_of(const Json& json);
// Adds what another file brought.
void add(ImportReport& report, const ImportReport& more);

}  // namespace genlock::transfer
