// What a node would refuse of rows that are not sent to it: the rules of the schema, references to
// rows that neither the node nor the files have, ids that are taken elsewhere, a lock.
#pragma once

#include "engine/command.h"
#include "transfer/import_writer.h"

#include <set>

namespace genlock::transfer {

class DryRun {
 public:
  explicit DryRun(ApiClient& client) : client_(client) {}

  // What the node has of a list, or a row that would be written.
  void note_row(const Json& row);
  // Whether writes to this production would be refused, with the reason. ERRORS: those of client.
  Result<std::optional<std::string>> lock_of(const Json& production);
  // nullopt: it would be taken. ERRORS: those of client.
  Result<std::optional<std::string>> refusal(const Planned& planned, const RowInput& row);

 private:
  Result<bool> is_taken_elsewhere(const FileRow& row);

  ApiClient& client_;
  std::string self_;            // this node's id
  std::set<std::string> rows_;  // ids of rows and nested rows that are there, or would be
};

}  // namespace genlock::transfer
