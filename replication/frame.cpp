#include "replication/frame.h"

#include "replication/hashing.h"
#include "replication/limits.h"
#include "replication/wire.h"

#include <zstd.h>

#include <cstring>

namespace genlock::replication {
namespace {

constexpr char magic[] = {'G', 'L', 'S', 1};
constexpr std::uint32_t flag_zstd = 1;
// Level 3 halves what level 1 leaves of a page of edits, at 200 MB/s.
constexpr int zstd_level = 3;
// Below this a frame is one packet anyway, and compressing it costs more than it saves.
constexpr std::size_t min_compressed_bytes = 1'024;

void put_u32(char* at, std::size_t n) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<char>(n >> (8 * i) & 0xff);
}
std::uint32_t get_u32(const char* at) {
  std::uint32_t n = 0;
  for (int i = 3; i >= 0; --i) n = n << 8 | static_cast<std::uint8_t>(at[i]);
  return n;
}
void put_checksum(char* at, const Digest& digest) {
  for (int i = 0; i < 8; ++i) {
    at[i] = static_cast<char>(digest.high >> (56 - 8 * i) & 0xff);
    at[8 + i] = static_cast<char>(digest.low >> (56 - 8 * i) & 0xff);
  }
}

Error damaged(const char* what) {
  return Error{ErrorCode::corruption, std::string("a damaged sync frame: ") + what};
}

bool checksum_holds(std::string_view head, std::string_view frame) {
  char checksum[16];
  put_checksum(checksum, hash_128(head, frame.substr(frame_header_bytes)));
  return std::memcmp(checksum, frame.data() + 16, 16) == 0;
}

// Really another version, or a flipped bit in the version of a frame of ours?
Error other_version(std::string_view frame) {
  std::string head(frame.substr(0, 16));
  head[3] = magic[3];
  if (checksum_holds(head, frame)) return damaged("its version");
  return Error{ErrorCode::unsupported,
               "a sync frame of version " + std::to_string(static_cast<unsigned char>(frame[3])) +
                   "; this node reads version 1: update the older of the two nodes"};
}

// A context each thread keeps: making one costs more than compressing a small message.
struct Compressor {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ~Compressor() { ZSTD_freeCCtx(context); }
};
struct Decompressor {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  Decompressor() { ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 23); }
  ~Decompressor() { ZSTD_freeDCtx(context); }
};

// Appends the compressed payload to `frame` and returns its size; 0: not worth it.
std::size_t compress(std::string_view payload, std::string& frame) {
  if (payload.size() < min_compressed_bytes) return 0;
  thread_local Compressor compressor;
  frame.resize(frame_header_bytes + ZSTD_compressBound(payload.size()));
  std::size_t size = ZSTD_compressCCtx(compressor.context, frame.data() + frame_header_bytes,
                                       frame.size() - frame_header_bytes, payload.data(),
                                       payload.size(), zstd_level);
  if (ZSTD_isError(size) || size >= payload.size()) return 0;
  if (payload.size() / size >= limits::max_compression_ratio) return 0;
  return size;
}

Result<void> decompress(std::string_view payload, std::size_t raw_bytes, PayloadBuffer& buffer) {
  if (ZSTD_getFrameContentSize(payload.data(), payload.size()) != raw_bytes)
    return damaged("the compressed part does not say the size that the head says");
  if (raw_bytes / (payload.size() + 1) > limits::max_compression_ratio)
    return damaged("it would grow more than an honest page does");
  thread_local Decompressor decompressor;
  std::size_t size = ZSTD_decompressDCtx(decompressor.context, buffer.allocate(raw_bytes),
                                         raw_bytes, payload.data(), payload.size());
  if (ZSTD_isError(size) || size != raw_bytes)
    return damaged("the compressed part does not unpack");
  return {};
}

}  // namespace

std::string seal(std::string_view payload) {
  std::string frame(frame_header_bytes, '\0');
  std::size_t compressed = compress(payload, frame);
  if (compressed == 0) {
    frame.resize(frame_header_bytes);
    frame.append(payload);
  } else {
    frame.resize(frame_header_bytes + compressed);
  }
  std::memcpy(frame.data(), magic, 4);
  put_u32(frame.data() + 4, compressed == 0 ? 0 : flag_zstd);
  put_u32(frame.data() + 8, frame.size() - frame_header_bytes);
  put_u32(frame.data() + 12, payload.size());
  put_checksum(frame.data() + 16,
               hash_128({frame.data(), 16}, std::string_view(frame).substr(frame_header_bytes)));
  return frame;
}

Result<void> open(std::string_view frame, PayloadBuffer& buffer) {
  if (frame.size() < frame_header_bytes) return damaged("it is cut short");
  if (std::memcmp(frame.data(), magic, 3) != 0) return damaged("these bytes are no frame");
  if (frame[3] != magic[3]) return other_version(frame);
  std::uint32_t flags = get_u32(frame.data() + 4);
  std::size_t length = get_u32(frame.data() + 8);
  std::size_t raw_bytes = get_u32(frame.data() + 12);
  if (raw_bytes > limits::max_message_bytes || length > limits::max_message_bytes)
    return Error{ErrorCode::too_large, "a sync message of " + std::to_string(raw_bytes) + " bytes"};
  if (length != frame.size() - frame_header_bytes)
    return damaged("its length is not what its head says");
  std::string_view payload = frame.substr(frame_header_bytes);
  if (!checksum_holds(frame.substr(0, 16), frame)) return damaged("its checksum does not hold");
  if (flags & ~flag_zstd) return damaged("unknown flags");
  if (flags & flag_zstd) return decompress(payload, raw_bytes, buffer);
  if (raw_bytes != length) return damaged("two lengths that should be equal");
  std::memcpy(buffer.allocate(raw_bytes), payload.data(), raw_bytes);
  return {};
}

}  // namespace genlock::replication
