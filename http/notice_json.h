// A notice (engine/notice.h) as JSON: docs/api.md, section 11.
#pragma once

#include "engine/notice.h"

#include <string>
#include <vector>

namespace genlock::http {

std::string notice_json(const Notice& notice);
// [notice, ..]
std::string notices_json(const std::vector<Notice>& notices);
// Those that nobody has acknowledged, the latest first.
Result<std::vector<Notice>> open_notices(const Reader& reader);

}  // namespace genlock::http
