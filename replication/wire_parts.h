// Small parts of messages, in and out, for the sources that know Cap'n Proto (message_writer.cpp,
// message_reader.cpp, snapshot_codec.cpp).
#pragma once

#include "protocol.capnp.h"
#include "replication/messages.h"

#include <cstring>
#include <string>
#include <utility>

namespace genlock::replication::wire {

inline std::uint64_t word_of(const std::uint8_t* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, 8);
  return word;
}
inline void put(protocol::Id::Builder out, const Uuid& id) {
  out.setHigh(word_of(id.bytes.data()));
  out.setLow(word_of(id.bytes.data() + 8));
}
inline kj::ArrayPtr<const capnp::byte> data(const std::string& bytes) {
  return {reinterpret_cast<const capnp::byte*>(bytes.data()), bytes.size()};
}
inline capnp::uint count(std::size_t n) { return static_cast<capnp::uint>(n); }
void put(protocol::BlockRef::Builder out, const BlockRef& block);
inline void put(protocol::Head::Builder out, const Head& head) {
  put(out.initOrigin(), head.origin.uuid);
  out.setLast(number(head.last));
  out.setHash(word_of(head.hash.data()));
}

inline Error malformed(std::string what) {
  return Error{ErrorCode::corruption, "a malformed sync message: " + std::move(what)};
}
inline Uuid uuid(protocol::Id::Reader in) {
  std::uint64_t words[] = {in.getHigh(), in.getLow()};
  Uuid id;
  std::memcpy(id.bytes.data(), words, 16);
  return id;
}
inline std::string bytes_of(capnp::Data::Reader in) {
  return {reinterpret_cast<const char*>(in.begin()), in.size()};
}
inline Result<ChainHash> hash_of(capnp::Data::Reader in) {
  ChainHash value;
  if (in.size() != value.size()) return malformed("a hash");
  std::copy(in.begin(), in.end(), value.begin());
  return value;
}
template <class List>
Result<void> bounded(const List& list, std::size_t limit, const char* what) {
  if (list.size() > limit) return malformed(std::string("too many ") + what);
  return {};
}
Result<BlockRef> read(protocol::BlockRef::Reader in);
inline Result<Head> read(protocol::Head::Reader in) {
  Head head{OriginId{uuid(in.getOrigin())}, Sequence{in.getLast()}, {}};
  const std::uint64_t hash = in.getHash();
  std::memcpy(head.hash.data(), &hash, 8);
  if (head.last == Sequence::none || number(head.last) > std::uint64_t{1} << 48)
    return malformed("a sequence");
  return head;
}

}  // namespace genlock::replication::wire
