// Forks. One origin's events went on twice, differently: a copy of a node's data ran beside it, or
// an older state came back and was written to. No event is refused or dropped for it. By their
// hashes the events of an origin in a stream are a tree; where it parts, the successor with the
// lowest hash keeps the name, and each other one is read as the first event of another origin,
//   branch_name(origin, its hash), counted from 1,
// so that vectors and ranges have no holes. Names are a function of the events held: whoever has
// the same events gives the same names, in whatever order they came. Stored bytes stay as they are.
//
// A lower successor that comes late takes the name over: what had it before is renamed, which the
// log does (EventLog::divert) and after which the stream is folded anew. docs/adr/0016.
#pragma once

#include "engine/event.h"

#include <string>
#include <string_view>
#include <vector>

namespace genlock {

// UUIDv5, the same everywhere. `first`: the chain value of the branch's first event.
OriginId branch_name(OriginId origin, const ChainHash& first);

// Event k of `name` is by its bytes event depth + k of `origin`, and follows `after`.
struct Branch {
  OriginId name;
  OriginId origin;  // as the bytes say
  Dot after;        // as named here; Sequence::none: from the very beginning, under `origin`
  std::uint64_t depth = 0;
  bool operator==(const Branch&) const = default;
};

// The branches of one stream; nearly always there are none.
class Branches {
 public:
  Branches() = default;
  explicit Branches(std::vector<Branch> all);

  bool empty() const { return all_.empty(); }
  const std::vector<Branch>& all() const { return all_; }  // ascending by name
  const Branch* find(OriginId name) const;
  void add(Branch branch);
  // The events of `path` from `first` on are called `name` now.
  void divert(const Dot& first, OriginId name);

  // Whose events those of `path` are by their bytes.
  OriginId origin_of(OriginId path) const;
  // How many events stand before the first of `path`.
  std::uint64_t depth_of(OriginId path) const;
  // Number and origin as in the bytes.
  Dot written(const Dot& here) const;
  // REQUIRES: of no origin events that went on differently.
  VersionVector written(const VersionVector& here) const;
  // The event before: the one that a branch follows, for its first. Sequence::none: there is none.
  Dot before(const Dot& here) const;
  // The origin itself, then its branches.
  std::vector<OriginId> paths_of(OriginId origin) const;
  bool is_forked(OriginId origin) const;
  // Who has an event of `path` has what the branch follows, too.
  void add_past(VersionVector& seen, OriginId path) const;

  // (name 16, origin 16, after 16 + 8, depth 8)*
  std::string to_bytes() const;
  // nullopt: damaged.
  static std::optional<Branches> parse(std::string_view bytes);

 private:
  std::vector<Branch> all_;
};

// What `dot` is called once the events of first.origin from `first` on are called `name`.
Dot diverted(const Dot& dot, const Dot& first, OriginId name);
// The same for a closed set of events.
VersionVector diverted(const VersionVector& seen, const Dot& first, OriginId name);

}  // namespace genlock
