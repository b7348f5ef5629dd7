// How a file of RocksDB's log format ends: a write-ahead log, or a manifest. A power cut may leave
// one longer than what was written of it, with zeros or anything else in what was never synced.
// RocksDB refuses some of these files and reads others past a hole; this says which it is.
//
//   file    block*                                  32,768 bytes each; the last may be shorter
//   block   record* trailer                         the trailer: less than 7 bytes, passed over
//   record  checksum:4 length:2 type:1 payload      little endian; CRC32C of type and payload,
//   masked batch   full:1 | first:2 middle:3* last:4       records of these types
//
// A batch is written when the one before it is on the disk, if that one was to be durable. So bytes
// that are no record, and no batch after them, are of what was written last. A batch after them
// says that what stood there was whole once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace genlock {

class LogTail {
 public:
  static constexpr std::size_t block_bytes = 32'768;

  enum class Ending {
    whole,      // with a batch, or where the file ends within one
    unwritten,  // in zeros that nobody wrote: what was to be there was not synced
    torn,       // in bytes that are no record: not synced, or damaged later
    damaged,    // there are batches behind bytes that are no record, or the length of one is wrong
  };

  // One block after the other; all but the last have block_bytes. O(block), where nothing is amiss.
  void add(std::string_view block);

  Ending ending() const;
  // The bytes that are no record have zeros that nobody wrote, so nothing from there on was synced:
  // a sector of 512 bytes, or the part of one that is there, or the last 64.
  bool is_unwritten() const;
  // Up to the end of the last batch before anything that is no record.
  std::uint64_t whole_bytes() const { return whole_bytes_; }
  bool has_batches() const { return whole_bytes_ > 0 || is_damaged_; }

 private:
  struct Record {
    std::uint8_t type;
    std::size_t bytes;  // with its header
  };
  static std::optional<Record> record_at(std::string_view block, std::size_t place);
  std::size_t read_records(std::string_view block);
  bool take(const Record& record);
  void judge_end(std::string_view rest, bool is_last_block);
  void look_for_batches(std::string_view block, std::size_t place);
  void note_zeros(std::string_view block, std::size_t place);

  std::uint64_t at_ = 0;  // of the block
  std::uint64_t whole_bytes_ = 0;
  bool in_batch_ = false;
  bool is_foreign_ = false;    // a type of record that we do not know: not for us to judge
  bool is_broken_ = false;     // a place was met that is no record
  bool is_cut_short_ = false;  // there, one that goes on behind the end of the file
  bool is_damaged_ = false;    // the beginning of a batch behind it, or a whole one there
  bool has_zeros_ = false;     // all of a sector behind it
  std::size_t zeros_at_end_ = 0;
};

}  // namespace genlock
