// The head of an HTTP request, before anybody trusts it. However it arrives, it is read the same,
// and nothing in it can start a second line.
#include "fuzz/fuzz.h"
#include "http/server/request_head.h"

using namespace genlock;
using namespace genlock::http;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes = fuzz::as_text(data, size);
  HeadScan whole = scan_head(bytes, 0);
  HeadScan first = scan_head(bytes.substr(0, size / 2), 0);
  if (first.state == HeadScan::State::incomplete) first = scan_head(bytes, first.bytes);
  CHECK(first.state == whole.state);
  if (whole.state != HeadScan::State::complete) return 0;
  CHECK(whole.bytes == first.bytes && whole.bytes <= size);
  RequestHead head;
  if (parse_head(bytes.substr(0, whole.bytes), Limits{}, head)) return 0;
  CHECK(is_token(head.method) && !head.path.empty() && head.path.front() == '/');
  for (const auto& [name, value] : head.headers.all())
    CHECK(is_token(name) && is_field_value(value));
  return 0;
}
