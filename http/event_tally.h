// What a number of events are about, for people: who wrote them, and how many rows of which table
// they made, changed and deleted. A row counts once, whatever was done to it how often.
#pragma once

#include "engine/event.h"
#include "engine/record.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>

namespace genlock::http {

class EventTally {
 public:
  static constexpr std::uint64_t max_counted = 20'000;  // some seconds of a small box

  // Beyond max_counted it only counts.
  void add(const Event& event);
  // Not looked at.
  void add_uncounted(std::uint64_t events) { events_ += events; }
  bool is_full() const { return counted_ >= max_counted; }

  const std::set<RecordKey>& rows() const { return rows_; }
  // An EventTally of http/shape_table.cpp; people by events, most first, tables by name.
  std::string to_json() const;

 private:
  struct Less {
    bool operator()(const Person& a, const Person& b) const {
      return std::tie(a.user, a.user_id, a.device) < std::tie(b.user, b.user_id, b.device);
    }
  };
  struct Of {
    std::uint64_t events = 0;
    std::set<RecordKey> rows;
  };

  std::uint64_t events_ = 0, counted_ = 0;
  std::map<Person, Of, Less> people_;
  std::set<RecordKey> rows_, created_, deleted_;
};

}  // namespace genlock::http
