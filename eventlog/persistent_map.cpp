#include "eventlog/persistent_map.h"

#include <utility>

namespace genlock {

// The node at the top of `tree`, which is of this version alone from here on.
PersistentMap::Node& PersistentMap::own(Tree& tree) {
  if (!tree.is_only()) tree = Tree(new Node(tree->entry, tree->left, tree->right));
  return *tree;
}

// REQUIRES: every key of `left` is less than every key of `right`.
PersistentMap::Tree PersistentMap::join(Tree left, Tree right) {
  if (!left) return right;
  if (!right) return left;
  if (left->entry->priority >= right->entry->priority) {
    Node& top = own(left);
    top.right = join(std::move(top.right), std::move(right));
    return left;
  }
  Node& top = own(right);
  top.left = join(std::move(left), std::move(top.left));
  return right;
}

// REQUIRES: `key` is not there.
PersistentMap::Trees PersistentMap::split(Tree tree, std::string_view key) {
  if (!tree) return {};
  Node& top = own(tree);
  if (key < top.entry->key) {
    Trees trees = split(std::move(top.left), key);
    top.left = std::exchange(trees.above, {});
    trees.above = std::move(tree);
    return trees;
  }
  Trees trees = split(std::move(top.right), key);
  top.right = std::exchange(trees.below, {});
  trees.below = std::move(tree);
  return trees;
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
void PersistentMap::put(std::string_view key, std::string_view value) {
  const std::size_t priority = std::hash<std::string_view>{}(key);
  Tree* place = &root_;
  while (*place && priority <= (*place)->entry->priority) {
    Node& node = own(*place);
    const int order = key.compare(node.entry->key);
    if (order == 0) {
      if (node.entry.is_only())
        node.entry->value = value;
      else
        node.entry = Ref(new Entry(key, value, priority));
      return;
    }
    place = order < 0 ? &node.left : &node.right;
  }
  Trees trees = split(std::move(*place), key);
  *place = Tree(new Node(Ref(new Entry(key, value, priority)), std::move(trees.below),
                         std::move(trees.above)));
}

void PersistentMap::erase(std::string_view key) {
  if (find(key) == nullptr) return;
  Tree* place = &root_;
  for (;;) {
    Node& node = own(*place);
    const int order = key.compare(node.entry->key);
    if (order == 0) break;
    place = order < 0 ? &node.left : &node.right;
  }
  const Tree gone = std::move(*place);
  *place = join(std::move(gone->left), std::move(gone->right));
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
