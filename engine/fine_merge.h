// Merging finer than a field group where that loses nothing (merging rule 8): what the siblings of
// one column say is brought together, the highest rank first, each against the base that it shares
// with those already taken in. Implementations: engine/word_merge.h, engine/json_merge.h; who is
// merged against which base is in engine/sibling_merge.h.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace genlock {

class FineMerge {
 public:
  // A sibling with a change that overlaps one of a higher sibling, which shows in its place.
  // Siblings are numbered by rank, ascending.
  struct Overruled {
    std::size_t sibling;
    std::size_t by;  // the highest that it met
    bool operator==(const Overruled&) const = default;
  };

  virtual ~FineMerge() = default;
  // Takes in the sibling of the next lower rank. False: out of bounds or not of this kind; then
  // nothing is to be merged, and this object is of no further use.
  virtual bool add(std::size_t sibling, std::string_view base, std::string_view text) = 0;
  virtual std::string text() const = 0;
  // Of those taken in, in that order.
  const std::vector<Overruled>& overruled() const { return overruled_; }

 protected:
  void overrule(std::size_t sibling, std::size_t by) {
    if (overruled_.empty() || overruled_.back().sibling != sibling) {
      overruled_.push_back({sibling, by});
    } else if (overruled_.back().by < by) {
      overruled_.back().by = by;
    }
  }

 private:
  std::vector<Overruled> overruled_;
};

}  // namespace genlock
