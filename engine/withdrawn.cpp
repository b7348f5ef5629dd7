#include "engine/withdrawn.h"

#include "engine/state_bytes.h"

namespace genlock {
namespace {

std::string door_key(StreamId stream) { return "stability/door/" + std::string(stream.view()); }

}  // namespace

Result<Door> withdrawn_door(const Reader& reader, StreamId stream) {
  TRY_ASSIGN(const auto bytes, reader.get(Space::local, door_key(stream)));
  if (!bytes) return Door{};
  ByteReader in(*bytes);
  Door door;
  door.cut = read_vector(in);
  const std::size_t count = in.count(16);
  for (std::size_t i = 0; i < count; ++i) door.with.push_back(OriginId{in.uuid()});
  if (!in.ok()) return Error{ErrorCode::corruption, "what is asked at the door is damaged"};
  return door;
}

void put_withdrawn_door(Overlay& overlay, StreamId stream, const Door& door) {
  ByteWriter out;
  write_vector(out, door.cut);
  out.varint(door.with.size());
  for (const OriginId& origin : door.with) out.raw(origin.view());
  overlay.put(Space::local, door_key(stream), out.take());
}

void forget_withdrawn_door(Overlay& overlay, StreamId stream) {
  overlay.erase(Space::local, door_key(stream));
}

}  // namespace genlock
