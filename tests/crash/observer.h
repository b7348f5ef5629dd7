// A client that reads and never writes, over any number of lives of a node, and holds it to what a
// reader was promised: a row never goes back to what it showed before (monotonic reads), and the
// change feed has no hole: each event of an origin follows the one before it, or the feed says
// `reset` in so many words. Crews number the names they give, so rows tell their age.
#pragma once

#include "cli/api_client.h"
#include "crash/crew.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace genlock::crash {

class Observer {
 public:
  // One look at all rows and one page of the feed. False: the node did not answer, or had no more
  // to tell in its feed.
  bool look(cli::ApiClient& client);
  // What was seen that may not be.
  const Complaint& complaint() const { return complaint_; }
  std::uint64_t event_count() const { return events_; }
  std::uint64_t reset_count() const { return resets_; }

 private:
  bool look_at_rows(cli::ApiClient& client);
  bool look_at_feed(cli::ApiClient& client);
  void take_event(const std::string& event);

  std::map<std::string, std::uint64_t> ages_;  // of rows, by id
  std::map<std::string, std::uint64_t> last_;  // sequence in the feed, by origin
  std::string cursor_;
  Complaint complaint_;
  std::uint64_t events_ = 0, resets_ = 0;
};

}  // namespace genlock::crash
