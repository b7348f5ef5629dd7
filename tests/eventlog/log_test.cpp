#include "eventlog/log.h"

#include "catch.h"
#include "eventlog/log_keys.h"
#include "eventlog/memory_store.h"
#include "eventlog/verify_chain.h"
#include "support/events.h"
#include "support/hex.h"

using namespace genlock;
using namespace genlock::literals;

namespace {

constexpr StreamId show = stream_of(1);

void append(MemoryStore& store, const Event& event) {
  const Log log;
  Overlay overlay(store);
  Appends appends = *log.begin(overlay, event.stream);
  log.append(overlay, appends, event, *encode(event), 1'700'000'005'000);
  log.finish(overlay, appends);
  REQUIRE(store.commit(overlay.batch(), true).ok());
}

MemoryStore& with_events(MemoryStore& store, std::uint64_t count) {
  for (std::uint64_t i = 1; i <= count; ++i) append(store, make_edit(show, Alice, i));
  return store;
}

std::string verify_message(const Reader& reader) {
  const auto verified = verify_chain(reader, show, Alice);
  REQUIRE_FALSE(verified.ok());
  REQUIRE(verified.error().code == ErrorCode::corruption);
  return verified.error().message;
}

void erase(MemoryStore& store, const std::string& key) {
  Batch batch;
  batch.at(Space::events)[key] = std::nullopt;
  REQUIRE(store.commit(batch, true).ok());
}

bool names(const std::string& message, const EventId& id) {
  return message.find(id.to_string()) != std::string::npos;
}

}  // namespace

TEST_CASE("the keys and values in the document are those of the log it tells of", "[eventlog]") {
  MemoryStore store;
  Event first = make_edit(show, Alice, 1);
  first.command_key = record_of(9).uuid;
  append(store, first);
  append(store, make_edit_after(show, Bob, 1, Alice, 1));
  std::string all;
  REQUIRE(store
              .scan(Space::events, "", "",
                    [&](std::string_view key, std::string_view value) {
                      all.append(key).append(key[0] == 'e' ? value.substr(0, 64) : value);
                      return true;
                    })
              .ok());
  const std::string documented =
      hex_example(GENLOCK_TEST_DATA "/../../docs/formats/log-keys.md", "## A worked example");
  REQUIRE(to_hex(all) == to_hex(documented));
}

TEST_CASE("the keys of the compacted log in the document are those that compaction leaves",
          "[eventlog][compaction]") {
  MemoryStore store;
  append(store, make_edit(show, Alice, 1));
  append(store, make_edit_after(show, Bob, 1, Alice, 1));
  append(store, make_edit_after(show, Alice, 2, Bob, 1));
  append(store, make_edit(show, Alice, 3));
  const RecordFacts facts{
      {TableId{6}, record_of(1)}, 1, {{{Alice, 1_seq}, 0}, {{Alice, 3_seq}, 1}, {{Bob, 1_seq}, 0}}};
  const Log log;
  Overlay overlay(store);
  log.raise_floor(overlay, show, log.head(store, show)->vector());
  log.put_facts(overlay, show, facts);
  REQUIRE(log.drop(overlay, show, {{Alice, 2_seq}}).ok());
  std::string all;
  REQUIRE(overlay
              .scan(Space::events, "", "",
                    [&](std::string_view key, std::string_view value) {
                      if (key[0] != 'e' && key[0] != 'h') all.append(key).append(value);
                      return true;
                    })
              .ok());
  const std::string documented =
      hex_example(GENLOCK_TEST_DATA "/../../docs/formats/log-keys.md", "## A compacted log");
  REQUIRE(to_hex(all) == to_hex(documented));
  REQUIRE(log.read(overlay, {show, {Alice, 2_seq}}).error().code == ErrorCode::compacted);
  REQUIRE(log.context_of(overlay, {show, {Alice, 3_seq}})->last_seen(Bob) == 1_seq);
}

