// History files, as somebody may put them beside a node's data. input = kind bytes; an odd kind:
// the content without its sum, which is added, so that changes get past it; else a whole file. What
// is taken is written again and read as the same.
#include "eventlog/history_file.h"
#include "fuzz/fuzz.h"
#include "support/history_bytes.h"

using namespace genlock;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(fuzz::as_text(data, size));
  const bool is_content = input.byte() % 2 == 1;
  const std::string bytes =
      is_content ? test::sealed_history(input.rest()) : std::string(input.rest());
  const auto file = decode_history(bytes);
  if (!file.ok()) {
    CHECK(!file.error().message.empty());
    return 0;
  }
  CHECK(!file->events.empty());
  const EncodedHistory again = encode(*file).value();
  CHECK(decode_history(again.bytes).value() == *file);
  CHECK(HistoryFileName::parse(again.name.to_string()) == again.name);
  if (is_content) CHECK(test::history_content(*file) == input.rest());
  return 0;
}
