// Notes merge word by word (merging rule 8).
//
// Words. A text is cut into words: a run of white space (Unicode's, without the spaces that do not
// break), one ideograph, Hiragana or Katakana sign with the marks that belong to it, or a run of
// anything else. So "59.94", "10.0.0.1" and "don't" are never taken apart, and writing without
// spaces merges sign by sign (Thai, Lao, Khmer and Burmese are runs).
//
// Changes. The words that both texts begin with are matched, then those that both end with, and
// between them a longest common subsequence: the greedy forward algorithm of Myers, *An O(ND)
// Difference Algorithm and Its Variations*, 1986, which of two ways equally far prefers the one
// that takes a word out first. What lies between matched words is a change: words of the base that
// go, and words that come. Changes of one text between which only white space stays are one.
//
// Merging. A change that a higher sibling made too counts once. Insertions at one place all stay,
// the lower rank's first. Two deletions stay both. Changes whose places in the base overlap (an
// insertion overlaps what it lies inside of, not what it touches) do not stay both: the higher
// rank's words show. Into an empty base each text comes as a line of its own, unless all its words
// stand in another in their order. Words that would run together get a space between them.
#pragma once

#include "engine/fine_merge.h"

#include <deque>
#include <optional>

namespace genlock {

class WordMerge : public FineMerge {
 public:
  // Begins with the sibling of the highest rank.
  WordMerge(std::size_t sibling, std::string_view text);
  // Bounds: limits::max_long_text_bytes of a text, max_merge_words, max_merge_steps. O(words *
  // steps).
  bool add(std::size_t sibling, std::string_view base, std::string_view text) override;
  std::string text() const override;

  enum class Kind { space, sign, run };
  struct Word {
    std::string_view text;
    Kind kind;
    std::size_t sibling;  // who brought it; nobody: the base, or a space put between words
  };
  using Words = std::vector<Word>;
  static constexpr std::size_t nobody = SIZE_MAX;

 private:
  // Words [begin, end) of the base give way to `words`.
  struct Change {
    std::size_t begin, end;
    Words words;
    std::size_t sibling;
    bool inserts() const { return begin == end; }
    bool deletes() const { return words.empty(); }
  };
  using Changes = std::vector<Change>;

  bool rebase(std::string_view base);
  void put_apart(const Change& insertion);
  std::optional<Changes> changes_to(const Words& text) const;
  void take(Change change);
  bool is_known(const Change& change) const;
  Words words() const;
  std::string_view keep(std::string_view text) { return texts_.emplace_back(text); }

  static bool overlap(const Change& a, const Change& b);

  std::size_t highest_;
  std::deque<std::string> texts_;  // what the words are views of
  bool has_base_ = false;
  std::string_view base_text_;
  Words base_;       // until there is one: the highest sibling's words
  Changes changes_;  // by place, those of one place in the order in which they show
};

// The words of a text, as said above.
WordMerge::Words split_words(std::string_view text, std::size_t sibling = WordMerge::nobody);

}  // namespace genlock