TEST_CASE("a sound chain verifies, event by event", "[eventlog][verify]") {
  MemoryStore store;
  with_events(store, 5);
  std::vector<Sequence> seen;
  const auto verified =
      verify_chain(store, show, Alice, [&](Sequence sequence) { seen.push_back(sequence); });
  REQUIRE(verified.ok());
  REQUIRE(verified->event_count == 5);
  REQUIRE(verified->chain == Log().head(store, show)->find(Alice)->chain);
  REQUIRE(seen == std::vector{1_seq, 2_seq, 3_seq, 4_seq, 5_seq});
  REQUIRE(verify_chain(store, show, Bob)->event_count == 0);
}

TEST_CASE("verification names the first bad event", "[eventlog][verify][corruption]") {
  MemoryStore store;
  with_events(store, 5);
  const EventId third{show, {Alice, 3_seq}};
  SECTION("a flipped bit") {
    store.flip_bit(Space::events, log_keys::event(third), 1000);
    REQUIRE(names(verify_message(store), third));
  }
  SECTION("a missing event") {
    erase(store, log_keys::event(third));
    REQUIRE(names(verify_message(store), {show, {Alice, 4_seq}}));
  }
  SECTION("a missing end") {
    erase(store, log_keys::event({show, {Alice, 5_seq}}));
    REQUIRE(names(verify_message(store), {show, {Alice, 4_seq}}));
  }
  SECTION("another event with this position") {
    Batch batch;
    batch.at(Space::events)[log_keys::order(Position{3})] =
        log_values::run({Position{3}, {show, {Alice, 9_seq}}, 3});
    REQUIRE(store.commit(batch, true).ok());
    REQUIRE(names(verify_message(store), third));
  }
  SECTION("no event with these positions") {
    erase(store, log_keys::order(Position{1}));
    REQUIRE(names(verify_message(store), {show, {Alice, 1_seq}}));
  }
  SECTION("an event rewritten by somebody who knows the format") {
    const std::string key = log_keys::event(third);
    StoredEvent event = *log_values::parse_event(key, **store.get(Space::events, key));
    const std::string other = *encode(make_edit(show, Alice, 3, "CAM 9"));
    Batch batch;
    batch.at(Space::events)[key] =
        log_values::event(key, event.chain, event.position, event.stored_at_ms, other);
    REQUIRE(store.commit(batch, true).ok());
    REQUIRE(Log().read(store, third).ok());
    REQUIRE(names(verify_message(store), third));
  }
}

TEST_CASE("the memory store's faults have the outcomes they name", "[store][faults]") {
  MemoryStore store;
  Batch first, second;
  first.at(Space::rows)["first"] = "1";
  second.at(Space::rows)["second"] = "2";
  const auto has = [&](const char* key) { return store.get(Space::rows, key)->has_value(); };

  SECTION("a failed commit that was lost") {
    store.fail_next_commit(MemoryStore::Fault::fail_before_applying);
    REQUIRE(store.commit(first, true).error().code == ErrorCode::unavailable);
    REQUIRE_FALSE(has("first"));
  }
  SECTION("a failed commit that is there") {
    store.fail_next_commit(MemoryStore::Fault::fail_after_applying);
    REQUIRE(store.commit(first, true).error().code == ErrorCode::unavailable);
    REQUIRE(has("first"));
  }
  if (store.refuses_writes()) {
    REQUIRE(store.commit(second, true).error().code == ErrorCode::unavailable);
    REQUIRE_FALSE(has("second"));
    store.reopen();
    REQUIRE(store.commit(second, true).ok());
  }
  SECTION("a crash loses what was not durable") {
    REQUIRE(store.commit(first, true).ok());
    REQUIRE(store.commit(second, false).ok());
    store.crash();
    REQUIRE(has("first"));
    REQUIRE_FALSE(has("second"));
  }
}

TEST_CASE("a snapshot of the memory store outlives a crash and the store", "[store][faults]") {
  auto store = std::make_unique<MemoryStore>();
  Batch batch;
  batch.at(Space::rows)["key"] = "1";
  REQUIRE(store->commit(batch, false).ok());
  const auto view = store->snapshot();
  store->crash();
  store.reset();
  REQUIRE(**view->get(Space::rows, "key") == "1");
}
