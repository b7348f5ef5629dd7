// The laws of rule 8 for texts over one base: engine/word_merge.h and engine/json_merge.h.
#include "catch.h"
#include "engine/json_merge.h"
#include "engine/word_merge.h"
#include "projections/json.h"

#include <rapidcheck/catch.h>

#include <algorithm>

namespace genlock::test {
namespace {

// Draws that an edit is made with, one after the other; zeros when they run out.
class Draws {
 public:
  explicit Draws(std::vector<std::uint8_t> list) : list_(std::move(list)) {}
  unsigned below(unsigned bound) { return (at_ < list_.size() ? list_[at_++] : 0) % bound; }

 private:
  std::vector<std::uint8_t> list_;
  std::size_t at_ = 0;
};

using Tape = std::vector<std::uint8_t>;

// What siblings over one base show, the first the lowest; nothing where they merge as a whole.
struct Outcome {
  std::string text;
  std::vector<bool> overruled;
};

template <class Merge>
Outcome merged(const std::string& base, const std::vector<std::string>& siblings) {
  std::size_t at = siblings.size() - 1;
  Merge merge(at, siblings[at]);
  while (at-- > 0) RC_ASSERT(merge.add(at, base, siblings[at]));
  Outcome outcome{merge.text(), std::vector<bool>(siblings.size())};
  for (const FineMerge::Overruled& o : merge.overruled()) {
    RC_ASSERT(o.sibling < o.by);
    outcome.overruled[o.sibling] = true;
  }
  return outcome;
}

template <class Merge>
void check_trivial(const std::string& base, const std::string& a, const std::string& b) {
  RC_ASSERT((merged<Merge>(base, {base, a}).text == a));
  RC_ASSERT((merged<Merge>(base, {a, base}).text == a));
  RC_ASSERT((merged<Merge>(base, {a, a}).text == a));
  Outcome two = merged<Merge>(base, {a, b}), three = merged<Merge>(base, {b, a, b});
  RC_ASSERT(two.text == three.text);
  RC_ASSERT((two.overruled == std::vector<bool>{three.overruled[1], three.overruled[2]}));
}

// --- words ---------------------------------------------------------------------------------------

using List = std::vector<std::string>;

List base_words(Draws draws) {
  List words;
  for (unsigned n = draws.below(9); n > 0; --n) words.push_back("w" + std::to_string(n));
  return words;
}

// Words that come are the sibling's own, so that one can tell them.
List edited(const List& base, char sibling, Draws draws) {
  List words;
  unsigned own = 0;
  auto mine = [&] { words.push_back(sibling + std::to_string(own++)); };
  for (const std::string& word : base) {
    unsigned what = draws.below(8);
    if (what == 5) mine();
    if (what != 6 && what != 7) words.push_back(word);
    if (what == 7) mine();
  }
  if (draws.below(3) == 1) mine();
  return words;
}

std::string joined(const List& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

List words_of(const std::string& text) {
  List words;
  for (const WordMerge::Word& word : split_words(text))
    if (word.kind != WordMerge::Kind::space) words.emplace_back(word.text);
  return words;
}

bool has(const List& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

struct Texts {
  List base;
  std::vector<List> siblings;
  std::vector<std::string> texts;
};

Texts some_texts(const Tape& base, const std::vector<Tape>& edits) {
  Texts texts{base_words(Draws(base)), {}, {}};
  for (const Tape& edit : edits) {
    char name = static_cast<char>('a' + texts.siblings.size());
    texts.siblings.push_back(edited(texts.base, name, Draws(edit)));
    texts.texts.push_back(joined(texts.siblings.back()));
  }
  return texts;
}

TEST_CASE("words: a text with its base, and equal texts", "[laws]") {
  rc::prop("give it", [](const Tape& base, const Tape& a, const Tape& b) {
    Texts texts = some_texts(base, {a, b});
    check_trivial<WordMerge>(joined(texts.base), texts.texts[0], texts.texts[1]);
  });
  rc::prop("give it whatever the text", [](const Tape& base, const Tape& a) {
    auto text = [](const Tape& tape) {
      static const List pieces{"a", "b", " ", "\n", "  ", "摄", "像", "\xff", "ü", "."};
      std::string all;
      for (std::uint8_t n : tape) all += pieces[n % pieces.size()];
      return all;
    };
    check_trivial<WordMerge>(text(base), text(a), text(a));
  });
}

TEST_CASE("words: what does not overlap shows", "[laws]") {
  rc::prop("words that came are there, those taken out are not",
           [](const Tape& base, const Tape& a, const Tape& b, const Tape& c, const Tape& d) {
             Texts texts = some_texts(base, {a, b, c, d});
             Outcome outcome = merged<WordMerge>(joined(texts.base), texts.texts);
             List shows = words_of(outcome.text);
             for (std::size_t i = 0; i < texts.siblings.size(); ++i) {
               if (outcome.overruled[i]) continue;
               for (const std::string& word : texts.siblings[i]) {
                 bool came = !has(texts.base, word);
                 if (came) RC_ASSERT(has(shows, word));
               }
               for (const std::string& word : texts.base)
                 if (!has(texts.siblings[i], word)) RC_ASSERT(!has(shows, word));
             }
             RC_ASSERT(!outcome.overruled.back());
           });
}

TEST_CASE("words: nothing shows that nobody said", "[laws]") {
  rc::prop("and nothing twice", [](const Tape& base, const Tape& a, const Tape& b, const Tape& c) {
    Texts texts = some_texts(base, {a, b, c});
    List shows = words_of(merged<WordMerge>(joined(texts.base), texts.texts).text);
    for (const std::string& word : shows) {
      RC_ASSERT(std::count(shows.begin(), shows.end(), word) == 1);
      bool said = std::any_of(texts.siblings.begin(), texts.siblings.end(),
                              [&](const List& sibling) { return has(sibling, word); });
      RC_ASSERT(said);
    }
  });
}

// --- JSON ----------------------------------------------------------------------------------------

Json number(unsigned n) {
  return {.kind = Json::Kind::integer, .integer = static_cast<std::int64_t>(n)};
}

Json some_object(Draws& draws, int depth) {
  Json object{.kind = Json::Kind::object};
  for (unsigned n = draws.below(4); n > 0; --n)
    object.members.emplace_back("k" + std::to_string(n), draws.below(2) == 1 && depth > 0
                                                             ? some_object(draws, depth - 1)
                                                             : number(draws.below(100)));
  return object;
}

Json edited(const Json& base, Draws& draws, unsigned own) {
  Json object{.kind = Json::Kind::object};
  for (const auto& [key, member] : base.members) {
    unsigned what = draws.below(6);
    if (what == 4) continue;
    bool deeper = what == 3 && member.is(Json::Kind::object);
    object.members.emplace_back(key, what == 5 ? number(own + draws.below(10))
                                     : deeper  ? edited(member, draws, own)
                                               : member);
  }
  if (draws.below(3) == 1) object.members.emplace_back("new", number(own));
  if (draws.below(3) == 1)
    object.members.emplace_back("new" + std::to_string(own), some_object(draws, 1));
  return object;
}

// Every path to a scalar that `json` has and `other` has not, or with another value.
void paths_beyond(const Json& json, const Json* other, const std::string& path, List& paths) {
  if (!json.is(Json::Kind::object)) {
    if (!other || dump(*other) != dump(json)) paths.push_back(path + "=" + dump(json));
    return;
  }
  for (const auto& [key, member] : json.members)
    paths_beyond(member, other ? other->find(key) : nullptr, path + "/" + key, paths);
}

List paths_beyond(const Json& json, const Json& other) {
  List paths;
  paths_beyond(json, &other, "", paths);
  return paths;
}

TEST_CASE("JSON: an object with its base, and equal objects", "[laws]") {
  rc::prop("give it", [](const Tape& base, const Tape& a, const Tape& b) {
    Draws from(base), edit_a(a), edit_b(b);
    Json before = some_object(from, 2);
    check_trivial<JsonMerge>(dump(before), dump(edited(before, edit_a, 1000)),
                             dump(edited(before, edit_b, 2000)));
  });
}

TEST_CASE("JSON: the result parses, and what does not overlap shows", "[laws]") {
  rc::prop("path by path", [](const Tape& base, const Tape& a, const Tape& b, const Tape& c) {
    Draws from(base);
    Json before = some_object(from, 2);
    std::vector<Json> siblings;
    std::vector<std::string> texts;
    for (const Tape& tape : {a, b, c}) {
      Draws edit(tape);
      siblings.push_back(edited(before, edit, 1000 * static_cast<unsigned>(siblings.size() + 1)));
      texts.push_back(dump(siblings.back()));
    }
    Outcome outcome = merged<JsonMerge>(dump(before), texts);
    Result<Json> shows = parse_json(outcome.text);
    RC_ASSERT(shows.ok());
    RC_ASSERT(dump(*shows) == outcome.text);
    List shown = paths_beyond(*shows, Json{.kind = Json::Kind::object});
    for (std::size_t i = 0; i < siblings.size(); ++i) {
      if (outcome.overruled[i]) continue;
      for (const std::string& path : paths_beyond(siblings[i], before)) RC_ASSERT(has(shown, path));
    }
    RC_ASSERT(!outcome.overruled.back());
  });
}

TEST_CASE("JSON: what is broken is refused, whatever it is", "[laws]") {
  rc::prop("and never crashes", [](const Tape& tape) {
    static const List pieces{"{",  "}",  "[",   "]",    "\"",   ":", ",", "1",      "-",   ".",
                             "e-", "\\", "u00", "true", "null", "k", " ", "\"k\":", "\xff"};
    std::string text;
    for (std::uint8_t n : tape) text += pieces[n % pieces.size()];
    JsonMerge merge(1, text);
    bool taken = merge.add(0, "{}", text);
    if (taken && !text.empty()) RC_ASSERT(parse_json(merge.text()).ok());
  });
}

}  // namespace
}  // namespace genlock::test
