#include "simulation/sim_disk.h"

#include "engine/check.h"

#include <xxhash.h>

#include <cstring>

namespace genlock::simulation {
namespace {

// frame = length:8 checksum:8 body;  body = { space:1 has_value:1 key value }, texts with length:8
constexpr std::size_t header_bytes = 16;

void put_number(std::string& out, std::uint64_t number) {
  std::array<char, 8> bytes{};
  std::memcpy(bytes.data(), &number, bytes.size());
  out.append(bytes.data(), bytes.size());
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out += text;
}

std::uint64_t take_number(std::string_view& in) {
  std::uint64_t number = 0;
  std::memcpy(&number, in.data(), 8);
  in.remove_prefix(8);
  return number;
}

std::string take_text(std::string_view& in) {
  std::size_t size = take_number(in);
  std::string text(in.substr(0, size));
  in.remove_prefix(size);
  return text;
}

std::string frame_of(const Batch& batch) {
  std::string body;
  for (std::size_t space = 0; space < space_count; ++space)
    for (const auto& [key, value] : batch.spaces[space]) {
      body.push_back(static_cast<char>(space));
      body.push_back(value ? 1 : 0);
      put_text(body, key);
      if (value) put_text(body, *value);
    }
  std::string frame;
  put_number(frame, body.size());
  put_number(frame, XXH3_64bits(body.data(), body.size()));
  return frame + body;
}

Batch batch_of(std::string_view body) {
  Batch batch;
  while (!body.empty()) {
    auto space = static_cast<std::size_t>(body[0]);
    bool has_value = body[1] != 0;
    body.remove_prefix(2);
    std::string key = take_text(body);
    batch.spaces[space][std::move(key)] =
        has_value ? std::optional<std::string>(take_text(body)) : std::nullopt;
  }
  return batch;
}

Error unknown_outcome() {
  return {ErrorCode::unavailable, "writing failed; its outcome is unknown"};
}

}  // namespace

Result<void> SimDisk::commit(const Batch& batch, bool durable) {
  if (broken_ || full_)
    return Error{ErrorCode::unavailable,
                 full_ ? "the disk is full" : "the disk takes no writes until it is opened again"};
  std::optional<Fault> fault = std::exchange(armed_, std::nullopt);
  if (fault == Fault::disk_full) {
    full_ = true;
    return Error{ErrorCode::unavailable, "the disk is full"};
  }
  bool lost = fault == Fault::cut_before_write || (fault == Fault::disk_error && draw_ % 2 == 0);
  if (lost) return fail(*fault);
  if (durable && !fault) return commit_whole(batch);
  std::string frame = frame_of(batch);
  if (fault == Fault::torn_write) {
    unsynced_ += frame.substr(0, draw_ % frame.size());
    return fail(*fault);
  }
  unsynced_ += frame;
  ++unsynced_count_;
  TRY(memory_.commit(batch, false));
  if (fault == Fault::cut_before_sync) return fail(*fault);
  if (durable) {
    TRY(memory_.commit(Batch{}, true));
    unsynced_.clear();
    unsynced_count_ = 0;
  }
  if (fault) return fail(*fault);
  return {};
}

// Synced in the end: nobody will ever ask for its frame.
Result<void> SimDisk::commit_whole(const Batch& batch) {
  unsynced_.clear();
  unsynced_count_ = 0;
  return memory_.commit(batch, true);
}

Result<void> SimDisk::fail(Fault fault) {
  broken_ = true;
  met_ = fault;
  return unknown_outcome();
}

void SimDisk::arm(Fault fault, Random& chance) {
  armed_ = fault;
  draw_ = chance.next_u64();
}

void SimDisk::make_room() {
  CHECK(full_);
  full_ = false;
}

void SimDisk::reopen() {
  armed_.reset();
  full_ = broken_ = false;
}

// Of what was not synced the beginning up to some byte lasts, and now and then that byte is wrong.
SimDisk::Recovery SimDisk::cut_power(Random& chance) {
  std::string file = std::move(unsynced_);
  std::size_t written = std::exchange(unsynced_count_, 0);
  if (chance.next_u64() % 3 != 0) file.resize(chance.next_u64() % (file.size() + 1));
  if (chance.next_u64() % 2 == 0 && written > 0) file += "\x7f torn";
  memory_.crash();
  std::size_t kept = replay(file);
  unsynced_.clear();
  reopen();
  return {written - kept, kept};
}

std::shared_ptr<const MemoryStore> SimDisk::copy() const {
  auto content = std::make_shared<MemoryStore>();
  content->take_data_of(memory_);
  return content;
}

void SimDisk::replace(const MemoryStore& content) {
  memory_.take_data_of(content);
  unsynced_.clear();
  unsynced_count_ = 0;
  reopen();
}

// Applies the frames that are whole; stops at the first that is not.
std::size_t SimDisk::replay(std::string_view bytes) {
  std::size_t count = 0;
  while (bytes.size() >= header_bytes) {
    std::size_t size = take_number(bytes);
    std::uint64_t checksum = take_number(bytes);
    if (size > bytes.size() || XXH3_64bits(bytes.data(), size) != checksum) break;
    CHECK(memory_.commit(batch_of(bytes.substr(0, size)), true).ok());
    bytes.remove_prefix(size);
    ++count;
  }
  return count;
}

}  // namespace genlock::simulation
