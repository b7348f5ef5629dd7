#include "eventlog/file_sum.h"

#include "engine/check.h"

#include <xxhash.h>

namespace genlock {

struct FileSum::Inside {
  XXH3_state_t* state = XXH3_createState();
  Inside() {
    CHECK(state != nullptr);
    XXH3_128bits_reset(state);
  }
  ~Inside() { XXH3_freeState(state); }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
};

FileSum::FileSum() : inside_(std::make_unique<Inside>()) {}
FileSum::~FileSum() = default;

void FileSum::add(std::string_view piece) {
  XXH3_128bits_update(inside_->state, piece.data(), piece.size());
}

std::string FileSum::finish() const {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(inside_->state));
  constexpr const char* digits = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : canonical.digest) {
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return hex;
}

std::string file_sum(std::string_view bytes) {
  FileSum sum;
  sum.add(bytes);
  return sum.finish();
}

}  // namespace genlock
