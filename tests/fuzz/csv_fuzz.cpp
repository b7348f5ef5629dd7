// CSV as people and spreadsheets write it. input = options:u8 map:part text.
#include "fuzz/fuzz.h"
#include "transfer/csv.h"
#include "transfer/csv_table.h"

using namespace genlock;
using namespace genlock::transfer;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(fuzz::as_text(data, size));
  constexpr const char* names[] = {"sources", "sends", "equipment"};
  CsvOptions options;
  options.table = csv_table(names[input.byte() % 3]).value();
  options.production.uuid.bytes[0] = 1;
  if (auto map = read_csv_map(input.part()); map.ok()) options.columns = *std::move(map);
  if (Result<std::vector<CsvRow>> rows = parse_csv(input.rest()); rows.ok()) {
    std::string text;
    for (const CsvRow& row : *rows) {
      for (const std::string& cell : row.cells) CHECK(unguarded(guarded(cell)) == cell);
      text += csv_line(row.cells, ',');
    }
    Result<std::vector<CsvRow>> again = parse_csv("sep=,\r\n" + text);
    CHECK(again.ok() && again->size() <= rows->size());
  }
  (void)read_csv("list.csv", input.rest(), options);
  return 0;
}
