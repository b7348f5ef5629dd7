#include "engine/acknowledging.h"

#include "engine/state_bytes.h"

#include <algorithm>

namespace genlock {
namespace {

// What was held at some time.
struct Mark {
  UnixMs at_ms = 0;
  VersionVector vector;
};

std::string mark_key(StreamId stream) { return "stability/mark/" + std::string(stream.view()); }

Result<std::optional<Mark>> read_mark(const Reader& reader, StreamId stream) {
  TRY_ASSIGN(const auto bytes, reader.get(Space::local, mark_key(stream)));
  if (!bytes) return std::optional<Mark>{};
  ByteReader in(*bytes);
  Mark mark;
  mark.at_ms = in.zigzag();
  mark.vector = read_vector(in);
  if (!in.ok()) return Error{ErrorCode::corruption, "a mark of what was held is damaged"};
  return std::optional(std::move(mark));
}

void put_mark(Overlay& overlay, StreamId stream, const Mark& mark) {
  ByteWriter out;
  out.zigzag(mark.at_ms);
  write_vector(out, mark.vector);
  overlay.put(Space::local, mark_key(stream), out.take());
}

class Acknowledging {
 public:
  Acknowledging(Overlay& overlay, const EventLog& log, const Identity& self, UnixMs stable_after_ms,
                UnixMs now)
      : overlay_(overlay), log_(log), self_(self), after_ms_(stable_after_ms), now_(now) {}

  Result<std::vector<Operation>> run() {
    TRY_ASSIGN(directory_, read_directory(overlay_, log_));
    const NodeEntry* node = directory_.owner(self_.origin);
    if (!node) return std::move(operations_);  // its entry comes first
    const auto own = std::ranges::find(node->origins, self_.origin, &OriginEntry::id);
    if (own->closed_ms) return std::move(operations_);
    TRY_ASSIGN(const std::vector<StreamId> streams, log_.streams(overlay_));
    tell_parts(*own, streams);
    for (const StreamId stream : streams) {
      if (operations_.size() >= max_acknowledged) break;
      if (stream != directory_stream) TRY(look(stream));
    }
    if (!operations_.empty()) TRY(look(directory_stream));
    return std::move(operations_);
  }

 private:
  // Until it has said so, a node counts as one that may write any production.
  void tell_parts(const OriginEntry& own, const std::vector<StreamId>& streams) {
    if (self_.role != Role::lan || directory_.said.empty()) return;
    std::set<StreamId> productions(streams.begin(), streams.end());
    productions.erase(directory_stream);
    productions.erase(library_stream);
    if (own.takes != productions) operations_.push_back(take_part(self_.origin, productions));
  }

  Result<void> look(StreamId stream) {
    TRY_ASSIGN(const StreamHead head, log_.head(overlay_, stream));
    TRY_ASSIGN(const Branches branches, log_.branches(overlay_, stream));
    const Standing standing = directory_.standing(stream, head, !branches.empty());
    if (standing.is_forked || !std::ranges::binary_search(standing.members, self_.origin))
      return {};
    TRY_ASSIGN(const VersionVector aged, aged_of(stream, standing.held));
    const auto mine = standing.said.find(self_.origin);
    const bool is_first = mine == standing.said.end();
    // Before anybody has held anything for long enough there is nothing to say.
    if (is_first && standing.said.empty() && aged.empty()) return {};
    const auto said = next_acknowledgement(standing, self_.origin, aged);
    if (said) operations_.push_back(acknowledge(self_.origin, stream, *said, is_first));
    return {};
  }

  // What has been held for long enough, by marks from time to time; empty: nothing that a look
  // before has not told.
  Result<VersionVector> aged_of(StreamId stream, const VersionVector& held) {
    TRY_ASSIGN(std::optional<Mark> mark, read_mark(overlay_, stream));
    // Of an older log, or one of a clock that went back: begun anew.
    const bool is_good = mark && held.includes(mark->vector) && mark->at_ms <= now_;
    const bool is_ripe = is_good && now_ - mark->at_ms >= after_ms_;
    if (!is_good || (is_ripe && mark->vector != held)) put_mark(overlay_, stream, {now_, held});
    return is_ripe ? mark->vector : VersionVector{};
  }

  Overlay& overlay_;
  const EventLog& log_;
  const Identity& self_;
  const UnixMs after_ms_, now_;
  NodeDirectory directory_;
  std::vector<Operation> operations_;
};

}  // namespace

Result<std::vector<Operation>> due_acknowledgements(Overlay& overlay, const EventLog& log,
                                                    const Identity& self, UnixMs stable_after_ms,
                                                    UnixMs now) {
  return Acknowledging(overlay, log, self, stable_after_ms, now).run();
}

}  // namespace genlock
