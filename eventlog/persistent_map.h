// An ordered map from bytes to bytes whose versions are values: copying one is O(1), and changing a
// copy leaves the others as they were. A treap (Aragon, Seidel 1989) whose changes copy the path
// from the root, O(log n) nodes; the priority of a key is its hash, so equal content has equal
// shape. Versions may be read by many threads at once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace genlock {

class PersistentMap {
 public:
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;

  // nullptr where the key is absent; valid as long as this version.
  const std::string* find(std::string_view key) const;
  void put(std::string key, std::string value);
  void erase(std::string_view key);
  // Keys in [first, end), an empty end being above all, until `visit` returns false.
  void scan(std::string_view first, std::string_view end, const Visit& visit) const;
  void scan_down(std::string_view first, std::string_view end, const Visit& visit) const;

 private:
  struct Node;
  using Tree = std::shared_ptr<const Node>;
  struct Entry;
  struct Trees;

  static Tree insert(const Tree& tree, std::shared_ptr<const Entry> entry);
  static Tree join(const Tree& left, const Tree& right);
  static Trees split(const Tree& tree, std::string_view key);
  static bool scan_tree(const Node* node, std::string_view first, std::string_view end,
                        const Visit& visit);
  static bool scan_tree_down(const Node* node, std::string_view first, std::string_view end,
                             const Visit& visit);

  Tree root_;
};

}  // namespace genlock
