#include "engine/dropped_events.h"

namespace genlock {
namespace {

class Owned : public Reader {
 public:
  Owned(std::unique_ptr<Reader> below, std::unique_ptr<Reader> whole)
      : below_(std::move(below)), whole_(std::move(whole)) {}

  Result<std::optional<std::string>> get(Space space, std::string_view key) const override {
    return whole_->get(space, key);
  }
  Result<void> scan(Space space, std::string_view first, std::string_view end,
                    const Visit& visit) const override {
    return whole_->scan(space, first, end, visit);
  }
  Result<void> scan_down(Space space, std::string_view first, std::string_view end,
                         const Visit& visit) const override {
    return whole_->scan_down(space, first, end, visit);
  }

 private:
  const std::unique_ptr<Reader> below_, whole_;  // the second reads the first
};

}  // namespace

Result<std::unique_ptr<Reader>> put_back(const EventLog& log, std::unique_ptr<Reader> now,
                                         StreamId stream, WholeLog* history) {
  TRY_ASSIGN(const VersionVector floor, log.floor(*now, stream));
  if (floor.empty()) return now;
  if (!history)
    return Error{ErrorCode::compacted,
                 "the beginning of stream " + stream.to_string() +
                     " was compacted here, and this node keeps no history files: ask a node that "
                     "does"};
  TRY_ASSIGN(std::unique_ptr<Reader> whole, history->whole(*now, stream));
  return std::unique_ptr<Reader>(new Owned(std::move(now), std::move(whole)));
}

}  // namespace genlock
