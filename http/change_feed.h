// One feed of changes as server-sent events (docs/api.md, section 10). It holds a position of the
// log and what of the last page was not sent yet, so a slow reader costs a page, and one that was
// cut goes on where its last id says. Internal to http/api_changes.cpp.
#pragma once

#include "http/api_core.h"

#include <chrono>
#include <deque>
#include <optional>
#include <set>
#include <string>

namespace genlock::http {

class ChangeFeed {
 public:
  struct Start {
    Position at = Position::none;
    bool reset = false;  // the client's cursor means nothing here
  };
  ChangeFeed(ApiCore& core, Narrowing only, const Start& start, FeedSlots::Slot slot);
  ~ChangeFeed() { --core_.live.counters.clients; }
  ChangeFeed(const ChangeFeed&) = delete;
  ChangeFeed& operator=(const ChangeFeed&) = delete;

  // What to send now; as Feed::next. Throws where the log can't be read.
  FeedStep step(Wake wake);

 private:
  void begin(bool reset);
  void append_reset();
  void take_changes();
  void take_presence();
  void take_status();
  FeedStep next_slice();
  void note_sent();
  std::string cursor() const;

  ApiCore& core_;
  const Narrowing only_;
  const FeedSlots::Slot slot_;
  Position at_;
  Position told_;      // the client's last id
  bool more_ = false;  // there are changes behind at_
  std::string unsent_;
  std::size_t sent_bytes_ = 0;  // of unsent_
  // Changes in unsent_ that were committed while this feed was open.
  struct Fresh {
    std::size_t end_bytes = 0;  // where it ends
    CommitTimes::Time committed;
  };
  std::deque<Fresh> fresh_;
  const CommitTimes::Time opened_ = std::chrono::steady_clock::now();
  PresenceBoard::Version seen_ = 0;
  std::set<StreamId> peopled_;  // productions of which the client knows people
  StatusText::Text status_;
  std::chrono::steady_clock::time_point status_at_{};
};

}  // namespace genlock::http
