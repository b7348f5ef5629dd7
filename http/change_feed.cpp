#include "http/change_feed.h"

#include "http/sync_cursor.h"
#include "http/sync_status_json.h"
#include "projections/json_text.h"

#include <stdexcept>
#include <utility>

namespace genlock::http {
namespace {

constexpr std::string_view retry = "retry: 1000\n";          // ms until an EventSource comes back
constexpr ChangeReader::Bounds page_bounds{200, 256 << 10};  // what a slow reader holds in memory
// Of one step: with what the reader may have before it, well below Limits::feed_unsent_bytes.
constexpr std::size_t slice_bytes = 128 << 10;
// Events passed over, after which a narrowed client is told how far it is: it resumes there.
constexpr std::uint64_t silent_events = 1'000;

// An event of its own, or what ends one that was begun.
void append_event(std::string& out, std::string_view event, std::string_view json) {
  out.append("event: ").append(event).append("\ndata: ").append(json).append("\n\n");
}

void append_id(std::string& out, std::string_view cursor) {
  out.append("id: ").append(cursor).append("\n");
}

// A feed can't answer with an error any more: it ends, and the server reports a bug.
template <class T>
T or_throw(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().message);
  return *std::move(result);
}

}  // namespace

ChangeFeed::ChangeFeed(ApiCore& core, Narrowing only, const Start& start, FeedSlots::Slot slot)
    : core_(core), only_(std::move(only)), slot_(std::move(slot)), at_(start.at), told_(start.at) {
  ++core_.live.counters.clients;
  begin(start.reset);
}

std::string ChangeFeed::cursor() const {
  return format_sync_cursor(core_.parts.engine.identity().origin, at_);
}

// The id comes first, so that a client that is cut before its first message resumes here.
void ChangeFeed::begin(bool reset) {
  unsent_ = retry;
  append_id(unsent_, cursor());
  if (reset) {
    append_reset();
  } else {
    unsent_ += '\n';
  }
}

void ChangeFeed::append_reset() {
  append_event(unsent_, "reset", "{\"cursor\":\"" + cursor() + "\"}");
}

FeedStep ChangeFeed::step(Wake wake) {
  if (wake == Wake::stopping) return {.bytes = {}, .more = false, .end = true};
  if (sent_bytes_ == 0) {  // all is sent, or only what a feed begins with is not
    take_changes();
    if (!more_) {
      take_presence();
      take_status();
    }
  }
  return next_slice();
}

void ChangeFeed::take_changes() {
  const Moment moment(core_);
  ChangePage page = or_throw(core_.live.changes.read(moment.context(), at_, only_, page_bounds));
  for (const ChangePage::Message& message : page.messages) {
    at_ = told_ = message.at;
    append_id(unsent_, cursor());
    append_event(unsent_, "change", *message.json);
    const auto committed = core_.live.commits.of(message.at);
    if (committed && *committed >= opened_) fresh_.push_back({unsent_.size(), *committed});
  }
  at_ = page.reached;
  more_ = page.more;
  if (page.lost) {
    told_ = at_;
    append_id(unsent_, cursor());
    append_reset();
  }
  if (number(at_) - number(told_) < silent_events) return;
  told_ = at_;
  append_id(unsent_, cursor());
  unsent_ += '\n';
}

// All who are in a production, whenever one of them came, went or moved.
void ChangeFeed::take_presence() {
  PresenceBoard& board = core_.live.presence;
  const PresenceBoard::Version latest = board.version(core_.parts.clock.now());
  if (latest == seen_) return;
  const auto tell = [&](StreamId production, const std::vector<Presence>& people) {
    std::string json = "{\"production_id\":\"" + production.to_string() + "\",\"present\":";
    append_event(unsent_, "presence", json + presence_json(people, false) + "}");
  };
  for (const PresenceBoard::Crowd& crowd : board.changed_since(seen_)) {
    if (!only_.takes(crowd.production)) continue;
    tell(crowd.production, crowd.people);
    peopled_.insert(crowd.production);
  }
  std::erase_if(peopled_, [&](StreamId production) {
    if (board.has_anybody(production)) return false;
    tell(production, {});
    return true;
  });
  seen_ = latest;
}

void ChangeFeed::take_status() {
  const auto now = std::chrono::steady_clock::now();
  if (status_ && now - status_at_ < core_.live.limits.status_every) return;
  StatusText::Text text = or_throw(core_.live.status.get([&] { return sync_status_json(core_); }));
  if (text == status_) return;
  status_ = std::move(text);
  status_at_ = now;
  append_event(unsent_, "status", *status_);
}

// In pieces, because a message may be larger than what a reader may have unread.
FeedStep ChangeFeed::next_slice() {
  FeedStep step;
  step.bytes = unsent_.substr(sent_bytes_, slice_bytes);
  sent_bytes_ += step.bytes.size();
  note_sent();
  const bool all_sent = sent_bytes_ == unsent_.size();
  if (all_sent) {
    unsent_ = {};
    sent_bytes_ = 0;
  }
  step.more = !all_sent || more_;
  return step;
}

// Right before the bytes go to the connection.
void ChangeFeed::note_sent() {
  const auto now = std::chrono::steady_clock::now();
  for (; !fresh_.empty() && fresh_.front().end_bytes <= sent_bytes_; fresh_.pop_front())
    if (core_.parts.on_delivery) core_.parts.on_delivery(now - fresh_.front().committed);
}

}  // namespace genlock::http
