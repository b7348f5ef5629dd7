// The frames of a bundle, one after the other. Internal to replication/bundle_*.cpp.
#pragma once

#include "replication/bundle.h"

namespace genlock::replication {

// In the order of their numbers.
class BundleFrames {
 public:
  explicit BundleFrames(ReadBytes read) : read_(std::move(read)) {}

  // ERRORS: corruption (says where), unsupported, those of `read`.
  Result<Message> next();

 private:
  const ReadBytes read_;
  std::uint64_t number_ = 0, offset_ = 0;
};

}  // namespace genlock::replication
