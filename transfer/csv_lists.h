// Lists in one cell: "HDMI | SDI". Internal to transfer/csv_*.cpp.
#pragma once

#include "engine/result.h"
#include "projections/json.h"

#include <string>
#include <vector>

namespace genlock::transfer {

struct Listed {
  std::int64_t index;  // `first`, and one more for each; "3: SDI" says its own
  std::string name;
};

// Entries stand between | or , or ; and "2 x SDI" is two. ERRORS: invalid_argument.
Result<std::vector<Listed>> read_list_cell(const std::string& cell, std::int64_t first);
// An index is written only where reading would give another.
std::string list_cell(std::vector<Listed> list, std::int64_t first);

// {"h_res", "v_res", "rate"} of "1920x1080@59.94". ERRORS: invalid_argument.
Result<Json> read_resolution(const std::string& cell);

}  // namespace genlock::transfer
