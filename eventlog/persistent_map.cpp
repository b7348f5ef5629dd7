#include "eventlog/persistent_map.h"

#include <utility>

namespace genlock {

struct PersistentMap::Entry {
  std::string key, value;
  std::size_t priority;
};

// Entries are shared between versions; only the paths to them are copied.
struct PersistentMap::Node {
  // clang 14 makes no aggregate of arguments in parentheses.
  Node(std::shared_ptr<const Entry> entry_, Tree left_, Tree right_)
      : entry(std::move(entry_)), left(std::move(left_)), right(std::move(right_)) {}
  std::shared_ptr<const Entry> entry;
  Tree left, right;
};

struct PersistentMap::Trees {
  Tree below;
  std::shared_ptr<const Entry> found;
  Tree above;
};

// REQUIRES: every key of `left` is less than every key of `right`.
PersistentMap::Tree PersistentMap::join(const Tree& left, const Tree& right) {
  if (!left) return right;
  if (!right) return left;
  if (left->entry->priority >= right->entry->priority) {
    return std::make_shared<const Node>(left->entry, left->left, join(left->right, right));
  }
  return std::make_shared<const Node>(right->entry, join(left, right->left), right->right);
}

PersistentMap::Trees PersistentMap::split(const Tree& tree, std::string_view key) {
  if (!tree) return {};
  if (key < tree->entry->key) {
    Trees trees = split(tree->left, key);
    trees.above = std::make_shared<const Node>(tree->entry, std::move(trees.above), tree->right);
    return trees;
  }
  if (tree->entry->key < key) {
    Trees trees = split(tree->right, key);
    trees.below = std::make_shared<const Node>(tree->entry, tree->left, std::move(trees.below));
    return trees;
  }
  return {tree->left, tree->entry, tree->right};
}

const std::string* PersistentMap::find(std::string_view key) const {
  for (const Node* node = root_.get(); node != nullptr;) {
    const int order = key.compare(node->entry->key);
    if (order == 0) return &node->entry->value;
    node = (order < 0 ? node->left : node->right).get();
  }
  return nullptr;
}

// Down to where the priority belongs, which for a key that is there is its present place.
PersistentMap::Tree PersistentMap::insert(const Tree& tree, std::shared_ptr<const Entry> entry) {
  if (!tree) return std::make_shared<const Node>(std::move(entry), nullptr, nullptr);
  if (entry->priority > tree->entry->priority) {
    Trees trees = split(tree, entry->key);
    return std::make_shared<const Node>(std::move(entry), std::move(trees.below),
                                        std::move(trees.above));
  }
  const int order = entry->key.compare(tree->entry->key);
  if (order == 0) return std::make_shared<const Node>(std::move(entry), tree->left, tree->right);
  if (order < 0)
    return std::make_shared<const Node>(tree->entry, insert(tree->left, std::move(entry)),
                                        tree->right);
  return std::make_shared<const Node>(tree->entry, tree->left,
                                      insert(tree->right, std::move(entry)));
}

void PersistentMap::put(std::string key, std::string value) {
  const std::size_t priority = std::hash<std::string>{}(key);
  root_ = insert(root_, std::make_shared<const Entry>(std::move(key), std::move(value), priority));
}

void PersistentMap::erase(std::string_view key) {
  if (find(key) == nullptr) return;
  Trees trees = split(root_, key);
  root_ = join(trees.below, trees.above);
}

void PersistentMap::scan(std::string_view first, std::string_view end, const Visit& visit) const {
  const Tree held = root_;  // `visit` may change this map
  scan_tree(held.get(), first, end, visit);
}

void PersistentMap::scan_down(std::string_view first, std::string_view end,
                              const Visit& visit) const {
  const Tree held = root_;
  scan_tree_down(held.get(), first, end, visit);
}

// Below a key that is inside, the bound on the other side of it holds, and is not looked at again.
bool PersistentMap::scan_tree(const Node* node, std::string_view first, std::string_view end,
                              const Visit& visit) {
  if (node == nullptr) return true;
  const Entry& entry = *node->entry;
  if (!first.empty() && entry.key < first) return scan_tree(node->right.get(), first, end, visit);
  if (!end.empty() && entry.key >= end) return scan_tree(node->left.get(), first, end, visit);
  return scan_tree(node->left.get(), first, {}, visit) && visit(entry.key, entry.value) &&
         scan_tree(node->right.get(), {}, end, visit);
}

bool PersistentMap::scan_tree_down(const Node* node, std::string_view first, std::string_view end,
                                   const Visit& visit) {
  if (node == nullptr) return true;
  const Entry& entry = *node->entry;
  if (!first.empty() && entry.key < first)
    return scan_tree_down(node->right.get(), first, end, visit);
  if (!end.empty() && entry.key >= end) return scan_tree_down(node->left.get(), first, end, visit);
  return scan_tree_down(node->right.get(), {}, end, visit) && visit(entry.key, entry.value) &&
         scan_tree_down(node->left.get(), first, {}, visit);
}

}  // namespace genlock
