// What one client may cost the node through feeds and presence. Each limit has its unit and its
// reason; tests lower them.
#pragma once

#include <chrono>
#include <cstddef>

namespace genlock::http {

struct LiveLimits {
  // Feeds and parked long polls of `/api/changes` together; then 503 `feed-full`.
  std::size_t feed_count = 500;
  // Feeds that one address may open: all tablets of a venue, behind one proxy, at once after a
  // restart, and then ten a second; beyond it 429. Long polls are not counted: each is one read.
  double feeds_per_second = 10, feeds_at_once = 200;
  std::chrono::milliseconds status_every{1'000};  // how often `event: status` may come

  // Presence updates of one person at one device: a cursor that moves from field to field. And of
  // one address, against clients that make up names. Beyond either 429.
  double presence_per_second = 4, presence_at_once = 20;
  double address_presence_per_second = 200, address_presence_at_once = 1'000;
  std::chrono::milliseconds presence_ms{30'000};  // two updates of a client may get lost
  std::size_t people_per_production = 200;        // a crew, each with two devices; then 429
  std::size_t people_count = 5'000;               // in all productions: some 2 MB
};

}  // namespace genlock::http
