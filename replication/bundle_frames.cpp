#include "replication/bundle_frames.h"

#include "replication/limits.h"
#include "replication/wire.h"

namespace genlock::replication {
namespace {

constexpr std::size_t length_at = 8;  // of the payload, in a frame's header

std::size_t payload_bytes(std::string_view header) {
  std::size_t bytes = 0;
  for (std::size_t i = 4; i > 0; --i)
    bytes = bytes << 8 | static_cast<std::uint8_t>(header[length_at + i - 1]);
  return bytes;
}

Error damaged(const std::string& where, const std::string& what) {
  return {ErrorCode::corruption, where + ": " + what};
}

}  // namespace

Result<Message> BundleFrames::next() {
  const std::string where = "frame " + std::to_string(number_ + 1) + " at byte " +
                            std::to_string(offset_) + " of the file";
  TRY_ASSIGN(std::string frame, read_(frame_header_bytes));
  if (frame.size() < frame_header_bytes) return damaged(where, "the file ends there");
  const std::size_t rest = payload_bytes(frame);
  if (rest > limits::max_message_bytes) return damaged(where, "it has an impossible length");
  TRY_ASSIGN(const std::string payload, read_(rest));
  if (payload.size() < rest) return damaged(where, "the file ends in it");
  frame += payload;
  auto message = decode(frame);
  if (!message.ok() && message.error().code == ErrorCode::unsupported)
    return std::move(message).error().in(where);
  if (!message.ok()) return damaged(where, message.error().message);
  if (message->exchange != number_ + 1) return damaged(where, "it is not the next one");
  ++number_;
  offset_ += frame.size();
  return message;
}

}  // namespace genlock::replication
