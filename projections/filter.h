// What a list may ask for: filters, order, a page (docs/api.md, section 4, "Lists"). Works over any
// sequence of named, typed fields: rows, conflicts, history, the sync log. projections/page.h
// chooses the page.
#pragma once

#include "engine/result.h"
#include "engine/value.h"
#include "projections/stored_row.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace genlock {

enum class Operator { eq, neq, gt, gte, lt, lte, ilike, in, is };

struct Filter {
  std::size_t field = 0;  // index into the fields
  Operator op = Operator::eq;
  std::vector<Value> values = {};  // one; `in`: any number; `is`: null, true or false
  std::string pattern = {};        // ilike; lower case
};

struct OrderTerm {
  std::size_t field = 0;
  bool descending = false;
};

inline constexpr std::size_t max_filters = 20;
inline constexpr std::size_t max_order_terms = 8;    // a cursor holds a value for each
inline constexpr std::size_t default_limit = 1'000;  // and the greatest a client may ask for
inline constexpr std::size_t no_limit = ~std::size_t{0};

struct ListOptions {
  std::vector<Filter> filters = {};   // all must hold
  std::vector<OrderTerm> order = {};  // empty: the list's own
  std::size_t limit = default_limit;
  std::string cursor = {};  // of the page before; empty: from the start
  bool include_deleted = false;
};

// Reads a query's parameters: `column=op.value`, order, limit, cursor, deleted. What the caller
// takes itself (include, as_of) it must not pass. ERRORS: bad_request; FieldError::pointer holds
// the name of the parameter.
using QueryParameter = std::pair<std::string_view, std::string_view>;
Result<ListOptions> parse_list_options(std::span<const Field> fields,
                                       std::span<const QueryParameter> parameters);
// "eq.camera" for one field.
Result<Filter> parse_filter(std::span<const Field> fields, std::string_view name,
                            std::string_view text);

// True where `value` of the filter's field passes. Null equals nothing.
bool passes(const Filter& filter, const Value& value);

// The same for all of them. `value_of(field)` gives a field's value.
template <class ValueOf>
bool passes_all(const std::vector<Filter>& filters, const ValueOf& value_of) {
  return std::ranges::all_of(
      filters, [&](const Filter& each) { return passes(each, value_of(each.field)); });
}

// Three-way, nulls last, text by bytes.
int compare_values(const Value& a, const Value& b);

}  // namespace genlock
