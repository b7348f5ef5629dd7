// What two nodes say to each other, as values. Their bytes are in wire.h, their meaning in
// protocol.capnp.
#pragma once

#include "engine/catalog.h"
#include "engine/engine.h"
#include "engine/projection.h"
#include "replication/subscription.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace genlock::replication {

inline constexpr std::uint16_t protocol_version = 1;

struct Hello {
  std::uint16_t protocol = protocol_version;
  Role role = Role::lan;
  bool clock_suspect = false;
  std::uint16_t schema = 0;
  std::uint32_t fold = 0;
  UnixMs clock_ms = 0;
  std::string name;
  std::string software;
  std::uint32_t stream_count = 0;
  Digest heads;
  Digest states;
  Digest known_subscription;
  std::optional<Subscription> own_subscription;
  bool unknown_subscription = false;
  bool operator==(const Hello&) const = default;
};

// The last event of one origin that a node has.
struct Head {
  OriginId origin;
  Sequence last = Sequence::none;
  ShortHash hash{};
  bool operator==(const Head&) const = default;
};

// A branch (engine/branches.h) as a peer may not know it.
struct BranchHead {
  OriginId name, origin;
  std::uint64_t depth = 0;
  ShortHash hash{};  // of the event that it follows
  bool operator==(const BranchHead&) const = default;
};

// What a node has of a stream.
struct StreamState {
  StreamId stream;
  std::vector<Head> have;  // ascending by origin, as the node names them
  Digest state;
  std::vector<BranchHead> branches = {};  // nearly always none
  bool operator==(const StreamState&) const = default;

  VersionVector vector() const;
};

struct Compare {
  std::uint8_t bits = 0;
  std::vector<std::uint64_t> heads;   // 2^bits
  std::vector<std::uint64_t> states;  // 2^bits
  StreamId after;
  bool operator==(const Compare&) const = default;
};

struct States {
  std::vector<std::uint16_t> differing;
  std::vector<StreamState> streams;
  bool more = false;
  bool operator==(const States&) const = default;
};

struct Failure {
  StreamId stream;
  ErrorCode code = ErrorCode::corruption;
  std::string message;
  Door door = {};  // compacted: what events must have seen to be let in, where it was that
  bool operator==(const Failure&) const = default;
};

struct Exchange {
  std::vector<Chunk> chunks;
  std::vector<StreamState> wants;
  std::vector<StreamState> acknowledged;
  std::vector<Failure> failures;
  bool more = false;
  std::uint32_t budget_bytes = 0;
  bool holding = false;  // some of what `wants` says is not stored yet
};

struct Wait {
  Digest heads;
  std::vector<StreamId> except;
  bool operator==(const Wait&) const = default;
};

struct Refusal {
  ErrorCode code = ErrorCode::unavailable;
  std::string message;
  bool operator==(const Refusal&) const = default;
};

struct CatalogWish {
  StreamId after;
  bool operator==(const CatalogWish&) const = default;
};

// A part of a snapshot (snapshot.h), by the SHA-256 of its bytes.
struct BlockRef {
  ChainHash hash{};
  std::uint32_t bytes = 0;
  Dot first;              // where it begins; of a block of facts:
  RecordKey first_facts;  // table none: it holds events
  bool operator==(const BlockRef&) const = default;
};

// Request: send these blocks, or the manifest where none are named. Reply: what is still missing.
struct SnapshotWish {
  StreamId stream;
  std::vector<BlockRef> blocks;
  bool operator==(const SnapshotWish&) const = default;
};

struct SnapshotPart {
  StreamId stream;
  std::string manifest;  // empty: not told again, or there is none
  std::vector<std::string> blocks;
  bool operator==(const SnapshotPart&) const = default;
};

struct Message {
  std::uint64_t exchange = 0;
  NodeId node;
  OriginId origin;
  Digest subscription;
  std::variant<Hello, Compare, States, Exchange, Wait, Refusal, CatalogWish, CatalogPage,
               SnapshotWish, SnapshotPart>
      body;
};

// The last part of the path that carries a message: "hello", "compare", "states", "exchange",
// "wait", "refusal", "catalog".
const char* kind_of(const Message& message);

// Events in the page.
std::size_t event_count(const Exchange& exchange);

}  // namespace genlock::replication
