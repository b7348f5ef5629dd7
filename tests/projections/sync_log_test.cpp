#include "projections/sync_log.h"

#include "catch.h"
#include "eventlog/memory_store.h"
#include "support/replica.h"

#include <nlohmann/json.hpp>

using namespace genlock;
using namespace genlock::test;

namespace {

void put(Store& store, const SyncLogEntry& entry) {
  Overlay overlay(store);
  REQUIRE(SyncLog::put(overlay, entry).ok());
  REQUIRE(store.commit(overlay.take_batch(), true).ok());
}

nlohmann::json list(const Store& store, const ListOptions& options = {}) {
  return nlohmann::json::parse(SyncLog::list(store, options).value().json);
}

}  // namespace

TEST_CASE("the sync log is the table of the source document, newest first", "[projections]") {
  MemoryStore store;
  SyncLogEntry entry{
      .id = uuid_named(1, 1), .direction = SyncDirection::upload, .started_ms = 1'000};
  put(store, entry);
  entry.completed_ms = 2'000;
  entry.status = SyncStatus::partial;
  entry.records_synced = 42;
  entry.errors = R"({"gap":1})";
  entry.server_id = "Truck 2";
  put(store, entry);
  put(store, {.id = uuid_named(1, 2), .started_ms = 5'000});
  nlohmann::json log = list(store);
  REQUIRE(log.size() == 2);
  REQUIRE(log[0]["status"] == "started");
  REQUIRE(log[0]["completed_at"].is_null());
  REQUIRE(log[1] == nlohmann::json::parse(
                        R"({"id":"01000000-0000-0000-0000-000000000001","sync_direction":"upload",
      "started_at":"1970-01-01T00:00:01.000Z","completed_at":"1970-01-01T00:00:02.000Z","status":"partial",
      "records_synced":42,"conflicts_detected":0,"errors":{"gap":1},"server_id":"Truck 2",
      "created_at":"1970-01-01T00:00:01.000Z"})"));
  ListOptions failed;
  failed.filters.push_back(parse_filter(SyncLog::fields(), "status", "eq.partial").value());
  REQUIRE(list(store, failed).size() == 1);
}

TEST_CASE("the sync log keeps the newest entries", "[projections]") {
  MemoryStore store;
  Overlay overlay(store);
  for (std::size_t n = 0; n < SyncLog::max_entries + 3; ++n) {
    REQUIRE(
        SyncLog::put(overlay, {.id = uuid_named(1, 1), .started_ms = static_cast<UnixMs>(n)}).ok());
  }
  REQUIRE(store.commit(overlay.take_batch(), true).ok());
  ListOptions all;
  all.limit = no_limit;
  nlohmann::json log = list(store, all);
  REQUIRE(log.size() == SyncLog::max_entries);
  REQUIRE(log.back()["started_at"] == "1970-01-01T00:00:00.003Z");
}
