// The productions that can be had from a node, as people choose among them: a few columns of each
// and how much there is to fetch.
#pragma once

#include "engine/clock.h"
#include "engine/ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace genlock {

struct CatalogEntry {
  StreamId production;
  std::string label, client, show_name, status;  // empty: null
  std::optional<UnixMs> load_in_ms, load_out_ms;
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;  // beyond a few hundred events: estimated from those
  bool operator==(const CatalogEntry&) const = default;
};

// A part of it, ascending by id.
struct CatalogPage {
  // What a message may hold: texts are 1,000 bytes at most, so this is 2 MiB in the worst case.
  static constexpr std::size_t max_entries = 500;
  // Pages that are asked for: 10,000 productions are more than anybody looks through.
  static constexpr std::size_t max_pages = 20;

  std::vector<CatalogEntry> entries;
  bool more = false;  // there are greater ids
  bool operator==(const CatalogPage&) const = default;
};

}  // namespace genlock
