#include "engine/event_codec.h"

#include "catch.h"
#include "engine/limits.h"
#include "support/events.h"
#include "support/hex.h"
#include "support/places.h"

using namespace genlock;
using namespace genlock::literals;

namespace {

constexpr StreamId show = stream_of(1);

ErrorCode refusal(const Event& event) {
  const auto bytes = encode(event);
  REQUIRE_FALSE(bytes.ok());
  return bytes.error().code;
}

// The event of docs/formats/event.md.
Event documented() {
  Event event = make_edit(show, Alice, 3, "CAM 7");
  event.by = {"Ana", Uuid{}, "tablet 3"};
  event.role = Role::cloud;
  event.context_delta = {{Bob, 2_seq, ShortHash{1, 2, 3, 4, 5, 6, 7, 8}}};
  event.operations[0].values.push_back({ColumnId{5}, std::int64_t{1920}});
  return event;
}

}  // namespace

TEST_CASE("the bytes in the document are the bytes of the event it tells of", "[codec]") {
  const std::string bytes =
      hex_example(project_file("docs/formats/event.md"), "## A worked example");
  const auto event = decode(bytes);
  INFO(to_hex(*encode(documented())));
  REQUIRE(event.ok());
  REQUIRE(*event == documented());
  REQUIRE(*encode(documented()) == bytes);
}

TEST_CASE("the header is read alone", "[codec]") {
  const Event event = documented();
  const auto header = decode_header(*encode(event));
  REQUIRE(header->stream == event.stream);
  REQUIRE(header->dot == event.dot);
  REQUIRE(header->time == event.time);
}

TEST_CASE("tables and columns of a newer version are kept", "[codec]") {
  Event event = make_edit(show, Alice, 1);
  event.operations[0].table = TableId{60'000};
  event.operations[0].values = {{ColumnId{61'000}, true}, {ColumnId{62'000}, 0.5}};
  REQUIRE(*decode(*encode(event)) == event);
}

TEST_CASE("an event that nobody could read is not written", "[codec]") {
  Event event = make_edit(show, Alice, 1);
  SECTION("without a sequence") { event.dot.sequence = Sequence::none; }
  SECTION("with columns out of order") {
    event.operations[0].values = {{ColumnId{2}, true}, {ColumnId{1}, true}};
  }
  SECTION("with a column twice") {
    event.operations[0].values = {{ColumnId{2}, true}, {ColumnId{2}, true}};
  }
  SECTION("with text that is not UTF-8") { event.by.user = "\xff"; }
  SECTION("with a number that is not finite") { event.operations[0].values[0].value = 1.0 / 0.0; }
  SECTION("with itself in its context") { event.context_delta = {{Alice, 1_seq, {}}}; }
  SECTION("with a context out of order") {
    event.context_delta = {{Carol, 1_seq, {}}, {Bob, 1_seq, {}}};
  }
  SECTION("with an empty context entry") { event.context_delta = {{Bob, Sequence::none, {}}}; }
  REQUIRE(refusal(event) == ErrorCode::invalid_argument);
}

TEST_CASE("an event over a limit is not written", "[codec]") {
  Event event = make_edit(show, Alice, 1);
  SECTION("a long user") { event.by.user.assign(limits::max_person_bytes + 1, 'x'); }
  SECTION("a long value") {
    event.operations[0].values[0].value = std::string(limits::max_json_bytes + 1, 'x');
  }
  SECTION("many replaced writes") {
    event.operations[0].replaces = std::vector<Dot>(limits::max_replaces + 1, Dot{Bob, 1_seq});
  }
  SECTION("over 1 MiB in all") {
    event.operations.assign(5, event.operations[0]);
    for (auto& operation : event.operations)
      operation.values[0].value = std::string(limits::max_json_bytes, 'x');
  }
  REQUIRE(refusal(event) == ErrorCode::too_large);
}

TEST_CASE("bytes that are no event are refused", "[codec]") {
  const std::string bytes = *encode(documented());
  REQUIRE(decode("").error().code == ErrorCode::corruption);
  REQUIRE(decode(std::string(8, '\0')).error().code != ErrorCode::unavailable);
  REQUIRE(decode(bytes.substr(1)).error().code == ErrorCode::corruption);
  REQUIRE(decode(bytes + std::string(8, '\0')).error().code == ErrorCode::corruption);
  REQUIRE(decode(std::string(limits::max_event_bytes + 8, '\0')).error().code ==
          ErrorCode::too_large);
  for (std::size_t size = 8; size < bytes.size(); size += 8)
    REQUIRE_FALSE(decode(bytes.substr(0, size)).ok());
}

TEST_CASE("bytes at any address are read", "[codec]") {
  const Event event = documented();
  const std::string bytes = *encode(event);
  for (std::size_t shift = 1; shift < 8; ++shift) {
    const std::string shifted = std::string(shift, 'x') + bytes;
    REQUIRE(*decode(std::string_view(shifted).substr(shift)) == event);
  }
}

TEST_CASE("no flipped bit makes decoding do anything but answer, and what is taken is canonical",
          "[codec]") {
  const std::string bytes = *encode(documented());
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto event = decode(flipped);
    if (event.ok()) REQUIRE(decode(*encode(*event)).ok());
  }
}

TEST_CASE("kinds of a newer program are unsupported, not damaged", "[codec]") {
  const std::string bytes = *encode(make_edit(show, Alice, 1));
  const std::string first_word("\x02\x00\x06\x00", 4);  // the operation: set, pending, table 6
  const std::size_t operation = bytes.find(first_word);
  REQUIRE(operation != std::string::npos);
  std::string newer = bytes;
  newer[operation] = 99;
  REQUIRE(decode(newer).error().code == ErrorCode::unsupported);
}

TEST_CASE("a chain value covers the bytes and all before them", "[codec]") {
  // SHA-256 of 32 zero bytes and "abc", from another program.
  const ChainHash first = chain_hash(ChainHash{}, "abc");
  REQUIRE(to_hex({reinterpret_cast<const char*>(first.data()), 4}) == "36 5a a7 d8");
  REQUIRE(chain_hash(first, "abc") != first);
  REQUIRE(shorten(first)[0] == first[0]);
}
