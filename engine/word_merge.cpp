#include "engine/word_merge.h"

#include "engine/limits.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>

namespace genlock {

namespace {

using Kind = WordMerge::Kind;
using Word = WordMerge::Word;
using Words = WordMerge::Words;

// --- words ---------------------------------------------------------------------------------------

struct Character {
  char32_t code;
  std::size_t bytes;
};

// The character `text` begins with. A byte that begins none is one by itself: texts are checked
// where they come in, and what a peer sends is merged all the same everywhere.
Character first_character(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned lead = byte(0);
  std::size_t bytes = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (bytes == 0 || bytes > text.size()) return {0xfffd, 1};
  char32_t code = bytes == 1 ? lead : lead & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {0xfffd, 1};
    code = code << 6 | (byte(i) & 0x3fU);
  }
  return {code, bytes};
}

struct Block {
  char32_t first, last;
};

template <std::size_t n>
bool is_in(const std::array<Block, n>& blocks, char32_t code) {
  return std::any_of(blocks.begin(), blocks.end(),
                     [&](const Block& block) { return block.first <= code && code <= block.last; });
}

// These lists are part of the rule: another list, another fold_version.
constexpr std::array<Block, 9> spaces{{{0x09, 0x0d},
                                       {0x20, 0x20},
                                       {0x85, 0x85},
                                       {0x1680, 0x1680},
                                       {0x2000, 0x2006},
                                       {0x2008, 0x200a},
                                       {0x2028, 0x2029},
                                       {0x205f, 0x205f},
                                       {0x3000, 0x3000}}};
// Ideographs and their radicals and punctuation, Hiragana, Katakana.
constexpr std::array<Block, 7> signs{{{0x2e80, 0x2fdf},
                                      {0x3001, 0x3098},
                                      {0x309b, 0x30ff},
                                      {0x31f0, 0x31ff},
                                      {0x3400, 0x9fff},
                                      {0xf900, 0xfaff},
                                      {0x20000, 0x3ffff}}};
// Voicing marks and variation selectors belong to the sign before them.
constexpr std::array<Block, 3> marks{{{0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xe0100, 0xe01ef}}};

Kind kind_of(char32_t code, const Words& before) {
  if (code > 0x20 && code < 0x85) return Kind::run;
  if (is_in(spaces, code)) return Kind::space;
  if (is_in(signs, code)) return Kind::sign;
  bool belongs = is_in(marks, code) && !before.empty() && before.back().kind == Kind::sign;
  return belongs ? Kind::sign : Kind::run;
}

// --- a longest common subsequence ----------------------------------------------------------------

// A match of base word `base` with word `text`.
struct Match {
  std::size_t base, text;
};
using Numbers = std::vector<std::uint32_t>;  // equal words, equal numbers

class Numbering {
 public:
  Numbers of(const Words& words) {
    Numbers numbers;
    numbers.reserve(words.size());
    for (const Word& word : words)
      numbers.push_back(
          known_.emplace(word.text, static_cast<std::uint32_t>(known_.size())).first->second);
    return numbers;
  }

 private:
  std::unordered_map<std::string_view, std::uint32_t> known_;
};

// Myers' greedy algorithm on a[a_begin..a_end) and b[b_begin..b_end). reach_[d] says for each
// diagonal -d..d how far along a one gets in d steps.
class Matcher {
 public:
  Matcher(const Numbers& a, const Numbers& b) : a_(a), b_(b), a_end_(a.size()), b_end_(b.size()) {}

  // nullopt: more words differ than limits::max_merge_steps.
  std::optional<std::vector<Match>> run() {
    while (begin_ < a_end_ && begin_ < b_end_ && a_[begin_] == b_[begin_]) ++begin_;
    while (a_end_ > begin_ && b_end_ > begin_ && a_[a_end_ - 1] == b_[b_end_ - 1]) {
      --a_end_;
      --b_end_;
    }
    if (!find_end()) return std::nullopt;
    for (std::size_t i = 0; i < begin_; ++i) matches_.push_back({i, i});
    walk_back();
    for (std::size_t i = a_end_, j = b_end_; i < a_.size(); ++i, ++j) matches_.push_back({i, j});
    return std::move(matches_);
  }

 private:
  using Place = std::ptrdiff_t;
  using Reach = std::vector<std::int32_t>;

  Place a_size() const { return static_cast<Place>(a_end_ - begin_); }
  Place b_size() const { return static_cast<Place>(b_end_ - begin_); }
  static std::int32_t at(const Reach& reach, Place d, Place k) {
    return reach[static_cast<std::size_t>(k + d)];
  }

  // Whether the step d to diagonal k puts a word of b in (or takes one of a out). `last`: reach of
  // d - 1.
  static bool puts_in(const Reach& last, Place d, Place k) {
    return k == -d || (k != d && at(last, d - 1, k - 1) < at(last, d - 1, k + 1));
  }

