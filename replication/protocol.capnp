# What two nodes say to each other. Each message is one frame (wire.h, docs/formats/wire.md) and the body of one HTTP
# request or reply below /sync/v1/. The initiator asks, the responder answers; every request may be repeated, and may
# arrive twice or late, without harm: what is committed is the only state.
#
#   hello     -> hello      who we are, what we subscribe to, one digest over everything we share
#   compare   -> states     only when digests differ: digests of buckets of streams; then the vectors of those that differ
#   exchange  -> exchange   events both ways, each page with what its sender wants next and what it now has
#   wait      -> exchange   answered when something new is there, with the events themselves, or after 25 s without
#   catalogWish -> catalog  the productions that can be had here, for people to choose from
#   snapshotWish -> snapshotPart  the manifest and the blocks of a stream whose early events were compacted, for who lacks them
#   snapshotPart -> snapshotWish  the same towards a peer that lacks them: what it still wants; nothing: it has all
#   anything  -> refusal    why not
#
# Fields may be added with new ordinals. What a field means never changes; a change of meaning is a new protocol number.

@0xd5491ff07e912ab9;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("genlock::replication::protocol");

struct Message {
  # Chosen by the initiator; the reply repeats it. A reply to another request is ignored.
  exchange @0 :UInt64;
  # The sender. A message from our own node and origin comes from a copy of us and is refused as a fork.
  node @1 :Id;
  origin @2 :Id;
  # Digest of the sender's subscription. The receiver knows what it stands for, or answers unknownSubscription.
  subscription @3 :Digest;
  union {
    hello @4 :Hello;
    compare @5 :Compare;
    states @6 :States;
    exchangePage @7 :Exchange;
    wait @8 :Wait;
    refusal @9 :Refusal;
    catalogWish @10 :CatalogWish;
    catalog @11 :Catalog;
    snapshotWish @12 :SnapshotWish;
    snapshotPart @13 :SnapshotPart;
  }
}

struct Id {
  # The 16 bytes of a UUID in order; as numbers they are little-endian.
  high @0 :UInt64;
  low @1 :UInt64;
}

struct Digest {
  high @0 :UInt64;
  low @1 :UInt64;
}

struct Hello {
  protocol @0 :UInt16;      # 1. Another number is refused with a message that names both.
  role @1 :UInt8;           # 1 cloud, 2 lan
  clockSuspect @2 :Bool;    # the sender has not compared its clock with a trusted one
  schema @3 :UInt16;        # schema_version of the sender
  fold @4 :UInt32;          # fold_version of the sender; digests of states compare only when both are equal
  clockMs @5 :Int64;        # reading of the sender's corrected wall clock
  name @6 :Text;            # for people
  software @7 :Text;
  streamCount @8 :UInt32;   # streams of the shared scope that the sender has events of
  heads @9 :Digest;         # sum over them of hash(stream, origins with last sequence and event hash)
  states @10 :Digest;       # sum over them of hash(stream, digest of its rows)
  # The digest of the other side's subscription, as far as the sender knows it; zero: not at all.
  knownSubscription @11 :Digest;
  # Sent when the other side does not know it.
  ownSubscription @12 :Subscription;
  # In a reply: the responder does not know the initiator's subscription; heads and states mean nothing. Say it again
  # with ownSubscription.
  unknownSubscription @13 :Bool;
}

struct Subscription {
  everything @0 :Bool;      # then `listed` are the exceptions
  listed @1 :List(Id);      # ascending, each once
}

struct Compare {
  # Streams fall into 2^bits buckets by the low bits of the last two bytes of their id. One number per bucket: the low
  # halves of the sums of `heads` and of `states` over its streams.
  bits @0 :UInt8;
  heads @1 :List(UInt64);
  states @2 :List(UInt64);
  after @3 :Id;             # only streams with a greater id: the answer to a `more`
}

struct States {
  differing @0 :List(UInt16);   # buckets, ascending
  streams @1 :List(StreamState);  # all streams the responder has in these buckets, ascending
  more @2 :Bool;                # there are greater ids: ask again with `after`
}

# What the sender has of a stream.
struct StreamState {
  stream @0 :Id;
  have @1 :List(Head);      # ascending by origin
  state @2 :Digest;         # digest of its rows; zero where it was not asked for
  branches @3 :List(Branch);  # where an origin went on twice; else empty
}

# Event k of `name` is by its bytes event depth + k of `origin`.
struct Branch {
  name @0 :Id;
  origin @1 :Id;
  depth @2 :UInt64;
  hash @3 :UInt64;          # as in Head, of event `depth` on the way to it; depth 0: zero
}

struct Head {
  origin @0 :Id;
  last @1 :UInt64;          # > 0
  hash @2 :UInt64;          # first 8 bytes, in order, of the chain value of that event
}

