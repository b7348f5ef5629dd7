#include "http/presence.h"

#include "projections/json_text.h"

#include <algorithm>

namespace genlock::http {
namespace {

void append_text_or_null(std::string& out, std::string_view text) {
  text.empty() ? void(out += "null") : append_json_string(out, text);
}

void append_member(std::string& out, std::string_view name, UnixMs time_ms) {
  out.append(",\"").append(name).append("\":");
  append_json(out, ColumnType::time, Value{std::int64_t{time_ms}});
}

}  // namespace

std::optional<Presence> PresenceBoard::put(StreamId production, const Person& by,
                                           const Place& place, UnixMs now_ms) {
  const std::lock_guard lock(mutex_);
  strike_off(now_ms);
  const UnixMs until_ms = now_ms + limits_.presence_ms.count();
  const auto room = rooms_.find(production);
  if (room != rooms_.end()) {
    auto known = std::ranges::find(room->second.people, by, &Presence::by);
    if (known != room->second.people.end()) {
      known->until_ms = until_ms;
      if (known->place == place) return *known;
      known->place = place;
      known->since_ms = now_ms;
      room->second.changed = ++latest_;
      return *known;
    }
    if (room->second.people.size() >= limits_.people_per_production) return std::nullopt;
  }
  if (people_count_ >= limits_.people_count) return std::nullopt;
  Room& entered = rooms_[production];
  entered.people.push_back({by, place, now_ms, until_ms});
  entered.changed = ++latest_;
  ++people_count_;
  return entered.people.back();
}

bool PresenceBoard::leave(StreamId production, const Person& by) {
  const std::lock_guard lock(mutex_);
  const auto room = rooms_.find(production);
  if (room == rooms_.end()) return false;
  const auto gone =
      std::erase_if(room->second.people, [&](const Presence& one) { return one.by == by; });
  if (gone == 0) return false;
  people_count_ -= gone;
  room->second.changed = ++latest_;
  if (room->second.people.empty()) rooms_.erase(room);
  return true;
}

std::vector<Presence> PresenceBoard::of(StreamId production, UnixMs now_ms) {
  const std::lock_guard lock(mutex_);
  strike_off(now_ms);
  const auto room = rooms_.find(production);
  return room == rooms_.end() ? std::vector<Presence>{} : room->second.people;
}

PresenceBoard::Version PresenceBoard::version(UnixMs now_ms) {
  const std::lock_guard lock(mutex_);
  strike_off(now_ms);
  return latest_;
}

std::vector<PresenceBoard::Crowd> PresenceBoard::changed_since(Version seen) const {
  const std::lock_guard lock(mutex_);
  std::vector<Crowd> crowds;
  for (const auto& [production, room] : rooms_)
    if (room.changed > seen) crowds.push_back({production, room.people});
  return crowds;
}

bool PresenceBoard::has_anybody(StreamId production) const {
  const std::lock_guard lock(mutex_);
  return rooms_.contains(production);
}

void PresenceBoard::strike_off(UnixMs now_ms) {
  const UnixMs longest_ms = now_ms + limits_.presence_ms.count();
  for (auto room = rooms_.begin(); room != rooms_.end();) {
    const std::size_t gone = std::erase_if(room->second.people, [&](const Presence& one) {
      return one.until_ms <= now_ms || one.until_ms > longest_ms;
    });
    people_count_ -= gone;
    if (gone > 0) room->second.changed = ++latest_;
    room = room->second.people.empty() ? rooms_.erase(room) : std::next(room);
  }
}

void append_presence(std::string& out, const Presence& presence, bool with_until) {
  out += "{\"by\":";
  append_json(out, presence.by);
  out += ",\"table\":";
  append_text_or_null(out, presence.place.table);
  out += ",\"record_id\":";
  append_json(out, presence.place.record.value_or(Uuid{}));
  out += ",\"column\":";
  append_text_or_null(out, presence.place.column);
  append_member(out, "since", presence.since_ms);
  if (with_until) append_member(out, "until", presence.until_ms);
  out += '}';
}

std::string presence_json(const std::vector<Presence>& people, bool with_until) {
  std::string out = "[";
  for (const Presence& one : people) {
    if (out.size() > 1) out += ',';
    append_presence(out, one, with_until);
  }
  return out + "]";
}

}  // namespace genlock::http
