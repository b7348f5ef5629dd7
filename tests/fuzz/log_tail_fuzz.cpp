// Write-ahead logs as a power cut or a disk may leave them, judged by eventlog/log_tail.h. input =
// kind, then with an even kind a file; with an odd one a log that is written here and altered at
// one place:
//   batches 1, size 2 of each, alteration 1, place 4, length 2, bytes
// What is said to be whole is whole when it stands alone; no batch before the first changed byte is
// cut off, and none that is whole behind it. A log that only ends too early, or in zeros, is told
// from one that was damaged.
#include "eventlog/log_tail.h"
#include "fuzz/fuzz.h"
#include "support/log_bytes.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace genlock;

namespace {

using Ending = LogTail::Ending;
constexpr std::size_t most_batches = 8;
constexpr std::size_t zeros_that_tell = 1'024;  // they hold a sector

LogTail tail_of(std::string_view bytes) {
  LogTail tail;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), LogTail::block_bytes)))
    tail.add(bytes.substr(0, LogTail::block_bytes));
  return tail;
}

// What is cut off is cut off for good: the rest ends well, at the same byte.
LogTail judged(std::string_view bytes) {
  LogTail tail = tail_of(bytes);
  CHECK(tail.whole_bytes() <= bytes.size(), tail.whole_bytes(), bytes.size());
  CHECK(tail.whole_bytes() == test::whole_log_bytes(bytes), tail.whole_bytes(),
        test::whole_log_bytes(bytes));
  const LogTail rest = tail_of(bytes.substr(0, tail.whole_bytes()));
  CHECK(rest.ending() == Ending::whole && rest.whole_bytes() == tail.whole_bytes());
  if (tail.ending() == Ending::unwritten) CHECK(tail.is_unwritten());
  return tail;
}

// No log of the corpus is the content of one.
std::string content_of(std::string_view bytes) {
  std::string content(bytes);
  for (char& c : content) c = static_cast<char>(c ^ 0x5a);
  return content;
}

enum class Alteration { none, cut, zeros, other_bytes };

struct Altered {
  test::LogBytes log;
  Alteration how = Alteration::none;
  std::size_t first = 0, end = 0;  // what is altered: [first, end)
  std::string content;
};

Altered draw(fuzz::Input& input) {
  Altered altered;
  std::vector<std::size_t> sizes(input.byte() % most_batches + 1);
  for (std::size_t& size : sizes) size = input.number();
  altered.how = Alteration{input.byte() % 4};
  const std::size_t place = input.number() | std::size_t{input.number()} << 16;
  const std::size_t length = input.number();
  altered.content = content_of(input.rest());
  for (const std::size_t size : sizes) altered.log.add(test::repeated(altered.content, size));
  altered.first = place % (altered.log.bytes.size() + 1);
  altered.end = std::min(altered.first + length, altered.log.bytes.size());
  return altered;
}

std::string apply(const Altered& altered) {
  std::string bytes = altered.log.bytes;
  const std::size_t length = altered.end - altered.first;
  switch (altered.how) {
    case Alteration::none:
      break;
    case Alteration::cut:
      bytes.resize(altered.first);
      break;
    case Alteration::zeros:
      std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(altered.first), bytes.end(), '\0');
      break;
    case Alteration::other_bytes:
      bytes.replace(altered.first, length, test::repeated(altered.content, length));
      break;
  }
  return bytes;
}

// Behind the last one that ends before anything is altered.
std::size_t promised_bytes(const Altered& altered, std::size_t first_changed) {
  std::size_t end = 0;
  for (const test::LogBatch& batch : altered.log.batches)
    if (batch.end <= first_changed) end = batch.end;
  return end;
}

bool is_same(std::string_view now, std::string_view before, const test::LogBatch& batch) {
  return batch.end <= now.size() && now.substr(batch.first, batch.end - batch.first) ==
                                        before.substr(batch.first, batch.end - batch.first);
}

void check_altered(const Altered& altered) {
  const std::string bytes = apply(altered);
  const std::string_view before = altered.log.bytes;
  const LogTail tail = judged(bytes);
  const auto changed = std::ranges::mismatch(bytes, before).in1 - bytes.begin();
  const auto first_changed = static_cast<std::size_t>(changed);
  CHECK(tail.whole_bytes() >= promised_bytes(altered, first_changed), tail.whole_bytes());
  const bool is_cut_off = tail.ending() == Ending::unwritten || tail.ending() == Ending::torn;
  for (const test::LogBatch& batch : altered.log.batches)
    if (batch.first >= tail.whole_bytes() && is_same(bytes, before, batch))
      CHECK(!is_cut_off && tail.ending() == Ending::damaged, batch.first);
  if (first_changed == bytes.size()) CHECK(tail.ending() == Ending::whole, first_changed);
  if (altered.how != Alteration::zeros || first_changed == bytes.size()) return;
  CHECK(is_cut_off, first_changed);
  if (bytes.size() - altered.first >= zeros_that_tell) CHECK(tail.ending() == Ending::unwritten);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(fuzz::as_text(data, size));
  if (input.byte() % 2 == 0) {
    judged(input.rest());
    return 0;
  }
  check_altered(draw(input));
  return 0;
}
