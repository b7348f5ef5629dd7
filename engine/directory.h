// What the directory stream says of nodes: who they are, which origins they wrote and write under,
// which of those are closed, and what each has acknowledged of each stream (engine/stability.h).
//
//   nodes             name, role; retired_at, retired_by, retired_reason: said by people, for
//                     people
//   origins           node_id; closed_at: nothing more comes of it, for good, also where something
//                     written beside that is what shows; takes: the productions that it may write,
//                     as a JSON list of ids (null: all)
//   acknowledgements  one row for an origin and a stream: origin_id, stream_id, stable, held (JSON
//                     objects, a sequence for each origin), with (JSON list of origins)
// A node is a member while one of its origins is open. To retire it is to close them; it comes back
// under a new one.
#pragma once

#include "engine/event_log.h"
#include "engine/stability.h"
#include "engine/store.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace genlock {

struct Identity;  // engine/engine.h

namespace table {
inline constexpr TableId acknowledgements{13};
}  // namespace table

struct OriginEntry {
  OriginId id;
  UnixMs opened_ms = 0;
  std::optional<UnixMs> closed_ms;
  std::optional<std::set<StreamId>> takes;  // none: everything
  bool may_write(StreamId stream) const;
};

struct Retirement {
  UnixMs at_ms = 0;
  std::string by, reason;  // may be empty
};

struct NodeEntry {
  NodeId id;
  std::string name, role;  // empty: not known here
  std::optional<Retirement> retired;
  std::vector<OriginEntry> origins;  // by id

  const OriginEntry* open_origin() const;  // the latest
};

struct SaidEntry {
  OriginId origin;
  StreamId stream;
  Acknowledgement what;
  UnixMs at_ms = 0;
};

struct NodeDirectory {
  std::vector<NodeEntry> nodes;  // by id
  std::vector<SaidEntry> said;   // by stream, then origin

  const NodeEntry* find(NodeId node) const;
  const NodeEntry* owner(OriginId origin) const;
  // What is known of a stream. REQUIRES: `head` is that of the stream.
  Standing standing(StreamId stream, const StreamHead& head, bool is_forked) const;
};

// O(rows of the directory). ERRORS: corruption.
Result<NodeDirectory> read_directory(const Reader& reader, const EventLog& log);
// What an origin acknowledged last of a stream; nullopt: nothing. One row.
Result<std::optional<Acknowledgement>> said_of(const Reader& reader, const EventLog& log,
                                               OriginId origin, StreamId stream);
Result<bool> is_closed(const Reader& reader, const EventLog& log, OriginId origin);
// What an event of the directory promises for its origin, of `stream`; nullopt: nothing that reads
// as acknowledge() writes it.
std::optional<VersionVector> promised_in(const Event& event, StreamId stream);

// Operations on the directory stream; empty where there is nothing to say.
std::vector<Operation> retire(const NodeEntry& node, const Retirement& why);
// The node is expected back; it opens an origin itself.
std::vector<Operation> expect(const NodeEntry& node);
Operation close_origin(OriginId origin, UnixMs now);
Operation take_part(OriginId origin, const std::set<StreamId>& productions);
// `is_first`: the directory has none yet of this origin and stream.
Operation acknowledge(OriginId origin, StreamId stream, const Acknowledgement& what, bool is_first);

// What a node has not said of itself yet: its name and role, whose its origin is, which origins it
// has left, whose edits it has written again under which, and that it is back where it was retired.
// `now`: of what is closed. ERRORS: corruption, unavailable.
Result<std::vector<Operation>> missing_entries(const Reader& reader, const EventLog& log,
                                               const Identity& self, UnixMs now);

}  // namespace genlock
