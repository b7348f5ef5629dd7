// The query of a list, its cursors and a feed's cursor. input = *( name:part value:part ).
#include "engine/schema.h"
#include "fuzz/fuzz.h"
#include "http/server/percent.h"
#include "http/sync_cursor.h"
#include "projections/page.h"
#include "projections/stored_row.h"

#include <deque>

using namespace genlock;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::deque<std::string> texts;
  std::vector<QueryParameter> parameters;
  for (fuzz::Input input(fuzz::as_text(data, size)); !input.empty() && parameters.size() < 64;) {
    const std::string& name = texts.emplace_back(input.part());
    parameters.emplace_back(name, texts.emplace_back(input.part()));
  }
  if (!texts.empty()) {
    if (auto position = http::parse_sync_cursor(OriginId{}, texts.back()))
      CHECK(http::parse_sync_cursor(OriginId{}, http::format_sync_cursor(OriginId{}, *position)) ==
            position);
  }
  for (const Table& table : tables()) {
    const std::vector<Field>& fields = shape_of(table);
    Result<ListOptions> options = parse_list_options(fields, parameters);
    if (!options.ok()) continue;
    CHECK(options->filters.size() <= max_filters && options->order.size() <= max_order_terms);
    CHECK(options->limit >= 1 && options->limit <= default_limit);
    for (const Filter& filter : options->filters) {
      (void)passes(filter, Value{});
      (void)passes(filter, Value{std::string("SRC 1")});
      (void)passes(filter, Value{std::int64_t{7}});
    }
    Result<Cursor> cursor = parse_cursor(options->order, options->cursor);
    if (!cursor.ok()) continue;
    Result<Cursor> again = parse_cursor(options->order, format_cursor(options->order, *cursor));
    CHECK(again.ok() && again->id == cursor->id);
  }
  return 0;
}
