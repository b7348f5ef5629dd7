#include "eventlog/continuity.h"

#include "eventlog/log.h"
#include "eventlog/node_meta.h"

namespace genlock {

namespace {

bool differs(const std::optional<std::string>& then, const std::string& now) {
  return then && !then->empty() && !now.empty() && *then != now;
}

Result<Continuity> facts_of(const Store& store, const Surroundings& around) {
  Continuity facts;
  facts.database_now = around.database;
  facts.place_now = around.place;
  TRY_ASSIGN(facts.database_then, read_setting(store, database_setting));
  TRY_ASSIGN(facts.place_then, read_setting(store, place_setting));
  facts.witness = around.witness;
  facts.was_torn = around.was_torn;
  const Log log;
  TRY_ASSIGN(facts.last, log.last_position(store));
  if (facts.witness) {
    TRY_ASSIGN(facts.hash, hash_at(log, store, facts.witness->position));
  }
  return facts;
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
  if (facts.witness && facts.hash && *facts.hash != facts.witness->hash)
    return Renewal{NoticeKind::replaced, "The log holds other events than before.", 0};
  if (facts.was_torn)
    return Renewal{NoticeKind::lost_tail,
                   "The write-ahead log ended in bytes that were no whole record; they are kept in "
                   "TORN.kept.",
                   0};
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
                       if (stored.position == position) hash = stored.chain;
                       return false;
                     }));
  return hash;
}

Result<Reopened> keep_continuity(Store& store, const Surroundings& around, Random& random,
                                 UnixMs now) {
  TRY_ASSIGN(const Continuity facts, facts_of(store, around));
  Reopened reopened;
  reopened.renewed = broken_continuity(facts);
  if (reopened.renewed) {
    TRY_ASSIGN(reopened.identity, renew_origin(store, random, now, *reopened.renewed));
  } else {
    TRY_ASSIGN(reopened.identity, read_identity(store));
  }
  if (reopened.renewed || facts.database_then != facts.database_now)
    TRY(write_setting(store, database_setting, facts.database_now));
  if (reopened.renewed || facts.place_then != facts.place_now)
    TRY(write_setting(store, place_setting, facts.place_now));
  return reopened;
}

}  // namespace genlock
