// Frames: what goes in comes out, and nothing else gets in.
#include "replication/wire.h"

#include "catch.h"
#include "engine/bytes.h"
#include "replication/failure_code.h"
#include "replication/hashing.h"
#include "replication/limits.h"
#include "support/hex.h"
#include "support/literals.h"
#include "support/places.h"
#include "support/seeded_random.h"

namespace genlock::replication {
namespace {

Uuid id(std::uint8_t n) {
  Uuid uuid;
  uuid.bytes.fill(n);
  return uuid;
}

template <class Body>
Message message_of(Body body) {
  return {42, NodeId{id(1)}, OriginId{id(2)}, Digest{3, 4}, std::move(body)};
}

template <class Body>
void require_round_trip(const Body& body) {
  Result<Message> decoded = decode(encode(message_of(body)));
  REQUIRE(decoded.ok());
  REQUIRE(decoded->exchange == 42);
  REQUIRE(decoded->node == NodeId{id(1)});
  REQUIRE(decoded->origin == OriginId{id(2)});
  REQUIRE(decoded->subscription == Digest{3, 4});
  REQUIRE(std::get<Body>(decoded->body) == body);
}

Hello some_hello() {
  Hello hello;
  hello.role = Role::cloud;
  hello.clock_suspect = true;
  hello.schema = 1;
  hello.fold = 2;
  hello.clock_ms = 1'800'000'000'000;
  hello.name = "Truck 2";
  hello.software = "0.1.0";
  hello.stream_count = 3;
  hello.heads = {1, 2};
  hello.states = {3, 4};
  hello.known_subscription = {5, 6};
  hello.own_subscription = Subscription{false, {StreamId{id(1)}, StreamId{id(2)}}};
  return hello;
}

StreamState some_state() {
  return {StreamId{id(9)},
          {{Alice, Sequence{3}, {1, 2, 3, 4, 5, 6, 7, 8}}, {Bob, Sequence{1}, {}}},
          {7, 8}};
}

Exchange some_page(std::size_t events) {
  Exchange exchange;
  Chunk chunk{StreamId{id(9)}, {}, {{{Alice, Sequence{events}}, ChainHash{}}}};
  for (std::size_t i = 0; i < events; ++i)
    chunk.events.push_back(std::string(64 + 8 * (i % 3), static_cast<char>('a' + i % 20)));
  exchange.chunks.push_back(std::move(chunk));
  exchange.wants = {some_state()};
  exchange.acknowledged = {some_state()};
  exchange.failures = {{StreamId{id(9)}, ErrorCode::fork, "why"}};
  exchange.more = true;
  exchange.budget_bytes = 4096;
  return exchange;
}

TEST_CASE("every message comes back as it was", "[wire]") {
  require_round_trip(some_hello());
  require_round_trip(Hello{});
  require_round_trip(Compare{1, {1, 2}, {3, 4}, StreamId{id(5)}});
  require_round_trip(States{{0, 3}, {some_state()}, true});
  require_round_trip(Wait{{1, 2}, {StreamId{id(3)}}});
  require_round_trip(Refusal{ErrorCode::gone, "say hello first"});
}

CatalogEntry some_entry(std::uint8_t n) {
  return {.production = StreamId{id(n)},
          .label = "",
          .client = "Acme",
          .show_name = "Gala",
          .status = "ready",
          .load_in_ms = 1'800'000'000'000,
          .load_out_ms = {},
          .events = 880,
          .bytes = 200'000};
}

TEST_CASE("a catalog comes back as it was, in order and bounded", "[wire]") {
  require_round_trip(CatalogWish{StreamId{id(3)}});
  require_round_trip(CatalogPage{});
  require_round_trip(CatalogPage{{some_entry(1), some_entry(2)}, true});
  auto refused = [](const CatalogPage& page) {
    return decode(encode(message_of(page))).error().code == ErrorCode::corruption;
  };
  REQUIRE(refused(CatalogPage{{some_entry(2), some_entry(1)}, false}));
  REQUIRE(refused(CatalogPage{{}, true}));
  CatalogPage great;
  for (std::size_t n = 0; n <= CatalogPage::max_entries; ++n)
    great.entries.push_back(some_entry(1));
  REQUIRE(refused(great));
}

TEST_CASE("a page comes back as it was", "[wire]") {
  Exchange page = some_page(500);
  Result<Message> decoded = decode(encode(message_of(page)));
  REQUIRE(decoded.ok());
  const Exchange& back = std::get<Exchange>(decoded->body);
  REQUIRE(back.chunks.size() == 1);
  REQUIRE(back.chunks[0].stream == page.chunks[0].stream);
  REQUIRE(back.chunks[0].events == page.chunks[0].events);
  REQUIRE(back.chunks[0].chains == page.chunks[0].chains);
  REQUIRE(back.wants == page.wants);
  REQUIRE(back.acknowledged == page.acknowledged);
  REQUIRE(back.failures == page.failures);
  REQUIRE(back.more);
  REQUIRE(back.budget_bytes == 4096);
}

TEST_CASE("every flipped bit is noticed", "[wire]") {
  for (const std::string& frame :
       {encode(message_of(some_hello())), encode(message_of(some_page(40)))}) {
    for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
      std::string damaged = frame;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
      Result<Message> decoded = decode(damaged);
      REQUIRE(!decoded.ok());
      REQUIRE((decoded.error().code == ErrorCode::corruption ||
               decoded.error().code == ErrorCode::too_large));
    }
  }
}

TEST_CASE("a frame cut anywhere is refused", "[wire]") {
  std::string frame = encode(message_of(some_page(40)));
  for (std::size_t size = 0; size < frame.size(); ++size)
    REQUIRE(!decode(frame.substr(0, size)).ok());
  REQUIRE(!decode(frame + "x").ok());
}

// A sound frame around any payload.
std::string framed(const std::string& payload, std::uint32_t flags, std::uint32_t raw_bytes) {
  std::string frame("GLS\1", 4);
  auto put = [&](std::uint32_t n) { frame.append(reinterpret_cast<const char*>(&n), 4); };
  put(flags);
  put(static_cast<std::uint32_t>(payload.size()));
  put(raw_bytes);
  Digest checksum = hash_128(frame, payload);
  append_be64(frame, checksum.high);
  append_be64(frame, checksum.low);
  return frame + payload;
}

TEST_CASE("what a peer claims is bounded before memory is taken", "[wire]") {
  REQUIRE(decode(framed("x", 1, limits::max_message_bytes + 1)).error().code ==
          ErrorCode::too_large);
  REQUIRE(decode(framed("not zstd", 1, 1000)).error().code == ErrorCode::corruption);
  // A zstd frame of 128 KiB of zeros in 12 bytes: magic, one segment with a 4-byte size, one last
  // RLE block.
  std::string bomb = from_hex("28 b5 2f fd  a0  00 00 02 00  03 00 10  00");
  REQUIRE_THAT(decode(framed(bomb, 1, 128 << 10)).error().message, Catch::Contains("grow more"));
  REQUIRE(!decode(framed(std::string(64, '\0'), 2, 64)).ok());
}

TEST_CASE("random payloads are refused or read, never more", "[wire]") {
  SeededRandom random(7);
  std::string sound = encode(message_of(some_hello())).substr(frame_header_bytes);
  std::string inner = sound.size() % 8 == 0 ? sound : std::string(256, '\0');
  for (int i = 0; i < 20'000; ++i) {
    std::string payload = inner;
    for (std::uint64_t k = 1 + random.next_u64() % 6; k > 0; --k)
      payload[random.next_u64() % payload.size()] = static_cast<char>(random.next_u64());
    (void)decode(framed(payload, 0, static_cast<std::uint32_t>(payload.size())));
  }
}

TEST_CASE("another version of the frame is told apart from damage", "[wire]") {
  std::string frame = encode(message_of(Wait{}));
  frame[3] = 2;
  REQUIRE(decode(frame).error().code == ErrorCode::corruption);
  std::string other("GLS\2", 4);
  REQUIRE(decode(other + std::string(60, 'x')).error().code == ErrorCode::unsupported);
}

TEST_CASE("error codes keep their numbers on the wire", "[wire]") {
  for (auto [code, number] : failure_codes) REQUIRE(code_of(number_of(code)) == code);
  REQUIRE(code_of(200) == ErrorCode::corruption);
  REQUIRE(number_of(ErrorCode::not_found) == number_of(ErrorCode::unavailable));
}

TEST_CASE("the example in docs/formats/wire.md is what we send", "[wire]") {
  Message wait{7, NodeId{*Uuid::parse("018f2c3a-0000-7000-8000-000000000001")},
               OriginId{*Uuid::parse("018f2c3a-0000-7000-8000-0000000000aa")},
               Subscription{}.digest(), Wait{{0x0123456789abcdef, 0xfedcba9876543210}, {}}};
  std::string frame = hex_example(project_file("docs/formats/wire.md"), "A worked example");
  INFO(to_hex(encode(wait)));
  REQUIRE(frame == encode(wait));
  REQUIRE(std::get<Wait>(decode(frame)->body) == std::get<Wait>(wait.body));
}

}  // namespace
}  // namespace genlock::replication
