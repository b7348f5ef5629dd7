// JSON from outside, and as a row of any table.
#include "engine/schema.h"
#include "fuzz/fuzz.h"
#include "http/merge_patch.h"
#include "projections/json.h"
#include "projections/row_json.h"

using namespace genlock;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::as_text(data, size);
  Result<Json> json = parse_json(text);
  if (!json.ok()) return 0;
  CHECK(is_json(text));
  std::string printed = dump(*json);
  Result<Json> again = parse_json(printed);
  CHECK(again.ok() && dump(*again) == printed);
  (void)http::merge_patch(*json, *again);
  for (const Table& table : tables()) (void)parse_row(table, *json);
  return 0;
}
