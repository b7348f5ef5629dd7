// The envelope of a message: checksum and compression (grammar in wire.h).
#pragma once

#include "engine/result.h"

#include <string>
#include <string_view>

namespace genlock::replication {

std::string seal(std::string_view payload);
// Where the payload of a checked frame goes: called once with its size, returns memory for it.
class PayloadBuffer {
 public:
  virtual ~PayloadBuffer() = default;
  virtual char* allocate(std::size_t size_bytes) = 0;
};
// ERRORS: corruption, unsupported, too_large. After an error the buffer's content means nothing.
Result<void> open(std::string_view frame, PayloadBuffer& buffer);

}  // namespace genlock::replication