  Place follow_matches(Place x, Place y) const {
    while (x < a_size() && y < b_size() &&
           a_[begin_ + static_cast<std::size_t>(x)] == b_[begin_ + static_cast<std::size_t>(y)]) {
      ++x;
      ++y;
    }
    return x;
  }

  // Fills in reach_ until the end of both is reached.
  bool find_end() {
    for (Place d = 0; d <= static_cast<Place>(limits::max_merge_steps); ++d) {
      Reach reach(static_cast<std::size_t>(2 * d + 1), -1);
      for (Place k = -d; k <= d; k += 2) {
        Place x = 0;
        if (d > 0) {
          const Reach& last = reach_.back();
          x = puts_in(last, d, k) ? at(last, d - 1, k + 1) : at(last, d - 1, k - 1) + 1;
        }
        x = follow_matches(x, x - k);
        reach[static_cast<std::size_t>(k + d)] = static_cast<std::int32_t>(x);
        if (x >= a_size() && x - k >= b_size()) return true;
      }
      reach_.push_back(std::move(reach));
    }
    return false;
  }

  void walk_back() {
    std::vector<Match> back;
    Place x = a_size(), y = b_size();
    auto match_down_to = [&](Place least_x, Place least_y) {
      for (; x > least_x && y > least_y; --x, --y)
        back.push_back(
            {begin_ + static_cast<std::size_t>(x - 1), begin_ + static_cast<std::size_t>(y - 1)});
    };
    for (Place d = static_cast<Place>(reach_.size()); d > 0; --d) {
      const Reach& last = reach_[static_cast<std::size_t>(d - 1)];
      Place k = x - y;
      bool put_in = puts_in(last, d, k);
      Place from_k = put_in ? k + 1 : k - 1;
      Place from_x = at(last, d - 1, from_k);
      match_down_to(put_in ? from_x : from_x + 1, put_in ? from_x - from_k + 1 : from_x - from_k);
      x = from_x;
      y = from_x - from_k;
    }
    match_down_to(0, 0);
    matches_.insert(matches_.end(), back.rbegin(), back.rend());
  }

  const Numbers& a_;
  const Numbers& b_;
  std::size_t begin_ = 0, a_end_, b_end_;
  std::vector<Reach> reach_;
  std::vector<Match> matches_;
};

// --- parts ---------------------------------------------------------------------------------------

bool same_words(const Words& a, const Words& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Word& x, const Word& y) { return x.text == y.text; });
}

// All words of `part` in `whole`, in their order.
bool holds(const Words& whole, const Words& part) {
  auto at = part.begin();
  for (const Word& word : whole)
    if (at != part.end() && at->text == word.text) ++at;
  return at == part.end();
}

bool only_space(const Words& words, std::size_t begin, std::size_t end) {
  return std::all_of(words.begin() + static_cast<std::ptrdiff_t>(begin),
                     words.begin() + static_cast<std::ptrdiff_t>(end),
                     [](const Word& word) { return word.kind == Kind::space; });
}

// Puts a line break before what begins a line, and a space between words that would run together.
void append(Words& words, const Word& word, bool begins_line) {
  Kind before = words.empty() ? Kind::space : words.back().kind;
  if (begins_line && before != Kind::space && word.kind != Kind::space) {
    words.push_back({"\n", Kind::space, WordMerge::nobody});
  } else if (before == Kind::run && word.kind == Kind::run) {
    words.push_back({" ", Kind::space, WordMerge::nobody});
  }
  words.push_back(word);
}

std::size_t highest_in(const Words& words, std::size_t otherwise) {
  std::size_t highest = WordMerge::nobody;
  for (const Word& word : words)
    if (word.sibling != WordMerge::nobody &&
        (highest == WordMerge::nobody || highest < word.sibling))
      highest = word.sibling;
  return highest == WordMerge::nobody ? otherwise : highest;
}

}  // namespace

Words split_words(std::string_view text, std::size_t sibling) {
  Words words;
  const char* word_begin = text.data();
  for (std::size_t at = 0; at < text.size();) {
    Character character = first_character(text.substr(at));
    Kind kind = kind_of(character.code, words);
    bool goes_on = !words.empty() && words.back().kind == kind &&
                   (kind != Kind::sign || is_in(marks, character.code));
    if (!goes_on) {
      word_begin = text.data() + at;
      words.push_back({{}, kind, sibling});
    }
    at += character.bytes;
    words.back().text = {word_begin, static_cast<std::size_t>(text.data() + at - word_begin)};
  }
  return words;
}

WordMerge::WordMerge(std::size_t sibling, std::string_view text)
    : highest_(sibling), base_(split_words(keep(text), sibling)) {}

