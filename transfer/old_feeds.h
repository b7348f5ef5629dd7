// The old app had no list of connections: what was patched where stands as text at the inputs and
// outputs of switchers and routers, "GFX A [SRC 3]" and "SCREEN 1A DST 1". Internal to
// transfer/old_*.cpp.
#pragma once

#include "transfer/show_file.h"

#include <span>

namespace genlock::transfer {

// The row that a feed names: by its label in brackets or at the end, else by its whole name.
// nullptr: none does, or more than one.
const FileRow* named_by(std::string_view feed, std::span<const FileRow> rows);

// One connection for each feed that names a source (into the device) or a send (out of it); a note
// in `file` for each that names nothing. `sources`, `sends`: the rows made of the state's lists.
std::vector<FileRow> connections_of(const Json& state, const std::string& production_id,
                                    std::span<const FileRow> sources,
                                    std::span<const FileRow> sends, ImportFile& file);

}  // namespace genlock::transfer
