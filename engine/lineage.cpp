#include "engine/lineage.h"

namespace genlock {
namespace {
constexpr std::string_view closed_prefix = "origins/";
}

Result<std::vector<OriginId>> left_origins(const Reader& reader) {
  std::vector<OriginId> left;
  TRY(reader.scan_prefix(Space::meta, closed_prefix, [&](std::string_view key, std::string_view) {
    if (const auto origin = OriginId::parse(key.substr(closed_prefix.size())))
      left.push_back(*origin);
    return true;
  }));
  return left;
}

OriginId begin_origin(Overlay& overlay, OriginId closed, Random& random, UnixMs now) {
  const OriginId fresh{Uuid::make_v4(random)};
  overlay.put(Space::meta, std::string(closed_prefix) + closed.to_string(), std::to_string(now));
  overlay.put(Space::meta, "origin", fresh.to_string());
  return fresh;
}

Result<void> tell_renewal(Overlay& overlay, OriginId closed, UnixMs now, const Renewal& why) {
  if (why.reason == NoticeKind::none) return {};  // as somebody decided: there is nothing to mend
  Notice notice;
  notice.kind = why.reason;
  notice.at_ms = now;
  notice.origin = closed;
  notice.events = why.events;
  notice.detail = why.detail;
  return put_notice(overlay, std::move(notice));
}

}  // namespace genlock
