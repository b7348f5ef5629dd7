#include "crash/volatile_disk.h"

#include "engine/check.h"
#include "support/seeded_random.h"

#include <algorithm>
#include <cstring>

namespace genlock::crash {

namespace {

std::string directory_of(const std::string& name) { return name.substr(0, name.rfind('/')); }

Failure due(const Fault& fault, std::uint64_t number) {
  const bool hits = fault.first != 0 && number >= fault.first && number - fault.first < fault.count;
  return hits ? fault.failure : Failure::none;
}

constexpr std::size_t sector_bytes = 512;

// Each sector of what was not synced came to the disk, or is zeros.
void lose_sectors(std::string& bytes, std::size_t synced, SeededRandom& random) {
  for (std::size_t at = synced; at < bytes.size();) {
    const std::size_t end = std::min(bytes.size(), (at / sector_bytes + 1) * sector_bytes);
    if (random.next_u64() % 2 == 0) std::fill(bytes.begin() + at, bytes.begin() + end, '\0');
    at = end;
  }
}

// What of a file outlives the cut: what was synced, and of the rest a beginning, the beginning up
// to a sector with zeros behind it, or some sectors.
void forget_unsynced(VolatileDisk::File& file, SeededRandom& random) {
  const std::size_t unsynced = file.bytes.size() - file.synced_bytes;
  const auto some = [&] { return file.synced_bytes + random.next_u64() % (unsynced + 1); };
  const std::uint64_t how = random.next_u64() % 4;
  if (how == 3) lose_sectors(file.bytes, file.synced_bytes, random);
  const std::size_t length = some();
  if (how == 2) {
    const std::size_t whole = std::max(file.synced_bytes, some() / sector_bytes * sector_bytes);
    std::fill(file.bytes.begin() + std::min(whole, length), file.bytes.begin() + length, '\0');
  }
  file.bytes.resize(length);
  file.synced_bytes = file.bytes.size();
  file.lost_a_sync = false;
}

}  // namespace

VolatileDisk::VolatileDisk(const VolatileDisk& other) {
  const std::lock_guard lock(other.mutex_);
  CHECK(!other.is_off_);
  for (const auto& [name, file] : other.names_) {
    auto copy = std::make_shared<File>(File{file->bytes, file->bytes.size(), false});
    names_[name] = durable_names_[name] = std::move(copy);
  }
  directories_ = other.directories_;
}

void VolatileDisk::plan(Fault fault) {
  const std::lock_guard lock(mutex_);
  fault_ = fault;
  operations_ = 0;
}

void VolatileDisk::plan_reads(Fault fault) {
  const std::lock_guard lock(mutex_);
  read_fault_ = fault;
  reads_ = 0;
}

std::uint64_t VolatileDisk::operation_count() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

std::uint64_t VolatileDisk::read_count() const {
  const std::lock_guard lock(mutex_);
  return reads_;
}

bool VolatileDisk::is_off() const {
  const std::lock_guard lock(mutex_);
  return is_off_;
}

bool VolatileDisk::is_full() const {
  const std::lock_guard lock(mutex_);
  return due(fault_, operations_ + 1) == Failure::no_space;
}

void VolatileDisk::cut() {
  const std::lock_guard lock(mutex_);
  is_off_ = true;
}

void VolatileDisk::power_on(std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  CHECK(is_off_);
  SeededRandom random(seed);
  changes_.resize(random.next_u64() % (changes_.size() + 1));
  for (const Change& change : changes_) apply(change, durable_names_);
  changes_.clear();
  names_ = durable_names_;
  for (auto& [name, file] : names_) forget_unsynced(*file, random);
  locks_.clear();
  fault_ = read_fault_ = {};
  is_off_ = false;
}

// REQUIRES: mutex_ is held; so everywhere below.
Failure VolatileDisk::step() {
  if (is_off_) return Failure::power_cut;
  const Failure failure = due(fault_, ++operations_);
  if (failure == Failure::power_cut) is_off_ = true;
  return failure;
}

void VolatileDisk::note(const std::string& name, const FilePtr& file, bool is_gone) {
  changes_.push_back({name, file, is_gone});
  apply(changes_.back(), names_);
}

void VolatileDisk::apply(const Change& change, Names& names) {
  if (!change.is_gone) {
    names[change.name] = change.file;
  } else if (const auto found = names.find(change.name);
             found != names.end() && found->second == change.file) {
    names.erase(found);
  }
}

Failure VolatileDisk::create(const std::string& name, FilePtr& file) {
  const std::lock_guard lock(mutex_);
  if (const Failure failure = step(); failure != Failure::none) return failure;
  file = std::make_shared<File>();
  note(name, file, false);
  return Failure::none;
}

Failure VolatileDisk::open(const std::string& name, FilePtr& file) const {
  const std::lock_guard lock(mutex_);
  if (is_off_) return Failure::power_cut;
  const auto found = names_.find(name);
  if (found == names_.end()) return Failure::not_found;
  file = found->second;
  return Failure::none;
}

// A part of the bytes arrives before the error does.
Failure VolatileDisk::append(const FilePtr& file, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  const bool was_on = !is_off_;
  const Failure failure = step();
  if (failure == Failure::none) file->bytes += bytes;
  if (failure != Failure::none && was_on) file->bytes += bytes.substr(0, bytes.size() / 2);
  return failure;
}

Failure VolatileDisk::truncate(const FilePtr& file, std::size_t size) {
  const std::lock_guard lock(mutex_);
  if (const Failure failure = step(); failure != Failure::none) return failure;
  CHECK(size <= file->bytes.size(), size, file->bytes.size());
  file->bytes.resize(size);
  file->synced_bytes = std::min(file->synced_bytes, size);
  return Failure::none;
}

Failure VolatileDisk::sync(const FilePtr& file) {
  const std::lock_guard lock(mutex_);
  const Failure failure = step();
  if (failure == Failure::io_error || failure == Failure::no_space) file->lost_a_sync = true;
  if (failure != Failure::none) return failure;
  if (!file->lost_a_sync) file->synced_bytes = file->bytes.size();
  std::erase_if(changes_, [&](const Change& change) {
    if (change.file != file) return false;
    apply(change, durable_names_);
    return true;
  });
  return Failure::none;
}

Failure VolatileDisk::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (const Failure failure = step(); failure != Failure::none) return failure;
  const auto found = names_.find(from);
  if (found == names_.end()) return Failure::not_found;
  const FilePtr file = found->second;
  note(to, file, false);
  note(from, file, true);
  return Failure::none;
}

