#include "eventlog/continuity.h"

namespace genlock {

namespace {

bool differs(const std::optional<std::string>& then, const std::string& now) {
  return then && !then->empty() && !now.empty() && *then != now;
}

}  // namespace

std::optional<Renewal> broken_continuity(const Continuity& facts) {
  if (facts.witness && facts.last < facts.witness->position) {
    const std::uint64_t lost = number(facts.witness->position) - number(facts.last);
    return Renewal{NoticeKind::lost_tail,
                   "The log ended at " + std::to_string(number(facts.witness->position)) +
                       " and ends at " + std::to_string(number(facts.last)) + " now.",
                   lost};
  }
  if (facts.witness && facts.hash != facts.witness->hash)
    return Renewal{NoticeKind::replaced, "The log holds other events than before.", 0};
  if (differs(facts.database_then, facts.database_now))
    return Renewal{NoticeKind::replaced, "Its database has another identity.", 0};
  if (differs(facts.place_then, facts.place_now))
    return Renewal{NoticeKind::copied, "It stood on another machine or in another directory.", 0};
  return std::nullopt;
}

Result<std::optional<Witness>> witness_of(const EventLog& log, const Reader& reader,
                                          OriginId origin) {
  TRY_ASSIGN(const Position last, log.last_position(reader));
  TRY_ASSIGN(const auto hash, hash_at(log, reader, last));
  if (!hash) return std::optional<Witness>{};
  return std::optional(Witness{origin, last, *hash});
}

Result<std::optional<ChainHash>> hash_at(const EventLog& log, const Reader& reader,
                                         Position position) {
  std::optional<ChainHash> hash;
  if (position == Position::none) return hash;
  TRY(log.read_after(reader, Position{number(position) - 1},
                     [&](const EventId&, const StoredEvent& stored) {
                       hash = stored.chain;
                       return false;
                     }));
  return hash;
}

}  // namespace genlock
