// An archive of a show. input = kind text; with an odd kind the checksum is still to be made to
// fit, so that it does not end every try. What an empty node
// takes, it writes again in the same lines.
#include "fuzz/fuzz.h"
#include "projections/row_projection.h"
#include "support/direct_committer.h"
#include "support/replica.h"
#include "transfer/archive.h"
#include "transfer/checksum.h"

using namespace genlock;

namespace {

struct Rows : RowProjection {
  Rows() : RowProjection(Role::lan) {}
};
using Node = test::BasicReplica<Rows>;

std::string sealed(std::string text) {
  constexpr std::string_view mark = ",\"sha256\":\"";
  const std::size_t at = text.rfind(mark);
  if (at == std::string::npos) return text;
  transfer::Checksum sum;
  sum.add(std::string_view(text).substr(0, at));
  return text.substr(0, at).append(mark) + sum.hex() + "\"}}\n";
}

Result<transfer::ReadArchiveBytes> reading(std::string_view text) {
  return transfer::ReadArchiveBytes([text](std::size_t size) mutable -> Result<std::string> {
    std::string piece(text.substr(0, size));
    text.remove_prefix(piece.size());
    return piece;
  });
}

std::string archive_of(const Node& node, StreamId show) {
  auto writer = transfer::ArchiveWriter::open(node.log, node.projection, node.store, show).value();
  std::string text;
  for (;;) {
    const std::string piece = writer.next().value();
    if (piece.empty()) return text;
    text += piece;
  }
}

// Without the head, which may say another name.
std::string_view events_of(std::string_view text) {
  const std::size_t begin = text.find('\n'), end = text.find("\n],\"writers\"");
  CHECK(begin < end && end != text.npos);
  return text.substr(begin, end - begin);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(fuzz::as_text(data, size));
  const bool needs_sum = input.byte() % 2 == 1;
  std::string text(input.rest());
  if (needs_sum) text = sealed(std::move(text));
  Node node(1, Role::cloud);
  test::DirectCommitter committer(node.store);
  const auto report =
      transfer::import_archive(node.engine, committer, node.store, [&] { return reading(text); });
  if (!report.ok()) {
    CHECK(!report.error().message.empty());
    return 0;
  }
  const StreamId show = report->facts.production;
  CHECK(report->stored + report->duplicates == report->facts.events);
  // Branches under names that are not theirs get those that are.
  if (!report->is_same) return 0;
  const std::string again = archive_of(node, show);
  // Names that a newer program wrote out stand as numbers in an older one's archive.
  if (text.find("\"#") == std::string::npos) CHECK(events_of(again) == events_of(text));
  return 0;
}
