#include "engine/withdrawn.h"

#include "engine/state_bytes.h"

namespace genlock {
namespace {

constexpr std::string_view again_prefix = "stability/again/";

std::string again_key(OriginId origin) {
  return std::string(again_prefix) + std::string(origin.view());
}

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

Result<std::map<OriginId, OriginId>> written_again(const Reader& reader) {
  std::map<OriginId, OriginId> again;
  bool is_sound = true;
  TRY(reader.scan_prefix(Space::local, again_prefix,
                         [&](std::string_view key, std::string_view value) {
                           ByteReader name(key.substr(again_prefix.size())), before(value);
                           again.emplace(OriginId{name.uuid()}, OriginId{before.uuid()});
                           is_sound = name.ok() && before.ok();
                           return is_sound;
                         }));
  if (!is_sound) return Error{ErrorCode::corruption, "whose edits were written again is damaged"};
  return again;
}

// Edits may have to be written again twice.
Result<void> put_written_again(Overlay& overlay, OriginId now, OriginId before) {
  TRY_ASSIGN(const auto earlier, overlay.get(Space::local, again_key(before)));
  overlay.put(Space::local, again_key(now), earlier ? *earlier : std::string(before.view()));
  return {};
}

}  // namespace genlock
