#include "eventlog/memory_store.h"

#include "engine/check.h"

namespace genlock {

class MemoryStore::View : public Reader {
 public:
  explicit View(Maps maps) : maps_(std::move(maps)) {}

  Result<std::optional<std::string>> get(Space space, std::string_view key) const override {
    const std::string* value = at(space).find(key);
    return value ? std::optional{*value} : std::nullopt;
  }
  Result<void> scan(Space space, std::string_view first, std::string_view end,
                    const Visit& visit) const override {
    at(space).scan(first, end, visit);
    return {};
  }
  Result<void> scan_down(Space space, std::string_view first, std::string_view end,
                         const Visit& visit) const override {
    at(space).scan_down(first, end, visit);
    return {};
  }

 private:
  const PersistentMap& at(Space space) const { return maps_[static_cast<std::size_t>(space)]; }

  const Maps maps_;
};

MemoryStore::Maps MemoryStore::maps() const {
  std::lock_guard lock(mutex_);
  return current_;
}

PersistentMap MemoryStore::map(Space space) const {
  std::lock_guard lock(mutex_);
  return current_[static_cast<std::size_t>(space)];
}

Result<std::optional<std::string>> MemoryStore::get(Space space, std::string_view key) const {
  std::lock_guard lock(mutex_);
  const std::string* value = current_[static_cast<std::size_t>(space)].find(key);
  return value ? std::optional{*value} : std::nullopt;
}

Result<void> MemoryStore::scan(Space space, std::string_view first, std::string_view end,
                               const Visit& visit) const {
  map(space).scan(first, end, visit);
  return {};
}

Result<void> MemoryStore::scan_down(Space space, std::string_view first, std::string_view end,
                                    const Visit& visit) const {
  map(space).scan_down(first, end, visit);
  return {};
}

std::unique_ptr<Reader> MemoryStore::snapshot() const { return std::make_unique<View>(maps()); }

Result<void> MemoryStore::commit(const Batch& batch, bool durable) {
  std::lock_guard lock(mutex_);
  if (refuses_writes_)
    return Error{ErrorCode::unavailable, "the store takes no writes until it is reopened", {}};
  const Fault fault = std::exchange(fault_, Fault::none);
  refuses_writes_ = fault != Fault::none;
  if (fault != Fault::fail_before_applying) {
    if (durable)
      durable_ = {};  // let go before, so that what only these two hold is changed in place
    for (std::size_t i = 0; i < space_count; ++i) {
      for (const auto& [key, value] : batch.spaces[i]) {
        value ? current_[i].put(key, *value) : current_[i].erase(key);
      }
    }
    if (durable) durable_ = current_;
  }
  if (fault != Fault::none)
    return Error{ErrorCode::unavailable, "writing failed; its outcome is unknown", {}};
  return {};
}

void MemoryStore::fail_next_commit(Fault fault) {
  std::lock_guard lock(mutex_);
  fault_ = fault;
}

void MemoryStore::crash() {
  std::lock_guard lock(mutex_);
  current_ = durable_;
  fault_ = Fault::none;
  refuses_writes_ = false;
}

void MemoryStore::reopen() {
  std::lock_guard lock(mutex_);
  refuses_writes_ = false;
}

bool MemoryStore::refuses_writes() const {
  std::lock_guard lock(mutex_);
  return refuses_writes_;
}

void MemoryStore::take_data_of(const MemoryStore& other) {
  Maps data = other.maps();
  std::lock_guard lock(mutex_);
  current_ = data;
  durable_ = std::move(data);
  fault_ = Fault::none;
  refuses_writes_ = false;
}

void MemoryStore::flip_bit(Space space, std::string_view key, std::size_t bit) {
  std::lock_guard lock(mutex_);
  for (Maps* maps : {&current_, &durable_}) {
    PersistentMap& map = (*maps)[static_cast<std::size_t>(space)];
    const std::string* found = map.find(key);
    if (found == nullptr) continue;
    std::string value = *found;
    CHECK(!value.empty());
    char& byte = value[bit / 8 % value.size()];
    byte = static_cast<char>(byte ^ (1 << bit % 8));
    map.put(key, value);
  }
}

}  // namespace genlock
