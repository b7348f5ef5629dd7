#include "projections/fold_beside.h"

#include <vector>

namespace genlock {

Result<MendReport> mend(Overlay& overlay, Engine& engine, const OnProgress& on_progress) {
  MendReport report;
  std::vector<std::pair<Space, std::string>> strays;
  FoldedKeys keys;
  keys.made = [&](Space space, const std::string& key, const std::string& folded) -> Result<bool> {
    ++report.keys;
    TRY_ASSIGN(auto stored, overlay.get(space, key));
    if (stored == folded) return true;
    overlay.put(space, key, folded);
    ++report.mended_keys;
    return true;
  };
  keys.stray = [&](Space space, std::string_view key) -> Result<bool> {
    strays.emplace_back(space, key);
    return true;
  };
  TRY(fold_beside(overlay, engine, report.progress, on_progress, keys));
  for (auto& [space, key] : strays) overlay.erase(space, std::move(key));
  report.mended_keys += strays.size();
  return report;
}

}  // namespace genlock
