// A client that remembers what it was promised: it makes sources in one production and renames
// them, one write at a time, each with its Idempotency-Key. A write that got no answer, or one that
// leaves its outcome open, is sent again with its key before the next. So after any number of
// crashes each row must show the last value that was acknowledged, or the one whose outcome is
// open, and each key must be in the log once.
#pragma once

#include "cli/api_client.h"
#include "engine/event_log.h"
#include "support/seeded_random.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace genlock::crash {

// The production that crews work in, made by make_show().
inline constexpr const char* show_id = "11111111-2222-4333-8444-555555555555";
Result<void> make_show(cli::ApiClient& client);

// What is wrong, for people; nullopt: nothing.
using Complaint = std::optional<std::string>;

class Crew {
 public:
  // Crews with different numbers have different rows and keys.
  explicit Crew(std::uint64_t number);

  // A new write, or the last one again while its outcome is open. True: acknowledged. A refusal
  // that no fault explains (4xx) is told by check().
  bool write(cli::ApiClient& client);
  bool has_open_write() const { return open_.has_value(); }
  // Reads every row. REQUIRES: no write is under way.
  Complaint check(cli::ApiClient& client);

  // Reads the row that was written last: a client reads its own writes. A node that does not answer
  // breaks no promise.
  Complaint check_last(cli::ApiClient& client);

  std::uint64_t acknowledged_count() const { return acknowledged_; }

 private:
  struct Row {
    std::optional<std::string> name;  // as acknowledged; none: the row's creation is open
  };
  struct Write {
    std::string row, name, key;
    bool creates = false;
  };

  Write draw();
  std::string id(std::uint64_t kind, std::uint64_t n) const;
  Complaint check_row(cli::ApiClient& client, const std::string& row);
  Complaint judge(const std::string& row, const cli::ApiAnswer& answer);

  const std::uint64_t number_;
  SeededRandom random_;
  std::uint64_t drawn_ = 0, acknowledged_ = 0;
  std::map<std::string, Row> rows_;  // by id
  std::vector<std::string> ids_;     // in the order in which they were made
  std::optional<Write> open_;
  std::string last_row_;
  Complaint refused_;
};

// Every event that carries a command key: how many, and whether one key is there twice.
struct Commands {
  std::uint64_t count = 0;
  Complaint doubled;
};
Result<Commands> commands_in(const Reader& reader, const EventLog& log);
// The same of one stream, without its order: of a log with its history files. ERRORS: compacted.
Result<Commands> commands_of(const Reader& reader, const EventLog& log, StreamId stream);

}  // namespace genlock::crash