bool WordMerge::add(std::size_t sibling, std::string_view base, std::string_view text) {
  if (std::max(base.size(), text.size()) > limits::max_long_text_bytes) return false;
  if ((!has_base_ || base != base_text_) && !rebase(base)) return false;
  Words theirs = split_words(keep(text), sibling);
  std::optional<Changes> changes = changes_to(theirs);
  if (!changes) return false;
  for (Change& change : *changes) {
    change.sibling = sibling;
    take(std::move(change));
  }
  return true;
}

std::string WordMerge::text() const {
  std::string text;
  for (const Word& word : words()) text += word.text;
  return text;
}

// What is merged so far becomes changes of another base.
bool WordMerge::rebase(std::string_view base) {
  if (!has_base_ && texts_.front().size() > limits::max_long_text_bytes) return false;
  Words merged = has_base_ ? words() : base_;
  has_base_ = true;
  base_text_ = keep(base);
  base_ = split_words(base_text_);
  std::optional<Changes> changes = changes_to(merged);
  if (!changes) return false;
  changes_.clear();
  for (Change& change : *changes) {
    change.sibling = highest_in(change.words, highest_);
    if (change.inserts()) {
      put_apart(change);
    } else {
      changes_.push_back(std::move(change));
    }
  }
  return true;
}

// Insertions of several siblings at one place stay apart, so that a lower one's is known again.
void WordMerge::put_apart(const Change& insertion) {
  for (const Word& word : insertion.words) {
    bool begins = &word == &insertion.words.front();
    if (begins || (word.sibling != nobody && word.sibling != changes_.back().sibling))
      changes_.push_back({insertion.begin, insertion.end, {}, highest_in({word}, highest_)});
    changes_.back().words.push_back(word);
  }
}

std::optional<WordMerge::Changes> WordMerge::changes_to(const Words& text) const {
  if (std::max(base_.size(), text.size()) > limits::max_merge_words) return std::nullopt;
  Numbering numbering;
  Numbers base_numbers = numbering.of(base_), text_numbers = numbering.of(text);
  auto matches = Matcher(base_numbers, text_numbers).run();
  if (!matches) return std::nullopt;
  matches->push_back({base_.size(), text.size()});
  Changes changes;
  std::size_t base_at = 0, text_at = 0, text_done = 0;
  auto place = [&](std::size_t n) { return text.begin() + static_cast<std::ptrdiff_t>(n); };
  for (const Match& match : *matches) {
    if (match.base > base_at || match.text > text_at) {
      bool apart = changes.empty() || !only_space(base_, changes.back().end, base_at);
      if (apart) changes.push_back({base_at, base_at, {}, nobody});
      changes.back().end = match.base;
      Words& words = changes.back().words;
      words.insert(words.end(), place(apart ? text_at : text_done), place(match.text));
      text_done = match.text;
    }
    base_at = match.base + 1;
    text_at = match.text + 1;
  }
  return changes;
}

void WordMerge::take(Change change) {
  if (is_known(change)) return;
  bool free = true;
  for (const Change& higher : changes_) {
    if (!overlap(higher, change)) continue;
    overrule(change.sibling, higher.sibling);
    free = false;
  }
  if (!free) return;
  if (base_.empty())
    std::erase_if(changes_, [&](const Change& other) { return holds(change.words, other.words); });
  // Before those of higher rank at the same place; an insertion before what begins where it is.
  auto at = std::lower_bound(
      changes_.begin(), changes_.end(), change, [](const Change& a, const Change& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.inserts() && !b.inserts();
      });
  changes_.insert(at, std::move(change));
}

bool WordMerge::is_known(const Change& change) const {
  return std::any_of(changes_.begin(), changes_.end(), [&](const Change& known) {
    if (base_.empty()) return holds(known.words, change.words);
    return known.begin == change.begin && known.end == change.end &&
           same_words(known.words, change.words);
  });
}

bool WordMerge::overlap(const Change& a, const Change& b) {
  if (a.deletes() && b.deletes()) return false;
  if (a.inserts() && b.inserts()) return false;
  return std::max(a.begin, b.begin) < std::min(a.end, b.end) ||
         (a.inserts() && b.begin < a.begin && a.begin < b.end) ||
         (b.inserts() && a.begin < b.begin && b.begin < a.end);
}

Words WordMerge::words() const {
  if (!has_base_) return base_;
  Words merged;
  std::size_t kept_from = 0;  // words of the base before it were dealt with
  auto keep_until = [&](std::size_t end) {
    for (; kept_from < end; ++kept_from) append(merged, base_[kept_from], false);
  };
  for (const Change& change : changes_) {
    keep_until(change.begin);
    for (const Word& word : change.words)
      append(merged, word, base_.empty() && &word == &change.words.front());
    kept_from = std::max(kept_from, change.end);
  }
  keep_until(base_.size());
  return merged;
}

}  // namespace genlock
