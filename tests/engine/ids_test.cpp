#include "engine/ids.h"

#include "catch.h"
#include "support/literals.h"
#include "support/seeded_random.h"

using namespace genlock;
using namespace genlock::literals;

TEST_CASE("a UUID prints as it is parsed", "[ids]") {
  const std::string text = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
  const auto uuid = Uuid::parse(text);
  REQUIRE(uuid);
  REQUIRE(uuid->bytes[0] == 0xf8);
  REQUIRE(uuid->bytes[15] == 0xf6);
  REQUIRE(uuid->to_string() == text);
  REQUIRE(Uuid::from_bytes(uuid->view()) == *uuid);
}

TEST_CASE("only the lower-case form of 36 characters is a UUID", "[ids]") {
  for (const char* text :
       {"", "f81d4fae", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf", "f81d4fae-7dec-11d0-a765-00a0c91e6bf60",
        "f81d4fae07dec-11d0-a765-00a0c91e6bf6", "{81d4fae-7dec-11d0-a765-00a0c91e6bf6}",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bg6", "-81d4fae-7dec-11d0-a765-00a0c91e6bf6"}) {
    INFO(text);
    REQUIRE_FALSE(Uuid::parse(text));
  }
}

TEST_CASE("a name's UUID is that of RFC 9562", "[ids]") {
  // RFC 9562, appendix A.4.
  const auto dns = *Uuid::parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  REQUIRE(Uuid::make_v5(dns, "www.example.com").to_string() ==
          "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

TEST_CASE("the streams that exist everywhere have names of their own", "[ids]") {
  const auto space = *Uuid::parse("ec8c55c3-ba72-5930-9fd9-308976536c10");
  REQUIRE(library_stream.uuid == Uuid::make_v5(space, "library"));
  REQUIRE(directory_stream.uuid == Uuid::make_v5(space, "directory"));
}

TEST_CASE("a version 7 UUID begins with its time and sorts by it", "[ids]") {
  SeededRandom random(1);
  const auto early = Uuid::make_v7(0x017f22e279b0, random),
             late = Uuid::make_v7(0x017f22e279b1, random);
  REQUIRE(early.to_string().substr(0, 15) == "017f22e2-79b0-7");
  REQUIRE(early < late);
  REQUIRE((early.bytes[8] & 0xc0) == 0x80);
}

TEST_CASE("UUIDs are ordered by their bytes, as they print", "[ids]") {
  SeededRandom random(2);
  std::vector<Uuid> ids{Uuid{}};
  for (std::size_t place = 0; place < 16; ++place)
    for (const int byte : {0x01, 0x7f, 0x80, 0xff}) {
      ids.push_back(Uuid{});
      ids.back().bytes[place] = static_cast<std::uint8_t>(byte);
      ids.push_back(Uuid::make_v4(random));
    }
  for (const Uuid& one : ids)
    for (const Uuid& other : ids) {
      REQUIRE((one <=> other) == (one.to_string() <=> other.to_string()));
      REQUIRE((one == other) == (one.view() == other.view()));
    }
}

TEST_CASE("a version 4 UUID carries version and variant", "[ids]") {
  SeededRandom random(1);
  const auto one = Uuid::make_v4(random), other = Uuid::make_v4(random);
  REQUIRE(one.bytes[6] >> 4 == 4);
  REQUIRE((one.bytes[8] & 0xc0) == 0x80);
  REQUIRE(one != other);
}

TEST_CASE("an event id prints as it is parsed", "[ids]") {
  const EventId id{stream_of(1), {Alice, 42_seq}};
  REQUIRE(id.to_string() == stream_of(1).to_string() + "." + Alice.to_string() + ".42");
  REQUIRE(EventId::parse(id.to_string()) == id);
  const EventId last{stream_of(1), {Alice, Sequence{~0ULL}}};
  REQUIRE(EventId::parse(last.to_string()) == last);
}

TEST_CASE("what is no event id is refused", "[ids]") {
  const std::string prefix = stream_of(1).to_string() + "." + Alice.to_string();
  for (const std::string& text :
       {std::string(), prefix, prefix + ".", prefix + ".0", prefix + ".01", prefix + ".-1",
        prefix + ".1 ", prefix + ",1", prefix + ".18446744073709551616"}) {
    INFO(text);
    REQUIRE_FALSE(EventId::parse(text));
  }
}
