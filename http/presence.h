// Who looks at what, and edits where: for colleagues, for half a minute. In memory only: it is no
// event, does not travel between nodes, and is gone after a restart. An entry belongs to a person
// at a device in one production; who does not renew it has left.
#pragma once

#include "engine/clock.h"
#include "engine/event.h"
#include "engine/result.h"
#include "http/live_limits.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace genlock::http {

// All empty: somewhere in the production.
struct Place {
  std::string table;           // a table's name
  std::optional<Uuid> record;  // with a table
  std::string column;          // with a table

  bool operator==(const Place&) const = default;
};

struct Presence {
  Person by;
  Place place;
  UnixMs since_ms = 0;  // at this place
  UnixMs until_ms = 0;  // unless it is renewed
};

// Thread-safe. Times are the caller's; an entry that would last longer than it may (the clock was
// set back) is gone.
class PresenceBoard {
 public:
  // Moves on whenever somebody came, went or moved in a production.
  using Version = std::uint64_t;
  struct Crowd {
    StreamId production;
    std::vector<Presence> people;  // by arrival
  };

  explicit PresenceBoard(const LiveLimits& limits) : limits_(limits) {}

  // nullopt: too many people are there, or in all productions.
  std::optional<Presence> put(StreamId production, const Person& by, const Place& place,
                              UnixMs now_ms);
  // False: they were not there.
  bool leave(StreamId production, const Person& by);
  std::vector<Presence> of(StreamId production, UnixMs now_ms);

  // The latest change of any production, once those who are gone are struck off.
  Version version(UnixMs now_ms);
  // Productions that changed after `seen`, and still have somebody.
  std::vector<Crowd> changed_since(Version seen) const;
  bool has_anybody(StreamId production) const;

 private:
  struct Room {
    std::vector<Presence> people;
    Version changed = 0;
  };

  void strike_off(UnixMs now_ms);

  const LiveLimits limits_;
  mutable std::mutex mutex_;  // guards all below
  std::map<StreamId, Room> rooms_;
  std::size_t people_count_ = 0;
  Version latest_ = 0;
};

// {"by","table","record_id","column","since"}, and "until" where it is asked for: what a feed tells
// is over when the next list comes.
void append_presence(std::string& out, const Presence& presence, bool with_until);
std::string presence_json(const std::vector<Presence>& people, bool with_until);

}  // namespace genlock::http
