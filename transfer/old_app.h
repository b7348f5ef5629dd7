// Reads what the app before Genlock kept in the browser: the store `video-production-storage` of
// one production, with its lists and the equipment library. In three wrappings:
//   the whole storage  {"video-production-storage": "<JSON text>", "app-preferences": ...}
//   the store alone    {"state": {...}, "version": 0}, or the same as one JSON text
//   the old script's   {"productions": "<JSON text of the store>"}
//
// production, sources, sends and equipmentSpecs become rows; feeds of switchers and routers that
// name a source or a send become connections. Ids are made from the production and the old id
// ("SRC 1"), which becomes the label. Every other list is kept as it is, as an attachment of the
// production, and so are members and values of rows that no column takes. What only the screen or
// that one browser had use for (theme, open tabs, tokens) is not taken, and named in a note.
#pragma once

#include "transfer/show_file.h"

namespace genlock::transfer {

bool is_old_app(const Json& json);
// ERRORS: bad_request, with what is missing where, and how to get it.
Result<ImportFile> read_old_app(const std::string& name, Json json);

}  // namespace genlock::transfer
