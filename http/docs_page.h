// The page /api/docs: reads /api/openapi.json of the same node and shows it, searchable, in light
// and dark. One file without any other: it works where there is no internet.
#pragma once

#include <string>

namespace genlock::http {

// HTML. Its script puts text into the page as text only, never as markup.
std::string docs_page();

}  // namespace genlock::http
