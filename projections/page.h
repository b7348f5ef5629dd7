// One page of an ordered list. The list offers its items in any order, and only what the page may
// still need is kept: memory is that of two pages, however long the list.
#pragma once

#include "projections/filter.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace genlock {

// A place in an ordered list: the last item of a page, by id and by the values that order it, so
// that the next page begins after it also when the item has moved or gone meanwhile. Long texts are
// cut.
struct Cursor {
  std::vector<Value> values;  // one for each term of the order
  Uuid id;
};
std::string format_cursor(std::span<const OrderTerm> order, const Cursor& cursor);
// ERRORS: bad_request, also for a cursor of another order.
Result<Cursor> parse_cursor(std::span<const OrderTerm> order, std::string_view text);

// One item that passed the filters: what orders it, and what the list needs to print it.
struct Candidate {
  std::vector<Value> values;
  Uuid id;
  std::string item;
};
struct Page {
  std::vector<std::string> items;  // in order
  std::optional<std::string> next_cursor;
};

// A list as it is served.
struct ServedList {
  std::string json;  // an array
  std::size_t count = 0;
  std::optional<std::string> next_cursor;  // set where there is more
};
// Of a page whose items are JSON.
ServedList to_list(Page page);

class PageChooser {
 public:
  // `order` outlives this. ERRORS: bad_request for the cursor of `options`.
  static Result<PageChooser> begin(std::span<const OrderTerm> order, const ListOptions& options);

  void offer(Candidate candidate);
  // The page that the options ask for. Once.
  Page finish();

 private:
  enum class Side { before, unclear, after };
  PageChooser(std::span<const OrderTerm> order, std::size_t limit) : order_(order), limit_(limit) {}
  Side side_of(const Candidate& candidate) const;
  bool is_last_seen(const Candidate& candidate) const;
  bool before(const std::vector<Value>& a, const Uuid& a_id, const std::vector<Value>& b,
              const Uuid& b_id) const;
  void keep_best(std::size_t count);

  std::span<const OrderTerm> order_;
  std::size_t limit_;
  std::optional<Cursor> cursor_;
  std::optional<std::vector<Value>>
      last_seen_;                   // uncut values of the cursor's item, if it is there
  std::vector<Candidate> after_;    // behind the cursor
  std::vector<Candidate> unclear_;  // they begin like a text that the cursor has cut
};

}  // namespace genlock
