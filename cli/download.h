// A file of any size from a running node.
#pragma once

#include "engine/result.h"

#include <functional>
#include <string>
#include <string_view>

namespace genlock::cli {

// GET of `target`, piece by piece. ERRORS: invalid_argument (`url` is no address of a node), those
// of the answer and of `take`; unavailable where it was cut.
Result<void> download_from(const std::string& url, const std::string& target,
                           const std::function<Result<void>(std::string_view bytes)>& take);

}  // namespace genlock::cli
