// The manifest of a backup. input = kind text; with an odd kind the line with the sum is still to
// be written, so that it does not end every try. What is taken has one spelling.
#include "eventlog/backup_manifest.h"
#include "fuzz/fuzz.h"

#include <xxhash.h>

#include <string>

using namespace genlock;

namespace {

std::string with_sum(std::string text) {
  constexpr std::string_view digits = "0123456789abcdef";
  XXH128_canonical_t sum;
  XXH128_canonicalFromHash(&sum, XXH3_128bits(text.data(), text.size()));
  text += "end ";
  for (const unsigned char byte : sum.digest) text += {digits[byte / 16], digits[byte % 16]};
  return text + '\n';
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(fuzz::as_text(data, size));
  const bool needs_sum = input.byte() % 2 == 1;
  std::string text(input.rest());
  if (needs_sum) text = with_sum(std::move(text));
  const Result<BackupManifest> manifest = parse_backup_manifest(text);
  if (!manifest.ok()) {
    CHECK(!manifest.error().message.empty());
    return 0;
  }
  CHECK(to_text(*manifest) == text);
  for (const BackedUpFile& file : manifest->files) {
    CHECK(!file.name.empty() && file.name.front() != '.' && file.name.find('/') == file.name.npos);
    CHECK(file.kept_as.find("/.") == file.name.npos && file.kept_as.front() != '/');
  }
  return 0;
}
