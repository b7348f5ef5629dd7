#include "replication/subscriptions.h"

#include "replication/limits.h"

namespace genlock::replication {
namespace {

constexpr std::string_view mode_key = "sync/mode";
constexpr std::string_view stream_prefix = "sync/stream/";

std::string key_of(StreamId stream) { return std::string(stream_prefix).append(stream.view()); }

}  // namespace

Result<void> Subscriptions::load(const Reader& reader) {
  std::lock_guard lock(mutex_);
  TRY_ASSIGN(auto mode, reader.get(Space::local, mode_key));
  if (mode) everything_ = *mode == "all";
  named_.clear();
  TRY(reader.scan_prefix(Space::local, stream_prefix,
                         [&](std::string_view key, std::string_view value) {
                           std::string_view id = key.substr(stream_prefix.size());
                           if (id.size() == 16)
                             named_[StreamId{Uuid::from_bytes(id)}] = value == "+";
                           return true;
                         }));
  cached_streams_ = ~std::size_t{0};
  return {};
}

bool Subscriptions::everything() const {
  std::lock_guard lock(mutex_);
  return everything_;
}

Result<void> Subscriptions::set_everything(Committer& committer, bool everything) {
  TRY(committer.run([everything](Overlay& overlay) -> Result<void> {
    overlay.put(Space::local, std::string(mode_key), everything ? "all" : "set");
    return {};
  }));
  std::lock_guard lock(mutex_);
  everything_ = everything;
  cached_streams_ = ~std::size_t{0};
  return {};
}

Result<void> Subscriptions::set(Committer& committer, StreamId stream, bool wanted) {
  if (stream == library_stream || stream == directory_stream) {
    if (wanted) return {};
    return Error{ErrorCode::invalid_argument,
                 "the equipment library and the directory always come along"};
  }
  {
    std::lock_guard lock(mutex_);
    if (named_.size() >= limits::max_subscriptions && !named_.count(stream))
      return Error{ErrorCode::too_large,
                   "too many single subscriptions: subscribe to everything instead"};
  }
  TRY(committer.run([stream, wanted](Overlay& overlay) -> Result<void> {
    overlay.put(Space::local, key_of(stream), wanted ? "+" : "-");
    return {};
  }));
  std::lock_guard lock(mutex_);
  named_[stream] = wanted;
  cached_streams_ = ~std::size_t{0};
  return {};
}

bool Subscriptions::wants(StreamId stream, const StreamIndex& index) const {
  return current(index).wants(stream);
}

Subscription Subscriptions::current(const StreamIndex& index) const {
  std::lock_guard lock(mutex_);
  if (!everything_ && cached_streams_ == index.stream_count()) return cached_;
  if (everything_ && cached_streams_ == 0) return cached_;
  std::map<StreamId, bool> wanted = named_;
  if (!everything_)
    for (StreamId held : index.all()) wanted.try_emplace(held, true);
  cached_ = Subscription{everything_, {}};
  for (const auto& [stream, is_wanted] : wanted)
    if (is_wanted != everything_ && stream != library_stream && stream != directory_stream)
      cached_.listed.push_back(stream);
  cached_streams_ = everything_ ? 0 : index.stream_count();
  return cached_;
}

}  // namespace genlock::replication
