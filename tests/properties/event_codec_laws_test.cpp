#include "catch.h"
#include "engine/event_codec.h"
#include "support/generators.h"
// After Catch: the adapter needs it.
#include <rapidcheck/catch.h>

using namespace genlock;

TEST_CASE("encoding loses nothing and has one way to say a thing", "[laws][codec]") {
  rc::prop("decode(encode(x)) == x", [](const Event& event) {
    const auto bytes = encode(event);
    RC_ASSERT(bytes.ok());
    const auto decoded = decode(*bytes);
    RC_ASSERT(decoded.ok());
    RC_ASSERT(*decoded == event);
  });
  rc::prop("encode(decode(encode(x))) == encode(x), byte for byte", [](const Event& event) {
    const auto bytes = encode(event);
    RC_ASSERT(*encode(*decode(*bytes)) == *bytes);
    RC_ASSERT(*encode(*decode_stored(*bytes)) == *bytes);
  });
  rc::prop("the header is that of the event", [](const Event& event) {
    const auto header = decode_header(*encode(event));
    RC_ASSERT(header->stream == event.stream);
    RC_ASSERT(header->dot == event.dot);
    RC_ASSERT(header->time == event.time);
  });
}

TEST_CASE("damaged bytes are refused or are another event's only encoding", "[laws][codec]") {
  rc::prop("a changed byte", [](const Event& event) {
    std::string bytes = *encode(event);
    const auto place = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[place] = *rc::gen::arbitrary<char>();
    const auto decoded = decode(bytes);
    if (decoded.ok()) RC_ASSERT(decode(*encode(*decoded)).ok());
  });
  rc::prop("any bytes", [](const std::vector<std::uint64_t>& words) {
    const std::string bytes(reinterpret_cast<const char*>(words.data()),
                            words.size() * sizeof(std::uint64_t));
    const auto decoded = decode(bytes);
    if (decoded.ok()) RC_ASSERT(decode(*encode(*decoded)).ok());
  });
}
