#include "support/generators.h"

#include "support/literals.h"

#include <algorithm>
#include <cmath>

namespace genlock {

namespace {

using rc::Gen;
namespace gen = rc::gen;

Gen<Uuid> uuids() {
  return gen::map(gen::container<std::vector<std::uint8_t>>(16, gen::arbitrary<std::uint8_t>()),
                  [](const std::vector<std::uint8_t>& bytes) {
                    Uuid uuid;
                    std::copy(bytes.begin(), bytes.end(), uuid.bytes.begin());
                    return uuid;
                  });
}

template <class Id>
Gen<Id> ids() {
  return gen::map(uuids(), [](const Uuid& uuid) { return Id{uuid}; });
}

Gen<Sequence> sequences() {
  return gen::oneOf(
      gen::map(gen::inRange<std::uint64_t>(1, 1000), [](std::uint64_t n) { return Sequence{n}; }),
      gen::map(gen::inRange<std::uint64_t>(1, ~0ULL), [](std::uint64_t n) { return Sequence{n}; }));
}

// Text of pieces: every length of UTF-8 sequence, and the characters that formats trip over.
Gen<std::string> texts() {
  const auto pieces = gen::element<std::string>("a", "CAM 7", "\n", "\"", std::string(1, '\0'), "ü",
                                                "€", "\U0001f3a5");
  return gen::map(gen::container<std::vector<std::string>>(pieces),
                  [](const std::vector<std::string>& parts) {
                    std::string text;
                    for (std::size_t i = 0; i < std::min<std::size_t>(parts.size(), 20); ++i)
                      text += parts[i];
                    return text;
                  });
}

Gen<Value> values() {
  const auto wrap = [](auto value) { return Value{value}; };
  return gen::oneOf(
      gen::just(Value{}), gen::map(gen::arbitrary<bool>(), wrap),
      gen::map(gen::arbitrary<std::int64_t>(), wrap),
      gen::map(gen::cast<std::int64_t>(gen::arbitrary<std::int8_t>()), wrap),
      gen::map(gen::suchThat<double>([](double d) { return std::isfinite(d); }), wrap),
      gen::map(texts(), [](std::string text) { return Value{std::move(text)}; }),
      gen::map(uuids(), wrap));
}

Gen<ColumnValues> column_values() {
  const auto columns =
      gen::map(gen::arbitrary<std::uint16_t>(), [](std::uint16_t n) { return ColumnId{n}; });
  return gen::map(
      gen::container<std::vector<std::pair<ColumnId, Value>>>(gen::pair(columns, values())),
      [](const std::vector<std::pair<ColumnId, Value>>& pairs) {
        ColumnValues sorted;
        for (const auto& [column, value] : pairs) set(sorted, column, value);
        return sorted;
      });
}

Gen<Dot> dots() { return gen::construct<Dot>(ids<OriginId>(), sequences()); }

Gen<std::optional<std::vector<Dot>>> replaced() {
  using Dots = std::vector<Dot>;
  return gen::oneOf(gen::just(std::optional<Dots>{}),
                    gen::map(gen::container<Dots>(dots()),
                             [](Dots list) { return std::optional{std::move(list)}; }));
}

Gen<Operation> operations() {
  return gen::build<Operation>(
      gen::set(&Operation::kind,
               gen::map(gen::inRange(1, 9), [](int n) { return OperationKind(n); })),
      gen::set(&Operation::table, gen::map(gen::arbitrary<std::uint16_t>(),
                                           [](std::uint16_t n) { return TableId{n}; })),
      gen::set(&Operation::record, ids<RecordId>()),
      gen::set(&Operation::parent, gen::oneOf(gen::just(RecordId{}), ids<RecordId>())),
      gen::set(&Operation::group, gen::map(gen::arbitrary<std::uint16_t>(),
                                           [](std::uint16_t n) { return GroupId{n}; })),
      gen::set(&Operation::values, column_values()), gen::set(&Operation::replaces, replaced()),
      gen::set(&Operation::base, column_values()),
      gen::set(&Operation::resolution,
               gen::map(gen::inRange(0, 4), [](int n) { return Resolution(n); })),
      gen::set(&Operation::comment, texts()),
      gen::set(&Operation::node, gen::oneOf(gen::just(NodeId{}), ids<NodeId>())),
      gen::set(&Operation::until_ms, gen::arbitrary<UnixMs>()));
}

// Ascending by origin, each once, and none of the writer's own.
std::vector<ContextEntry> context_of(const std::vector<Dot>& seen, OriginId writer) {
  VersionVector vector;
  for (const Dot& dot : seen) vector.raise(dot.origin, dot.sequence);
  std::vector<ContextEntry> entries;
  for (const auto& entry : vector.entries()) {
    if (entry.origin != writer) entries.push_back({entry.origin, entry.last, ShortHash{9, 8, 7}});
  }
  return entries;
}

Gen<Event> event_shells() {
  // Readings near the time and far from it, as a box without a battery has in the morning.
  const auto walls = gen::oneOf(gen::inRange<UnixMs>(0, 4'000'000'000'000),
                                gen::inRange<UnixMs>(-1'000'000, 1'000'000));
  return gen::build<Event>(
      gen::set(&Event::stream, ids<StreamId>()), gen::set(&Event::dot, dots()),
      gen::set(&Event::time, gen::map(gen::arbitrary<std::uint64_t>(),
                                      [](std::uint64_t n) { return HybridTime{n}; })),
      gen::set(&Event::wall_ms, walls), gen::set(&Event::clock_suspect, gen::arbitrary<bool>()),
      gen::set(&Event::role, gen::element(Role::cloud, Role::lan)),
      gen::set(&Event::schema, gen::arbitrary<std::uint16_t>()),
      gen::set(&Event::by, gen::construct<Person>(texts(), uuids(), texts())),
      gen::set(&Event::command_key, gen::oneOf(gen::just(Uuid{}), uuids())),
      gen::set(&Event::command_hash, gen::arbitrary<std::uint64_t>()),
      gen::set(&Event::label, texts()),
      gen::set(&Event::operations, gen::container<std::vector<Operation>>(operations())));
}

}  // namespace

Gen<VersionVector> version_vectors() {
  const auto entries = gen::pair(gen::inRange('a', 'f'), gen::inRange<std::uint64_t>(0, 5));
  return gen::map(gen::container<std::vector<std::pair<char, std::uint64_t>>>(entries),
                  [](const std::vector<std::pair<char, std::uint64_t>>& pairs) {
                    VersionVector vector;
                    for (auto [letter, last] : pairs)
                      vector.raise(origin_of(letter), Sequence{last});
                    return vector;
                  });
}

Gen<Event> events() {
  // An event nests lists in lists: a fifth of the usual lengths keeps it to what a person can read.
  const auto parts =
      gen::scale(0.2, gen::pair(event_shells(), gen::container<std::vector<Dot>>(dots())));
  return gen::map(parts, [](std::pair<Event, std::vector<Dot>> pair) {
    pair.first.context_delta = context_of(pair.second, pair.first.dot.origin);
    return std::move(pair.first);
  });
}

Gen<std::string> short_keys() {
  return gen::map(gen::container<std::string>(gen::element('a', 'b', '\0', '\xff')),
                  [](std::string key) { return key.substr(0, 3); });
}

}  // namespace genlock
