#include "eventlog/value_cache.h"

#include "catch.h"

#include <string>

using namespace genlock;

namespace {

using Value = ValueCache::Value;

std::optional<Value> find(ValueCache& cache, std::string_view key) {
  ValueCache::Ticket ticket = 0;
  return cache.find(Space::rows, key, ticket);
}

// As a store reads: asks, reads, remembers.
void read(ValueCache& cache, std::string_view key, const Value& value) {
  ValueCache::Ticket ticket = 0;
  cache.find(Space::rows, key, ticket);
  cache.remember(Space::rows, key, value, ticket);
}

Batch batch_of(const std::string& key, const Value& value) {
  Batch batch;
  batch.at(Space::rows)[key] = value;
  return batch;
}

}  // namespace

TEST_CASE("what was read is known, absent keys too, each space apart", "[value_cache]") {
  ValueCache cache(1 << 20);
  REQUIRE_FALSE(find(cache, "key"));
  read(cache, "key", "1");
  read(cache, "none", std::nullopt);
  REQUIRE(*find(cache, "key") == Value("1"));
  REQUIRE(*find(cache, "none") == std::nullopt);
  ValueCache::Ticket ticket = 0;
  REQUIRE_FALSE(cache.find(Space::state, "key", ticket));
}

TEST_CASE("a commit replaces what is known, and nothing is known of its keys meanwhile",
          "[value_cache]") {
  ValueCache cache(1 << 20);
  read(cache, "key", "1");
  const Batch batch = batch_of("key", "2");
  cache.begin_commit(batch);
  REQUIRE_FALSE(find(cache, "key"));
  read(cache, "key", "1");  // of before
  read(cache, "other", "1");
  REQUIRE_FALSE(find(cache, "key"));
  REQUIRE_FALSE(find(cache, "other"));
  cache.end_commit(true);
  REQUIRE(*find(cache, "key") == Value("2"));

  const Batch erase = batch_of("key", std::nullopt);
  cache.begin_commit(erase);
  cache.end_commit(true);
  REQUIRE(*find(cache, "key") == std::nullopt);
}

TEST_CASE("a read that a commit overtook is not remembered", "[value_cache]") {
  ValueCache cache(1 << 20);
  ValueCache::Ticket ticket = 0;
  cache.find(Space::rows, "key", ticket);
  const Batch batch = batch_of("key", "2");
  cache.begin_commit(batch);
  cache.end_commit(true);
  cache.remember(Space::rows, "key", "1", ticket);
  REQUIRE_FALSE(find(cache, "key"));
}

TEST_CASE("of a commit that failed nothing is known", "[value_cache]") {
  ValueCache cache(1 << 20);
  read(cache, "key", "1");
  const Batch batch = batch_of("key", "2");
  cache.begin_commit(batch);
  cache.end_commit(false);
  REQUIRE_FALSE(find(cache, "key"));
}

TEST_CASE("the cache is bounded and keeps what is asked for", "[value_cache]") {
  constexpr std::size_t count = 20'000, max_bytes = 1'000'000;
  ValueCache cache(max_bytes);
  const auto key = [](std::size_t i) { return "key " + std::to_string(i); };
  read(cache, "busy", "1");
  for (std::size_t i = 0; i < count; ++i) {
    read(cache, key(i), "a value of some twenty bytes");
    REQUIRE(find(cache, "busy"));
  }
  std::size_t known = 0;
  for (std::size_t i = 0; i < count; ++i) known += find(cache, key(i)).has_value();
  REQUIRE(known > 0);
  REQUIRE(known < max_bytes / 100);
  read(cache, "large", std::string(2'000, 'x'));
  REQUIRE_FALSE(find(cache, "large"));
}
