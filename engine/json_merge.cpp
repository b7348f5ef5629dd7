#include "engine/json_merge.h"

#include "engine/limits.h"
#include "engine/utf8.h"

#include <algorithm>
#include <map>
#include <set>

namespace genlock {

namespace {

using Node = JsonMerge::Node;
using Kind = Node::Kind;

// --- reading -------------------------------------------------------------------------------------

// RFC 8259, strictly. Objects become nodes; everything else is kept as it came.
class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  std::optional<Node> run() {
    Node node;
    skip_space();
    if (!value(&node, 1)) return std::nullopt;
    skip_space();
    return rest_.empty() ? std::optional(std::move(node)) : std::nullopt;
  }

 private:
  // `node` nullptr: inside of an array, only to be checked.
  bool value(Node* node, std::size_t depth) {
    if (rest_.empty()) return false;
    if (rest_.front() == '{') return object(node, depth);
    std::string_view from = rest_;
    if (!whole(depth)) return false;
    if (node) {
      node->kind = Kind::whole;
      node->whole = from.substr(0, from.size() - rest_.size());
    }
    return true;
  }

  bool whole(std::size_t depth) {
    switch (rest_.front()) {
      case '[':
        return array(depth);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool object(Node* node, std::size_t depth) {
    if (depth > limits::max_json_depth) return false;
    if (node) node->kind = Kind::object;
    std::set<std::string_view> keys;
    return list('}', [&] {
      std::string_view from = rest_;
      if (rest_.empty() || rest_.front() != '"' || !string()) return false;
      std::string_view key = from.substr(0, from.size() - rest_.size());
      // One key could have two spellings then.
      if (key.find('\\') != key.npos || !keys.insert(key).second) return false;
      skip_space();
      if (!take(':')) return false;
      skip_space();
      Node* member = node ? &node->members.emplace_back(std::string(key), Node{}).second : nullptr;
      return value(member, depth + 1);
    });
  }

  bool array(std::size_t depth) {
    if (depth > limits::max_json_depth) return false;
    return list(']', [&] { return value(nullptr, depth + 1); });
  }

  // The items between brackets, the first of which is at the front.
  template <class Item>
  bool list(char close, Item item) {
    rest_.remove_prefix(1);
    skip_space();
    if (take(close)) return true;
    do {
      skip_space();
      if (!item()) return false;
      skip_space();
    } while (take(','));
    return take(close);
  }

  bool string() {
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() != '"') {
      if (static_cast<unsigned char>(rest_.front()) < 0x20) return false;
      if (!(rest_.front() == '\\' ? escape() : take(rest_.front()))) return false;
    }
    return take('"');
  }

  bool escape() {
    rest_.remove_prefix(1);
    if (rest_.empty()) return false;
    if (!take('u')) {
      bool known = std::string_view("\"\\/bfnrt").find(rest_.front()) != std::string_view::npos;
      rest_.remove_prefix(1);
      return known;
    }
    for (int i = 0; i < 4; ++i)
      if (!take_one_of("0123456789abcdefABCDEF")) return false;
    return true;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (!take('e') && !take('E')) return true;
    if (!take('+')) take('-');
    return digits();
  }

  bool digits() {
    bool any = false;
    while (take_one_of("0123456789")) any = true;
    return any;
  }

  bool word(std::string_view wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }

  bool take(char c) { return take_one_of({&c, 1}); }
  bool take_one_of(std::string_view choices) {
    if (rest_.empty() || choices.find(rest_.front()) == choices.npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void skip_space() {
    while (take_one_of(" \t\n\r"))
      ;
  }

  std::string_view rest_;
};

// Nothing is an empty object: a column that is null.
std::optional<Node> parse(std::string_view text) {
  if (text.empty()) return Node{.kind = Kind::object};
  if (text.size() > limits::max_json_bytes || !is_utf8(text)) return std::nullopt;
  return Parser(text).run();
}

void append(std::string& text, const Node& node) {
  if (node.kind == Kind::whole) text += node.whole;
  if (node.kind != Kind::object) return;
  text += '{';
  for (const auto& [key, member] : node.members) {
    if (member.kind == Kind::absent) continue;
    if (text.back() != '{') text += ',';
    text.append(key).push_back(':');
    append(text, member);
  }
  text += '}';
}

// --- comparing -----------------------------------------------------------------------------------

const Node nothing{};

using Members = std::map<std::string_view, const Node*>;

Members members_of(const Node& node) {
  Members members;
  for (const auto& [key, member] : node.members)
    if (member.kind != Kind::absent) members.emplace(key, &member);
  return members;
}

const Node& find(const Members& members, std::string_view key) {
  auto at = members.find(key);
  return at == members.end() ? nothing : *at->second;
}

bool same(const Node& a, const Node& b) {
  if (a.kind != b.kind) return false;
  if (a.kind != Kind::object) return a.whole == b.whole;
  Members left = members_of(a), right = members_of(b);
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const auto& x, const auto& y) {
                      return x.first == y.first && same(*x.second, *y.second);
                    });
}

void sign(Node& node, std::size_t sibling) {
  node.sibling = sibling;
  for (auto& [key, member] : node.members) sign(member, sibling);
}

// The highest sibling that changed something of `base` into `merged`.
std::size_t changer(const Node& base, const Node& merged) {
  if (base.kind != Kind::object || merged.kind != Kind::object) return merged.sibling;
  Members before = members_of(base);
  std::size_t highest = 0;
  for (const auto& [key, member] : merged.members) {
    const Node& was = find(before, key);
    if (!same(was, member)) highest = std::max(highest, changer(was, member));
    before.erase(key);
  }
  // Keys that whoever put the object there left out.
  return before.empty() ? highest : std::max(highest, merged.sibling);
}

// --- merging -------------------------------------------------------------------------------------

// Three ways, with a lower sibling. `overruled` is told who stands in its way.
class Step {
 public:
  Step(std::size_t sibling, std::vector<std::size_t>& overruled)
      : sibling_(sibling), overruled_(overruled) {}

