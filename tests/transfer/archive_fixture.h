// Replicas with rows, and archives of them as texts.
#pragma once

#include "catch.h"
#include "projections/row_projection.h"
#include "support/direct_committer.h"
#include "support/replica.h"
#include "transfer/archive.h"

#include <algorithm>

namespace genlock::test {

struct Rows : RowProjection {
  Rows() : RowProjection(Role::lan) {}
};
using Node = BasicReplica<Rows>;

inline std::string archive_of(const Node& node, StreamId show) {
  auto writer = transfer::ArchiveWriter::open(node.log, node.projection, node.store, show);
  REQUIRE(writer.ok());
  std::string text;
  for (;;) {
    const auto piece = writer->next();
    INFO((piece.ok() ? "" : piece.error().message));
    REQUIRE(piece.ok());
    if (piece->empty()) return text;
    text += *piece;
  }
}

// At most `step` bytes at once.
inline transfer::ReadArchiveBytes reading(std::string_view text, std::size_t step = SIZE_MAX) {
  return [text, step](std::size_t size) mutable -> Result<std::string> {
    std::string piece(text.substr(0, std::min(size, step)));
    text.remove_prefix(piece.size());
    return piece;
  };
}

inline Result<transfer::ArchiveReport> take(Node& node, std::string_view text) {
  DirectCommitter committer(node.store);
  return transfer::import_archive(node.engine, committer, node.store,
                                  [&] { return Result(reading(text)); });
}

inline transfer::ArchiveReport taken(Node& node, std::string_view text) {
  auto report = take(node, text);
  INFO((report.ok() ? "" : report.error().message));
  REQUIRE(report.ok());
  return *std::move(report);
}

// The same events under the same names, with the same hashes and rows.
inline void require_same_show(const Node& a, const Node& b, StreamId show) {
  REQUIRE(a.head(show).vector() == b.head(show).vector());
  const VersionVector vector = a.head(show).vector();
  for (const auto& entry : vector.entries()) {
    for (std::uint64_t i = 1; i <= number(entry.last); ++i) {
      const EventId id{show, {entry.origin, Sequence{i}}};
      const StoredEvent one = a.log.read(a.store, id).value(),
                        two = b.log.read(b.store, id).value();
      REQUIRE(one.bytes == two.bytes);
      REQUIRE(one.chain == two.chain);
    }
  }
  REQUIRE(a.projection.digest(a.store, show).value() == b.projection.digest(b.store, show).value());
}

}  // namespace genlock::test
