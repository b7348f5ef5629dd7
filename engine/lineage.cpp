#include "engine/lineage.h"

namespace genlock {

OriginId begin_origin(Overlay& overlay, OriginId closed, Random& random, UnixMs now) {
  const OriginId fresh{Uuid::make_v4(random)};
  overlay.put(Space::meta, "origins/" + closed.to_string(), std::to_string(now));
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
