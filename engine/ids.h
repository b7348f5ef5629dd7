// Names of things. Every id is 16 bytes and printed as a lower-case UUID (RFC 9562); ids of
// different kinds do not mix. Numbers that could be confused are types of their own.
#pragma once

#include "engine/byte_order.h"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace genlock {

class Random;

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  bool operator==(const Uuid& other) const {
    return upper() == other.upper() && lower() == other.lower();
  }
  // By their bytes: ids are compared more often than anything else is done.
  std::strong_ordering operator<=>(const Uuid& other) const {
    return upper() == other.upper() ? lower() <=> other.lower() : upper() <=> other.upper();
  }
  std::uint64_t upper() const { return load_be64(bytes.data()); }
  std::uint64_t lower() const { return load_be64(bytes.data() + 8); }
  bool is_nil() const { return *this == Uuid{}; }
  // 36 characters, lower case.
  std::string to_string() const;
  // The 16 raw bytes, as used in keys: their byte order is the order of the printed form.
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), 16}; }

  // Exactly the 36-character form; upper-case hex is refused (docs/api.md: lower-case UUIDs).
  static std::optional<Uuid> parse(std::string_view text);
  // REQUIRES: raw.size() == 16.
  static Uuid from_bytes(std::string_view raw);
  // Version 7: 48 bits of Unix milliseconds, then random bits; sorts by time of making.
  static Uuid make_v7(std::int64_t unix_ms, Random& random);
  // Version 4: random.
  static Uuid make_v4(Random& random);
  // Version 5: SHA-1 of (space, name); the same everywhere.
  static Uuid make_v5(const Uuid& space, std::string_view name);
};

template <class Tag>
struct TypedId {
  Uuid uuid;

  auto operator<=>(const TypedId&) const = default;
  std::string to_string() const { return uuid.to_string(); }
  std::string_view view() const { return uuid.view(); }
  static std::optional<TypedId> parse(std::string_view text) {
    auto uuid = Uuid::parse(text);
    if (!uuid) return std::nullopt;
    return TypedId{*uuid};
  }
};

using StreamId =
    TypedId<struct StreamTag>;  // a production's id; or library_stream, directory_stream
using OriginId = TypedId<struct OriginTag>;  // one incarnation of a node's log
using NodeId = TypedId<struct NodeTag>;      // a node, over all its incarnations
using RecordId = TypedId<struct RecordTag>;  // a row

// Streams that exist on every node.
extern const StreamId library_stream;    // the shared equipment library
extern const StreamId directory_stream;  // nodes and their origins

// An event's number within (stream, origin): 1, 2, 3 without holes.
enum class Sequence : std::uint64_t { none = 0 };
inline std::uint64_t number(Sequence s) { return static_cast<std::uint64_t>(s); }
inline Sequence next(Sequence s) { return Sequence{number(s) + 1}; }

// A place in this node's log; means nothing elsewhere. The first event has position 1.
enum class Position : std::uint64_t { none = 0 };
inline std::uint64_t number(Position p) { return static_cast<std::uint64_t>(p); }

// An event's name within a known stream.
struct Dot {
  OriginId origin;
  Sequence sequence = Sequence::none;

  auto operator<=>(const Dot&) const = default;
  std::string to_string() const;
};

// An event's name, the same on every node. Printed `<stream>.<origin>.<sequence>`.
struct EventId {
  StreamId stream;
  Dot dot;

  auto operator<=>(const EventId&) const = default;
  std::string to_string() const;
  static std::optional<EventId> parse(std::string_view text);
};

// first..last of one (stream, origin), both included, never empty.
struct EventRange {
  OriginId origin;
  Sequence first = Sequence::none;
  Sequence last = Sequence::none;

  bool operator==(const EventRange&) const = default;
  std::uint64_t count() const { return number(last) - number(first) + 1; }
};

}  // namespace genlock

template <>
struct std::hash<genlock::Uuid> {
  std::size_t operator()(const genlock::Uuid& id) const noexcept {
    return std::hash<std::string_view>{}(id.view());
  }
};
template <class Tag>
struct std::hash<genlock::TypedId<Tag>> {
  std::size_t operator()(const genlock::TypedId<Tag>& id) const noexcept {
    return std::hash<genlock::Uuid>{}(id.uuid);
  }
};
