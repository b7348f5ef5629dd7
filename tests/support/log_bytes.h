// Files of RocksDB's log format (its grammar: eventlog/log_tail.h), written and read here apart
// from the program, so that the two can be held against each other.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace genlock::test {

// Where a batch stands in a file, from its first record to the end of its last one.
struct LogBatch {
  std::size_t first = 0, end = 0;
};

struct LogBytes {
  std::string bytes;
  std::vector<LogBatch> batches;

  void add(std::string_view batch);
};

// The end of the last batch before anything that is no record, or that may not stand there.
std::size_t whole_log_bytes(std::string_view bytes);

// `size` bytes: `text` over and over; zeros where there is none.
std::string repeated(std::string_view text, std::size_t size);

}  // namespace genlock::test
