#include "eventlog/backup_manifest.h"

#include "catch.h"
#include "eventlog/file_sum.h"
#include "support/places.h"

#include <fstream>
#include <iterator>

using namespace genlock;

namespace {

BackupManifest sample() {
  BackupManifest manifest;
  manifest.id = *Uuid::parse("01930000-0000-7000-8000-000000000001");
  manifest.created_ms = 1'763'800'000'000;
  manifest.reason = BackupReason::lock;
  manifest.node = *NodeId::parse("01930000-0000-7000-8000-000000000002");
  manifest.origin = *OriginId::parse("01930000-0000-7000-8000-000000000003");
  manifest.program = "0.1.0";
  manifest.size_bytes = 300;
  manifest.added_bytes = 100;
  manifest.streams = {{library_stream, 290, std::string(32, 'a'), std::string(32, '0')}};
  manifest.files = {{200, std::string(32, '1'), "000012.sst", "files/000012-200-0a0b0c0d.sst"},
                    {100, std::string(32, '2'), "CURRENT", "CURRENT"}};
  return manifest;
}

std::string sealed(const std::string& body) { return body + "end " + file_sum(body) + "\n"; }

}  // namespace

TEST_CASE("a manifest is read back as it was written", "[backup]") {
  REQUIRE(*parse_backup_manifest(to_text(sample())) == sample());
  REQUIRE(sample().event_count() == 290);
}

TEST_CASE("the example of docs/formats/backups.md is a manifest", "[backup][docs]") {
  std::ifstream in(project_file("docs/formats/backups.md"));
  const std::string page(std::istreambuf_iterator<char>(in), {});
  const std::string fence = "```manifest\n";
  const auto begin = page.find(fence);
  REQUIRE(begin != std::string::npos);
  const auto from = begin + fence.size();
  REQUIRE(page.substr(from, page.find("```", from) - from) == to_text(sample()));
}

TEST_CASE("a manifest that lost or changed a byte is refused", "[backup]") {
  const std::string whole = to_text(sample());
  for (std::size_t size = 0; size < whole.size(); ++size)
    REQUIRE_FALSE(parse_backup_manifest(whole.substr(0, size)).ok());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    REQUIRE_FALSE(parse_backup_manifest(flipped).ok());
  }
}

TEST_CASE("a manifest of a newer program is told from a damaged one", "[backup]") {
  REQUIRE(parse_backup_manifest(sealed("genlock-backup 2\n")).error().code ==
          ErrorCode::unsupported);
  REQUIRE(parse_backup_manifest(sealed("something else\n")).error().code == ErrorCode::corruption);
}

TEST_CASE("a manifest names files of its own folders alone", "[backup]") {
  for (const char* name :
       {"../../etc/passwd", "/etc/passwd", "files/../lock", ".hidden", "a/b", "files/"}) {
    BackupManifest wrong = sample();
    wrong.files[0].kept_as = name;
    REQUIRE(parse_backup_manifest(to_text(wrong)).error().code == ErrorCode::corruption);
    wrong = sample();
    wrong.files[0].name = name;
    REQUIRE(parse_backup_manifest(to_text(wrong)).error().code == ErrorCode::corruption);
  }
}
