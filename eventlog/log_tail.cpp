#include "eventlog/log_tail.h"

#include "eventlog/held_files.h"

#include <algorithm>

namespace genlock {

namespace {

constexpr std::size_t header_bytes = 7;
constexpr std::size_t sector_bytes = 512;
constexpr std::size_t least_zeros_at_end = 64;  // no record of ours ends in as many
constexpr std::uint8_t full = 1, first = 2, middle = 3, last = 4;

std::uint32_t byte_at(std::string_view bytes, std::size_t place) {
  return static_cast<std::uint8_t>(bytes[place]);
}

std::uint32_t crc32c(std::string_view bytes) {
  FileChecksum checksum;
  checksum.add(bytes);
  const std::string text = checksum.finish();  // big endian
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < text.size(); ++i) value = value << 8 | byte_at(text, i);
  return value;
}

// As RocksDB stores a checksum of bytes that may hold checksums themselves.
std::uint32_t masked(std::uint32_t checksum) {
  return (checksum >> 15 | checksum << 17) + 0xa282ead8U;
}

bool begins_batch(std::uint8_t type) { return type == full || type == first; }

std::uint8_t type_at(std::string_view record) {
  return static_cast<std::uint8_t>(byte_at(record, 6));
}

std::size_t size_at(std::string_view record) {
  return header_bytes + (byte_at(record, 4) | byte_at(record, 5) << 8);
}

bool checks_out(std::string_view record) {
  const std::uint32_t stored = byte_at(record, 0) | byte_at(record, 1) << 8 |
                               byte_at(record, 2) << 16 | byte_at(record, 3) << 24;
  return masked(crc32c(record.substr(6))) == stored;
}

bool is_zero(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char byte) { return byte == 0; });
}

}  // namespace

void LogTail::add(std::string_view block) {
  const std::size_t place = is_broken_ ? 0 : read_records(block);
  if (is_broken_ && !is_foreign_) {
    look_for_batches(block, place);
    note_zeros(block, place);
  }
  at_ += block.size();
}

LogTail::Ending LogTail::ending() const {
  if (!is_broken_ || is_foreign_) return Ending::whole;
  if (is_damaged_) return Ending::damaged;
  if (is_cut_short_) return Ending::whole;
  return is_unwritten() ? Ending::unwritten : Ending::torn;
}

bool LogTail::is_unwritten() const {
  return is_broken_ && !is_foreign_ && (has_zeros_ || zeros_at_end_ >= least_zeros_at_end);
}

std::optional<LogTail::Record> LogTail::record_at(std::string_view block, std::size_t place) {
  const std::string_view rest = block.substr(place);
  const std::size_t bytes = size_at(rest);
  if (type_at(rest) == 0 || bytes > rest.size() || !checks_out(rest.substr(0, bytes)))
    return std::nullopt;
  return Record{type_at(rest), bytes};
}

// The file may end within a record, as RocksDB takes it; but not where all of it is there under a
// length that is damaged.
void LogTail::judge_end(std::string_view rest, bool is_last_block) {
  const std::uint8_t type = type_at(rest);
  if (!is_last_block || type < full || type > last || size_at(rest) <= rest.size()) return;
  is_cut_short_ = true;
  is_damaged_ = checks_out(rest);
}

// Where it is broken, or the end of the block.
std::size_t LogTail::read_records(std::string_view block) {
  std::size_t place = 0;
  while (block.size() - place >= header_bytes) {
    const auto record = record_at(block, place);
    is_broken_ = !record || !take(*record);
    if (!record) judge_end(block.substr(place), block.size() < block_bytes);
    if (is_broken_) return place;
    place += record->bytes;
    in_batch_ = record->type == first || record->type == middle;
    if (!in_batch_) whole_bytes_ = at_ + place;
  }
  return block.size();
}

// Whether it may follow what came before it.
bool LogTail::take(const Record& record) {
  is_foreign_ = record.type > last;
  return !is_foreign_ && begins_batch(record.type) != in_batch_;
}

// At any place: where a length is damaged nothing says where the next record is.
void LogTail::look_for_batches(std::string_view block, std::size_t place) {
  while (!is_damaged_ && place + header_bytes <= block.size()) {
    const bool may_be =
        type_at(block.substr(place)) <= last;  // else its checksum need not be taken
    const auto record = may_be ? record_at(block, place) : std::nullopt;
    is_damaged_ = record && begins_batch(record->type);
    place += record ? record->bytes : 1;
  }
}

void LogTail::note_zeros(std::string_view block, std::size_t place) {
  for (std::size_t at = place; !has_zeros_ && at < block.size();) {
    const std::size_t sector_end = (at / sector_bytes + 1) * sector_bytes;
    has_zeros_ = is_zero(block.substr(at, sector_end - at));
    at = sector_end;
  }
  const std::string_view rest = block.substr(place);
  const std::size_t end = rest.find_last_not_of('\0');
  zeros_at_end_ =
      end == std::string_view::npos ? zeros_at_end_ + rest.size() : rest.size() - 1 - end;
}

}  // namespace genlock
