// A store as it would be without anything derived: the log is there, state and rows are not. What
// is folded over it is folded from nothing.
#pragma once

#include "engine/store.h"

namespace genlock {

inline constexpr Space derived_spaces[] = {Space::state, Space::rows};

class LogOnly : public Reader {
 public:
  explicit LogOnly(const Reader& below) : below_(below) {}
  Result<std::optional<std::string>> get(Space space, std::string_view key) const override {
    if (is_derived(space)) return std::optional<std::string>{};
    return below_.get(space, key);
  }
  Result<void> scan(Space space, std::string_view first, std::string_view end,
                    const Visit& visit) const override {
    return is_derived(space) ? Result<void>{} : below_.scan(space, first, end, visit);
  }
  Result<void> scan_down(Space space, std::string_view first, std::string_view end,
                         const Visit& visit) const override {
    return is_derived(space) ? Result<void>{} : below_.scan_down(space, first, end, visit);
  }

 private:
  static bool is_derived(Space space) { return space == Space::state || space == Space::rows; }

  const Reader& below_;
};

}  // namespace genlock
