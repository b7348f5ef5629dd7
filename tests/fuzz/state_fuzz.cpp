// What a node keeps of records, locks and conflicts, as a damaged disk may give it back past every
// checksum. What decodes is encoded as it was read.
#include "engine/conflict.h"
#include "engine/lock.h"
#include "engine/record.h"
#include "fuzz/fuzz.h"
#include "projections/conflict_codec.h"

using namespace genlock;

namespace {

template <class T>
void check_codec(const Result<T>& value, Result<T> (*decode_again)(std::string_view)) {
  if (!value.ok()) return;
  Result<T> again = decode_again(encode(*value));
  CHECK(again.ok() && encode(*again) == encode(*value));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(fuzz::as_text(data, size));
  switch (input.byte() % 3) {
    case 0:
      check_codec(decode_record(input.rest()), decode_record);
      break;
    case 1:
      check_codec(decode_locks(input.rest()), decode_locks);
      break;
    case 2:
      check_codec(decode_conflict(input.rest()), decode_conflict);
      break;
  }
  return 0;
}
