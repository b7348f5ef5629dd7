# The bytes of an event: canonical Cap'n Proto, one segment, no framing (engine/event_codec.h;
# docs/formats/event.md).
#
# Fields are placed for two readers. Canonical form cuts zero words off the end of each struct, so
# what is seldom there stands last. And a page of events is compressed: what stays the same from one
# edit to the next stands together, and what differs (sequence, time, record, value) makes few
# breaks.
#
# Ids are two words whose bytes are those of the UUID in order. Kinds are plain numbers, so that a
# reader can tell "newer than I am" from "damaged". Numbers are never used again for something else;
# new fields go to the end.
@0xddd04d7fcdac5de2;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("genlock::wire");

struct Event {
  streamHigh @0 :UInt64;
  streamLow @1 :UInt64;
  originHigh @2 :UInt64;
  originLow @3 :UInt64;
  userIdHigh @4 :UInt64;
  userIdLow @5 :UInt64;
  schema @6 :UInt16;
  role @7 :UInt8;            # 1 cloud, 2 lan
  clockSuspect @8 :Bool;
  sequence @9 :UInt64;
  time @10 :UInt64;          # hybrid time: milliseconds << 16 | counter
  wallOffset @11 :Int64;     # wall clock minus the milliseconds of `time`: 0 where the clock leads
  commandKeyHigh @12 :UInt64;
  commandKeyLow @13 :UInt64;
  commandHash @14 :UInt64;

  user @15 :Text;
  device @16 :Text;
  context @17 :List(ContextEntry);  # ascending by origin
  operations @18 :List(Operation);
  label @19 :Text;
}

struct ContextEntry {
  originHigh @0 :UInt64;
  originLow @1 :UInt64;
  last @2 :UInt64;
  hash @3 :UInt64;           # the 8 bytes in order
}

struct Operation {
  kind @0 :UInt8;            # OperationKind
  resolution @1 :UInt8;      # Resolution
  table @2 :UInt16;
  group @3 :UInt16;          # XOR the column of the first value: nearly always 0
  namesReplaced @4 :Bool;    # `replaces` counts, even if it is empty
  recordHigh @5 :UInt64;
  recordLow @6 :UInt64;
  parentHigh @7 :UInt64;
  parentLow @8 :UInt64;
  nodeHigh @9 :UInt64;
  nodeLow @10 :UInt64;
  until @11 :Int64;

  values @12 :List(ColumnValue);    # ascending by column
  comment @13 :Text;
  replaces @14 :List(Dot);
  base @15 :List(ColumnValue);
}

# One word and, for what does not fit in it, some bytes.
struct ColumnValue {
  column @0 :UInt16;
  kind @1 :UInt8;            # 0 null, 1 false, 2 true, 3 integer, 4 real, 5 text, 6 uuid
  small @2 :Int32;           # integer of 32 bits; `bytes` is then empty
  bytes @3 :Data;            # integer or real: 8 bytes, little endian; uuid: 16 bytes; text: UTF-8
}

struct Dot {
  originHigh @0 :UInt64;
  originLow @1 :UInt64;
  sequence @2 :UInt64;
}
