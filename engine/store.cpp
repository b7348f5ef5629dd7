#include "engine/store.h"

#include <algorithm>

namespace genlock {

std::string Reader::end_of_prefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) ++end.back();
  return end;
}

bool Batch::empty() const {
  return std::all_of(spaces.begin(), spaces.end(), [](const auto& space) { return space.empty(); });
}

namespace {

// No key k has first <= k < end; an empty end is above all.
bool is_empty_range(std::string_view first, std::string_view end) {
  return !end.empty() && first >= end;
}

// Shows what the batch says of a key. False: the visitor has had enough.
bool show(const auto& write, const Reader::Visit& visit) {
  return !write.second || visit(write.first, *write.second);
}

}  // namespace

Result<std::optional<std::string>> Overlay::get(Space space, std::string_view key) const {
  const auto& writes = batch_.at(space);
  if (auto write = writes.find(key); write != writes.end()) return write->second;
  return below_.get(space, key);
}

// Both scans walk the store below and the batch side by side. Where both have a key, the batch's
// word counts.
Result<void> Overlay::scan(Space space, std::string_view first, std::string_view end,
                           const Visit& visit) const {
  if (is_empty_range(first, end)) return {};
  const auto& writes = batch_.at(space);
  auto write = writes.lower_bound(first);
  const auto stop = end.empty() ? writes.end() : writes.lower_bound(end);
  bool wants_more = true;
  TRY(below_.scan(space, first, end, [&](std::string_view key, std::string_view value) {
    for (; wants_more && write != stop && write->first < key; ++write) {
      wants_more = show(*write, visit);
    }
    if (!wants_more) return false;
    if (write != stop && write->first == key) {
      wants_more = show(*write++, visit);
    } else {
      wants_more = visit(key, value);
    }
    return wants_more;
  }));
  for (; wants_more && write != stop; ++write) wants_more = show(*write, visit);
  return {};
}

Result<void> Overlay::scan_down(Space space, std::string_view first, std::string_view end,
                                const Visit& visit) const {
  if (is_empty_range(first, end)) return {};
  const auto& writes = batch_.at(space);
  using Down = std::reverse_iterator<decltype(writes.begin())>;
  Down write(end.empty() ? writes.end() : writes.lower_bound(end));
  const Down stop(writes.lower_bound(first));
  bool wants_more = true;
  TRY(below_.scan_down(space, first, end, [&](std::string_view key, std::string_view value) {
    for (; wants_more && write != stop && write->first > key; ++write) {
      wants_more = show(*write, visit);
    }
    if (!wants_more) return false;
    if (write != stop && write->first == key) {
      wants_more = show(*write++, visit);
    } else {
      wants_more = visit(key, value);
    }
    return wants_more;
  }));
  for (; wants_more && write != stop; ++write) wants_more = show(*write, visit);
  return {};
}

void Overlay::put(Space space, std::string key, std::string value) {
  batch_.at(space).insert_or_assign(std::move(key), std::move(value));
}

void Overlay::erase(Space space, std::string key) {
  batch_.at(space).insert_or_assign(std::move(key), std::nullopt);
}

void Overlay::absorb(Overlay&& upper) {
  for (std::size_t i = 0; i < space_count; ++i) {
    auto& mine = batch_.spaces[i];
    auto& theirs = upper.batch_.spaces[i];
    if (mine.empty()) {
      mine.swap(theirs);
      continue;
    }
    while (!theirs.empty()) {
      auto inserted = mine.insert(theirs.extract(theirs.begin()));
      if (!inserted.inserted) inserted.position->second = std::move(inserted.node.mapped());
    }
  }
}

}  // namespace genlock
