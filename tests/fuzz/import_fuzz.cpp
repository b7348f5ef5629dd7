// Files to import: shows, libraries, archives, the old app's storage.
#include "fuzz/fuzz.h"
#include "transfer/show_file.h"

using namespace genlock;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Result<transfer::ImportFile> file =
      transfer::parse_import_file("file.json", fuzz::as_text(data, size));
  if (!file.ok()) {
    CHECK(!file.error().message.empty());
    return 0;
  }
  for (const transfer::FileRow& row : file->equipment) CHECK(row.table && !row.id.uuid.is_nil());
  for (const transfer::ShowFile& show : file->shows)
    for (const transfer::FileRow& row : show.children) CHECK(row.table && !row.id.uuid.is_nil());
  return 0;
}
