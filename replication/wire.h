// Message <-> frame, the bytes of one request or reply body. Grammar (docs/formats/wire.md has one
// in hex):
//
//   frame   = magic flags length raw_length checksum payload
//   magic   = "GLS" 0x01             the last byte is the version of the frame
//   flags   = u32                    bit 0: the payload is one zstd frame with its content size;
//   the others are zero length  = u32                    bytes of payload raw_length = u32 bytes of
//   payload after decompression; == length where it is not compressed checksum = 16 bytes XXH3-128,
//   canonical, of the 16 bytes before it and of the payload payload = a Message of protocol.capnp:
//   one Cap'n Proto message with its segment table, never packed
//
// Numbers are little-endian. A frame is taken whole or refused whole; a reader never allocates more
// than limits::max_message_bytes for one, whatever it claims.
#pragma once

#include "engine/result.h"
#include "replication/messages.h"

#include <string>
#include <string_view>

namespace genlock::replication {

inline constexpr std::size_t frame_header_bytes = 32;

// REQUIRES: within the limits (page_builder.h keeps them).
std::string encode(const Message& message);
// ERRORS: corruption (damaged, or not a frame), unsupported (a frame of another version),
// too_large.
Result<Message> decode(std::string_view frame);

}  // namespace genlock::replication
