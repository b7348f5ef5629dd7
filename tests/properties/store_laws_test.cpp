// Stores and overlays against the simplest model of all: a std::map.
#include "catch.h"
#include "eventlog/memory_store.h"
#include "eventlog/persistent_map.h"
#include "support/generators.h"

#include <map>
// After Catch: the adapter needs it.
#include <rapidcheck/catch.h>

using namespace genlock;

namespace {

using Model = std::map<std::string, std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;
// A key; its new value, or nothing for an erase.
using Write = std::pair<std::string, std::optional<std::string>>;

rc::Gen<std::vector<Write>> writes() {
  const auto values = rc::gen::map(rc::gen::arbitrary<std::uint8_t>(), [](std::uint8_t n) {
    return n % 3 == 0 ? std::nullopt : std::optional(std::to_string(n));
  });
  return rc::gen::container<std::vector<Write>>(rc::gen::pair(short_keys(), values));
}

void apply(const std::vector<Write>& list, auto put, auto erase) {
  for (const auto& [key, value] : list) value ? put(key, *value) : erase(key);
}

void apply(Model& model, const std::vector<Write>& list) {
  apply(
      list, [&](auto& key, auto& value) { model[key] = value; },
      [&](auto& key) { model.erase(key); });
}

void apply(Overlay& overlay, const std::vector<Write>& list) {
  apply(
      list, [&](auto& key, auto& value) { overlay.put(Space::rows, key, value); },
      [&](auto& key) { overlay.erase(Space::rows, key); });
}

Pairs range_of(const Model& model, const std::string& first, const std::string& end) {
  Pairs pairs;
  for (const auto& [key, value] : model) {
    if (key >= first && (end.empty() || key < end)) pairs.emplace_back(key, value);
  }
  return pairs;
}

// At most `max` pairs of a scan, and of the scan down.
std::pair<Pairs, Pairs> scans(const Reader& reader, const std::string& first,
                              const std::string& end, std::size_t max) {
  Pairs up, down;
  const auto collect = [max](Pairs& pairs) {
    return [&pairs, max](std::string_view key, std::string_view value) {
      pairs.emplace_back(key, value);
      return pairs.size() < max;
    };
  };
  RC_ASSERT(reader.scan(Space::rows, first, end, collect(up)).ok());
  RC_ASSERT(reader.scan_down(Space::rows, first, end, collect(down)).ok());
  return {up, down};
}

void require_same(const Reader& reader, const Model& model) {
  const std::string first = *short_keys(), end = *short_keys();
  const auto max = *rc::gen::inRange<std::size_t>(1, 20);
  Pairs expected = range_of(model, first, end);
  Pairs expected_down(expected.rbegin(), expected.rend());
  expected.resize(std::min(expected.size(), max));
  expected_down.resize(std::min(expected_down.size(), max));
  const auto [up, down] = scans(reader, first, end, max);
  RC_ASSERT(up == expected);
  RC_ASSERT(down == expected_down);
  const auto value = reader.get(Space::rows, first);
  RC_ASSERT(value->has_value() == model.contains(first));
  if (*value) RC_ASSERT(**value == model.at(first));
}

}  // namespace

TEST_CASE("an overlay shows what its commit would make of the store", "[laws][store]") {
  rc::prop("one overlay, and one upon it", [] {
    Model model;
    MemoryStore store;
    const auto below = *writes(), middle = *writes(), above = *writes();
    apply(model, below);
    Overlay setup(store);
    apply(setup, below);
    RC_ASSERT(store.commit(setup.batch(), false).ok());

    Overlay lower(store);
    apply(lower, middle);
    apply(model, middle);
    require_same(lower, model);

    Overlay upper = lower.nested();
    apply(upper, above);
    apply(model, above);
    require_same(upper, model);

    lower.absorb(std::move(upper));
    require_same(lower, model);
    RC_ASSERT(store.commit(lower.batch(), false).ok());
    require_same(store, model);
  });
}

TEST_CASE("every version of a persistent map stays as it was", "[laws][store]") {
  rc::prop("versions against copies of a map", [](void) {
    std::vector<std::pair<PersistentMap, Model>> versions(1);
    for (const auto& list :
         *rc::gen::scale(0.3, rc::gen::container<std::vector<std::vector<Write>>>(writes()))) {
      auto [map, model] = versions.back();
      apply(
          list, [&](auto& key, auto& value) { map.put(key, value); },
          [&](auto& key) { map.erase(key); });
      apply(model, list);
      versions.emplace_back(std::move(map), std::move(model));
      // What only the one that goes shared with the next is changed in place from here on.
      if (list.size() % 3 == 0) versions.erase(versions.begin());
    }
    for (const auto& [map, model] : versions) {
      Pairs all;
      map.scan("", "", [&](std::string_view key, std::string_view value) {
        all.emplace_back(key, value);
        return true;
      });
      RC_ASSERT(all == range_of(model, "", ""));
    }
  });
}