Failure VolatileDisk::link(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (const Failure failure = step(); failure != Failure::none) return failure;
  const auto found = names_.find(from);
  if (found == names_.end()) return Failure::not_found;
  note(to, found->second, false);
  return Failure::none;
}

Failure VolatileDisk::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (const Failure failure = step(); failure != Failure::none) return failure;
  const auto found = names_.find(name);
  if (found == names_.end()) return Failure::not_found;
  note(name, FilePtr(found->second), true);
  return Failure::none;
}

Failure VolatileDisk::sync_directory(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (const Failure failure = step(); failure != Failure::none) return failure;
  std::erase_if(changes_, [&](const Change& change) {
    if (directory_of(change.name) != name) return false;
    apply(change, durable_names_);
    return true;
  });
  return Failure::none;
}

void VolatileDisk::make_directory(const std::string& name) {
  const std::lock_guard lock(mutex_);
  directories_.insert(name);
}

bool VolatileDisk::is_directory(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return directories_.contains(name);
}

Failure VolatileDisk::list(const std::string& directory, std::vector<std::string>& names) const {
  const std::lock_guard lock(mutex_);
  if (is_off_) return Failure::power_cut;
  if (!directories_.contains(directory)) return Failure::not_found;
  for (const auto& [name, file] : names_)
    if (directory_of(name) == directory) names.push_back(name.substr(directory.size() + 1));
  for (const std::string& inner : directories_)
    if (directory_of(inner) == directory) names.push_back(inner.substr(directory.size() + 1));
  return Failure::none;
}

Failure VolatileDisk::read(const FilePtr& file, std::size_t offset, std::size_t size, char* to,
                           std::size_t& got) {
  const std::lock_guard lock(mutex_);
  got = 0;
  if (is_off_) return Failure::power_cut;
  if (const Failure failure = due(read_fault_, ++reads_); failure != Failure::none) return failure;
  if (offset >= file->bytes.size()) return Failure::none;
  got = std::min(size, file->bytes.size() - offset);
  std::memcpy(to, file->bytes.data() + offset, got);
  return Failure::none;
}

std::size_t VolatileDisk::size(const FilePtr& file) const {
  const std::lock_guard lock(mutex_);
  return file->bytes.size();
}

bool VolatileDisk::lock(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return locks_.insert(name).second;
}

void VolatileDisk::unlock(const std::string& name) {
  const std::lock_guard lock(mutex_);
  locks_.erase(name);
}

}  // namespace genlock::crash
