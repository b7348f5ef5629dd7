// An ordered map from bytes to bytes whose versions are values: copying one is O(1), and changing a
// copy leaves the others as they were. A treap (Aragon, Seidel 1989); the priority of a key is its
// hash, so equal content has equal shape. A change copies those nodes of the path from the root
// that another version has too, and changes the others in place. Versions may be read by many
// threads at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace genlock {

class PersistentMap {
 public:
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;

  // nullptr where the key is absent; valid until this version is changed or gone.
  const std::string* find(std::string_view key) const;
  void put(std::string_view key, std::string_view value);
  void erase(std::string_view key);
  // Keys in [first, end), an empty end being above all, until `visit` returns false.
  void scan(std::string_view first, std::string_view end, const Visit& visit) const;
  void scan_down(std::string_view first, std::string_view end, const Visit& visit) const;

 private:
  // Held by as many as `holders` says.
  struct Held {
    std::atomic<std::uint32_t> holders{1};
  };

  // One of the holders of a T, which goes with the last of them.
  template <class T>
  class Ref {
   public:
    Ref() = default;
    explicit Ref(T* made) : at_(made) {}
    Ref(const Ref& other) : at_(other.at_) {
      if (at_) at_->holders.fetch_add(1, std::memory_order_relaxed);
    }
    Ref(Ref&& other) noexcept : at_(std::exchange(other.at_, nullptr)) {}
    Ref& operator=(Ref other) noexcept {
      std::swap(at_, other.at_);
      return *this;
    }
    ~Ref() {
      if (at_ && at_->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) delete at_;
    }
    // Nobody else can come to hold it meanwhile but through this.
    bool is_only() const { return at_->holders.load(std::memory_order_acquire) == 1; }
    explicit operator bool() const { return at_ != nullptr; }
    T* get() const { return at_; }
    T* operator->() const { return at_; }
    T& operator*() const { return *at_; }

   private:
    T* at_ = nullptr;
  };

  struct Entry : Held {
    Entry(std::string_view key_, std::string_view value_, std::size_t priority_)
        : key(key_), value(value_), priority(priority_) {}
    const std::string key;
    std::string value;
    const std::size_t priority;
  };
  // Entries are shared between versions; only the paths to them are copied.
  struct Node : Held {
    explicit Node(Ref<Entry> entry_, Ref<Node> left_, Ref<Node> right_)
        : entry(std::move(entry_)), left(std::move(left_)), right(std::move(right_)) {}
    Ref<Entry> entry;
    Ref<Node> left, right;
  };
  using Tree = Ref<Node>;
  struct Trees {
    Tree below, above;
  };

  static Node& own(Tree& tree);
  static Tree join(Tree left, Tree right);
  static Trees split(Tree tree, std::string_view key);
  static bool scan_tree(const Node* node, std::string_view first, std::string_view end,
                        const Visit& visit);
  static bool scan_tree_down(const Node* node, std::string_view first, std::string_view end,
                             const Visit& visit);

  Tree root_;
};

}  // namespace genlock
