#include "engine/lineage.h"

namespace genlock {

Result<OriginId> begin_origin(Overlay& overlay, OriginId closed, Random& random, UnixMs now,
                              const Renewal& why) {
  const OriginId fresh{Uuid::make_v4(random)};
  overlay.put(Space::meta, "origins/" + closed.to_string(), std::to_string(now));
  overlay.put(Space::meta, "origin", fresh.to_string());
  Notice notice;
  notice.kind = why.reason;
  notice.at_ms = now;
  notice.origin = closed;
  notice.events = why.events;
  notice.detail = why.detail;
  TRY(put_notice(overlay, std::move(notice)));
  return fresh;
}

}  // namespace genlock
