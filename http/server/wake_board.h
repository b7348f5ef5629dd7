// Who was woken when. A handler reads the data, finds nothing new and asks to be parked; a commit
// may fall between the look and the parking. So each wake has a number: a look notes the number
// before it reads, and parking compares.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace genlock::http {

class WakeBoard {
 public:
  using Moment = std::uint64_t;

  // Notes a wake. True if no other was waiting to be taken: then the taker must be told. Any
  // thread.
  bool wake(std::string_view topic);
  // The number of the latest wake. Any thread.
  Moment now() const { return latest_.load(); }
  // Was one of `topics` woken after `moment`? Forgets old topics rather than grow: then the answer
  // is a harmless yes.
  bool woken_since(const std::vector<std::string>& topics, Moment moment);
  // The topics woken since the last take, each once.
  std::vector<std::string> take();

 private:
  static constexpr std::size_t max_topics = 4096;  // about one per production

  std::atomic<Moment> latest_{0};
  std::mutex mutex_;  // guards all below
  std::unordered_map<std::string, Moment> last_woken_;
  Moment forgotten_until_ = 0;
  std::vector<std::string> pending_;
};

}  // namespace genlock::http