struct Exchange {
  # Events in an order that extends causality. Receiving all of a chunk keeps what the receiver has closed under
  # causality. A chunk is stored whole or refused whole.
  chunks @0 :List(Chunk);
  # What the sender lacks: for each stream what it has. The reply's chunks begin right after that.
  wants @1 :List(StreamState);
  # What the sender has now of the streams it was just sent.
  acknowledged @2 :List(StreamState);
  # Streams that stopped at the sender, and why.
  failures @3 :List(Failure);
  # In a reply: there is more of the wanted streams. In a reply to wait: something changed that is not in here.
  more @4 :Bool;
  # Bytes of events that the sender wants at most in the reply.
  budgetBytes @5 :UInt32;
  # Some of what the wants say the sender has is in its memory only, so it is not to be counted as arrived.
  holding @6 :Bool;
}

struct Chunk {
  stream @0 :Id;
  # Stored bytes of the events one after the other, each a multiple of 8 bytes long.
  lengths @1 :List(UInt32);  # in 8-byte words
  bytes @2 :Data;
  # For each origin in the chunk: its last event here and the chain value there.
  chains @3 :List(Chain);
  # Only of a stream with branches, where bytes alone do not say which one an event is of: the branches and origins in
  # the chunk as the sender names them, each with the chain value that its first event here goes on from (sequence 0);
  # and for each event the number of its one.
  paths @4 :List(Chain);
  pathOf @5 :List(UInt16);
}

struct Chain {
  origin @0 :Id;
  sequence @1 :UInt64;
  value @2 :Data;            # 32 bytes
}

struct Failure {
  stream @0 :Id;
  code @1 :UInt8;            # failure_code.h; an unknown number reads as "corruption"
  message @2 :Text;
  # Code 9, about events that were sent: what they must have in their context to be let in (`hash` is not set), unless one
  # of these origins wrote them or sends them. Who sent them takes that cut first, and writes them again.
  cut @3 :List(Head);         # ascending by origin; empty: it is about events that were asked for
  with @4 :List(Id);          # ascending
}

struct Wait {
  # As in Hello, but without the streams of `except`; where it is not the responder's, the answer comes at once with
  # `more`.
  heads @0 :Digest;
  except @1 :List(Id);       # streams that stopped: left alone until their back-off ends, so that the others stay live
}

struct Refusal {
  code @0 :UInt8;
  message @1 :Text;
}

struct CatalogWish {
  # Only productions with a greater id: the answer to a `more`.
  after @0 :Id;
}

struct Catalog {
  entries @0 :List(CatalogEntry);   # ascending by production
  more @1 :Bool;                    # there are greater ids: ask again with `after`
}

struct CatalogEntry {
  production @0 :Id;
  # Columns of its row; an empty text is none.
  label @1 :Text;
  client @2 :Text;
  showName @3 :Text;
  status @4 :Text;
  # Unix milliseconds; the least number: none.
  loadInMs @5 :Int64 = -0x8000000000000000;
  loadOutMs @6 :Int64 = -0x8000000000000000;
  events @7 :UInt64;
  bytes @8 :UInt64;         # of its events; an estimate
}

# A snapshot is what a compacted log holds of a stream up to its floor. Its bytes are a function of the events and of the
# floor alone, so that blocks of one node complete those of another. A block is known by SHA-256(32 zero bytes, its bytes).
struct SnapshotManifest {
  stream @0 :Id;
  floor @1 :List(Head);       # ascending by origin
  blocks @2 :List(BlockRef);  # of events, by origin and sequence; then of facts, by table and record
  events @3 :UInt64;          # in all blocks
}

struct BlockRef {
  hash @0 :Data;              # 32 bytes
  length @1 :UInt32;
  # Where it begins, for who has it to find it: an event, or, where `table` is not 0, the facts of a record.
  first @2 :Id;               # origin, or record
  sequence @3 :UInt64;
  table @4 :UInt16;
}

# Events of one origin, or facts. It ends where the first byte of an event's chain value, or the last one of a record's id,
# has seven zero bits, so that blocks stay the same when the floor moves; and at 512 KiB.
struct SnapshotBlock {
  events @0 :List(KeptEvent);
  facts @1 :List(KeptFacts);
}

struct KeptEvent {
  bytes @0 :Data;             # as stored
  chain @1 :Data;             # its chain value, 32 bytes
  # Everything its writer had seen, `hash` not set. Not there where the event before it in the block is the one before it.
  context @2 :List(Head);
}

struct KeptFacts {
  table @0 :UInt16;
  record @1 :Id;
  bytes @2 :Data;             # engine/stream_base.h
}

struct SnapshotWish {
  stream @0 :Id;
  # In a request: no blocks asks for the manifest. In a reply: what is still missing.
  blocks @1 :List(BlockRef);
}

struct SnapshotPart {
  stream @0 :Id;
  manifest @1 :Data;         # bytes of a SnapshotManifest; empty: not told (again), or there is no snapshot
  blocks @2 :List(Data);     # bytes of SnapshotBlocks, in the order they were asked for
}