  Node merge(const Node& base, Node merged, const Node& theirs) {
    if (same(theirs, merged) || same(theirs, base)) return merged;
    if (same(merged, base)) return taken(theirs);
    bool were_objects = base.kind != Kind::whole;
    if (were_objects && merged.kind == Kind::object && theirs.kind == Kind::object)
      return merge_members(base, std::move(merged), theirs);
    overruled_.push_back(changer(base, merged));
    return merged;
  }

 private:
  // What was taken away is remembered as absent, with who did it.
  Node taken(Node theirs) {
    sign(theirs, sibling_);
    return theirs;
  }

  Node merge_members(const Node& base, Node merged, const Node& theirs) {
    Members in_base = members_of(base), in_theirs = members_of(theirs);
    std::map<std::string_view, Node*> in_merged;
    for (auto& [key, member] : merged.members) in_merged.emplace(key, &member);
    Node result{.kind = Kind::object, .sibling = merged.sibling};
    std::set<std::string_view> done;
    auto put = [&](const std::string& key) {
      if (!done.insert(key).second) return;
      auto at = in_merged.find(key);
      Node ours = at == in_merged.end() ? Node{.sibling = merged.sibling} : *at->second;
      result.members.emplace_back(key,
                                  merge(find(in_base, key), std::move(ours), find(in_theirs, key)));
    };
    for (const auto& [key, member] : base.members) put(key);
    for (const auto& [key, member] : theirs.members)
      if (!in_merged.contains(key)) put(key);
    for (const auto& [key, member] : merged.members) put(key);
    return result;
  }

  std::size_t sibling_;
  std::vector<std::size_t>& overruled_;
};

}  // namespace

JsonMerge::JsonMerge(std::size_t sibling, std::string_view text) : merged_(parse(text)) {
  if (merged_) sign(*merged_, sibling);
}

bool JsonMerge::add(std::size_t sibling, std::string_view base, std::string_view text) {
  std::optional<Node> before = parse(base), theirs = parse(text);
  if (!merged_ || !before || !theirs) return false;
  std::vector<std::size_t> overruled;
  merged_ = Step(sibling, overruled).merge(*before, *std::move(merged_), *theirs);
  for (std::size_t by : overruled) overrule(sibling, by);
  return true;
}

std::string JsonMerge::text() const {
  std::string text;
  if (merged_) append(text, *merged_);
  return text;
}

}  // namespace genlock
