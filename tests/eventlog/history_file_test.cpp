// The bytes of history files, and their names.
#include "eventlog/history_file.h"

#include "catch.h"
#include "support/events.h"
#include "support/hex.h"
#include "support/history_bytes.h"

#include <fstream>

using namespace genlock;
using namespace genlock::literals;

namespace {

constexpr StreamId show = stream_of(1);

DroppedEvent dropped(std::uint64_t n, std::string text = "CAM 1") {
  const Event event = make_edit(show, Alice, n, std::move(text));
  return {event.dot, Position{n + 40}, 1'700'000'005'000, *encode(event)};
}

HistoryFile some_file() { return {show, Alice, {dropped(2), dropped(3), dropped(7)}}; }

ErrorCode refusal(std::string_view bytes) {
  const auto file = decode_history(bytes);
  REQUIRE_FALSE(file.ok());
  REQUIRE_FALSE(file.error().message.empty());
  return file.error().code;
}

// What the document says below a heading, in its first block that begins with ```.
std::string example_text(const std::string& heading) {
  std::ifstream in(GENLOCK_TEST_DATA "/../../docs/formats/history-files.md");
  std::string line, text;
  while (std::getline(in, line) && line != heading) {
  }
  while (std::getline(in, line) && !line.starts_with("```")) {
  }
  while (std::getline(in, line) && line != "```") text += line;
  return text;
}

}  // namespace

TEST_CASE("a history file gives back what was put in", "[history]") {
  const HistoryFile file = some_file();
  const EncodedHistory encoded = encode(file).value();
  REQUIRE(decode_history(encoded.bytes).value() == file);
  REQUIRE(encoded.name.stream == show);
  REQUIRE(encoded.name.range == EventRange{Alice, 2_seq, 7_seq});
  REQUIRE(HistoryFileName::parse(encoded.name.to_string()) == encoded.name);
}

TEST_CASE("equal events make files of one name, others of another one", "[history]") {
  HistoryFile other = some_file();
  REQUIRE(encode(other).value().name == encode(some_file()).value().name);
  other.events[1] = dropped(4);
  REQUIRE(encode(other).value().name.range == encode(some_file()).value().name.range);
  REQUIRE(encode(other).value().name != encode(some_file()).value().name);
}

TEST_CASE("the history file in the document is what it says", "[history][docs]") {
  HistoryFile file{show, Alice, {dropped(2)}};
  file.events[0].position = Position{9};
  const std::string documented =
      hex_example(GENLOCK_TEST_DATA "/../../docs/formats/history-files.md", "## A worked example");
  REQUIRE(to_hex(documented) == to_hex(test::sealed_history(test::history_content(file))));
  REQUIRE(decode_history(documented).value() == file);
  REQUIRE(example_text("## Its name") == encode(file).value().name.to_string());
}

TEST_CASE("no changed byte of a history file gets past", "[history]") {
  const std::string bytes = encode(some_file()).value().bytes;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    const auto file = decode_history(changed);
    // Some bits of a zstd frame's head say how to unpack, and not what.
    REQUIRE((!file.ok() || *file == some_file()));
    refusal(std::string_view(bytes).substr(0, at));
  }
  REQUIRE(refusal(bytes + "x") == ErrorCode::corruption);
  REQUIRE(refusal(bytes + bytes) == ErrorCode::corruption);
}

TEST_CASE("a file of no history, of another order or of a newer version is refused", "[history]") {
  const std::string content = test::history_content(some_file());
  const auto code = [](const std::string& made) { return refusal(test::sealed_history(made)); };
  REQUIRE(test::sealed_history(content) != content);
  REQUIRE(decode_history(test::sealed_history(content)).value() == some_file());
  REQUIRE(code("GLHIST02" + content.substr(8)) == ErrorCode::unsupported);
  REQUIRE(code("GLWHAT01" + content.substr(8)) == ErrorCode::corruption);
  REQUIRE(code(content.substr(0, 40)) == ErrorCode::corruption);  // no event
  REQUIRE(code(content.substr(0, content.size() - 1)) == ErrorCode::corruption);
  REQUIRE(code("") == ErrorCode::corruption);
  const auto of = [&](std::vector<DroppedEvent> events) {
    return code(test::history_content({show, Alice, std::move(events)}));
  };
  REQUIRE(of({dropped(3), dropped(2)}) == ErrorCode::corruption);
  REQUIRE(of({dropped(3), dropped(3)}) == ErrorCode::corruption);
  DroppedEvent renamed = dropped(3);
  renamed.dot.sequence = 4_seq;
  REQUIRE(of({renamed}) == ErrorCode::unsupported);
  REQUIRE(encode({show, Alice, {renamed}}).error().code == ErrorCode::unsupported);
  REQUIRE(encode({stream_of(2), Alice, {dropped(3)}}).error().code == ErrorCode::unsupported);
}

TEST_CASE("what a few bytes claim to unpack to is bounded", "[history]") {
  std::string bomb("\x28\xb5\x2f\xfd\xe0", 5);  // a size in 8 bytes
  test::append_le(bomb, std::uint64_t{1} << 40, 8);
  bomb += std::string("\x01\x00\x00", 3);
  REQUIRE(refusal(bomb) == ErrorCode::too_large);
  REQUIRE(refusal(test::raw_zstd(std::string(HistoryFile::max_content_bytes + 1, 'x'))) ==
          ErrorCode::too_large);
}

TEST_CASE("names of other files are no names of history files", "[history]") {
  const std::string name = encode(some_file()).value().name.to_string();
  for (std::size_t length = 0; length < name.size(); ++length)
    REQUIRE_FALSE(HistoryFileName::parse(name.substr(0, length)));
  for (const std::string& other :
       {name + ".new", "x" + name, name.substr(0, 74) + "07-7" + name.substr(77),
        name.substr(0, 74) + "8-7" + name.substr(77), name.substr(0, 74) + "0-7" + name.substr(77),
        std::string(name).replace(36, 1, "-"), std::string(name).replace(78, 1, "G")}) {
    INFO(other);
    REQUIRE_FALSE(HistoryFileName::parse(other));
  }
}
