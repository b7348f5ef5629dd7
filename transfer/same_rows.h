// Is a row of a file what the node has already?
#pragma once

#include "engine/command.h"
#include "transfer/show_file.h"

#include <map>

namespace genlock::transfer {

// Does `present` hold all that `wanted` names? Numbers compare by value; nested rows by their id,
// those without one by what they are matched by (a port by its type and index).
bool same_content(const RowInput& wanted, const RowInput& present);

using PresentRows = std::map<std::string, Json>;  // what a node has of a list, by id

// Gives rows with `match_by_name` the id of the one present row that is called the same: by label
// where the file has one, else by type and name, or manufacturer and model.
void match_by_name(std::vector<FileRow>& rows, const PresentRows& present);

}  // namespace genlock::transfer
