// The file of --config.
#include "cli/settings_file.h"
#include "fuzz/fuzz.h"

using namespace genlock;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto settings = cli::parse_settings(fuzz::as_text(data, size), "genlock.toml");
  if (!settings.ok()) {
    CHECK(settings.error().message.find("genlock.toml") != std::string::npos);
    return 0;
  }
  for (const cli::FileSetting& setting : *settings) CHECK(setting.line > 0);
  return 0;
}
