// Grammar: engine/event.capnp; a worked example: docs/formats/event.md.
// The same rules (event_rules.h) hold for what is written and for what is read.
#include "engine/event_codec.h"

#include "engine/event_rules.h"
#include "engine/limits.h"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <event.capnp.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <memory>

namespace genlock {

namespace {

// --- words and bytes
// ---------------------------------------------------------------------------------------------------

// The 8 bytes from `bytes` on as a word that keeps their order in memory, on any machine.
std::uint64_t load_word(const std::uint8_t* bytes) { return load_le64(bytes); }
void store_word(std::uint64_t word, std::uint8_t* bytes) { store_le64(word, bytes); }

std::uint64_t high(const Uuid& uuid) { return load_word(uuid.bytes.data()); }
std::uint64_t low(const Uuid& uuid) { return load_word(uuid.bytes.data() + 8); }

Uuid make_uuid(std::uint64_t high_word, std::uint64_t low_word) {
  Uuid uuid;
  store_word(high_word, uuid.bytes.data());
  store_word(low_word, uuid.bytes.data() + 8);
  return uuid;
}

std::string_view view(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}
std::string_view view(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

capnp::Data::Reader data(const std::string& text) {
  return {reinterpret_cast<const kj::byte*>(text.data()), text.size()};
}
capnp::Text::Reader text(const std::string& from) { return {from.c_str(), from.size()}; }

// --- values
// --------------------------------------------------------------------------------------------------------------

enum ValueKind : std::uint8_t { null_value, false_value, true_value, integer, real, string, uuid };

bool is_small(std::int64_t value) {
  return value >= std::numeric_limits<std::int32_t>::min() &&
         value <= std::numeric_limits<std::int32_t>::max();
}

void put_word(wire::ColumnValue::Builder out, std::uint64_t word) {
  store_word(word, out.initBytes(8).begin());
}

struct ValueWriter {
  wire::ColumnValue::Builder out;

  void operator()(std::monostate) { out.setKind(null_value); }
  void operator()(bool value) { out.setKind(value ? true_value : false_value); }
  void operator()(std::int64_t value) {
    out.setKind(integer);
    if (is_small(value)) {
      out.setSmall(static_cast<std::int32_t>(value));
    } else {
      put_word(out, static_cast<std::uint64_t>(value));
    }
  }
  void operator()(double value) {
    out.setKind(real);
    put_word(out, std::bit_cast<std::uint64_t>(value));
  }
  void operator()(const std::string& value) {
    out.setKind(string);
    if (!value.empty()) out.setBytes(data(value));
  }
  void operator()(const Uuid& value) {
    out.setKind(uuid);
    out.setBytes({value.bytes.data(), value.bytes.size()});
  }
};

// The following two: REQUIRES: `value` is null.
Result<void> read_integer(wire::ColumnValue::Reader in, capnp::Data::Reader bytes, Value& value) {
  std::int64_t integer = in.getSmall();
  if (bytes.size() != 0) {
    if (bytes.size() != 8 || integer != 0) return malformed("an integer has a wrong size");
    integer = static_cast<std::int64_t>(load_word(bytes.begin()));
    if (is_small(integer)) return malformed("an integer is longer than it need be");
  }
  value.emplace<std::int64_t>(integer);
  return {};
}

Result<void> read_value(wire::ColumnValue::Reader in, Value& value) {
  const capnp::Data::Reader bytes = in.hasBytes() ? in.getBytes() : capnp::Data::Reader();
  const auto kind = in.getKind();
  if (kind > uuid)
    return Error{ErrorCode::unsupported, "a value of a kind that this version does not know", {}};
  if (kind == integer) return read_integer(in, bytes, value);
  if (in.getSmall() != 0) return malformed("a value has a number that does not belong to it");
  if (kind == string) {
    value.emplace<std::string>(view(bytes));
    return {};
  }
  const std::size_t size = kind == real ? 8 : kind == uuid ? 16 : 0;
  if (bytes.size() != size) return malformed("a value has a wrong size");
  if (kind == real) value.emplace<double>(std::bit_cast<double>(load_word(bytes.begin())));
  if (kind == uuid) value.emplace<Uuid>(Uuid::from_bytes(view(bytes)));
  if (kind == true_value || kind == false_value) value.emplace<bool>(kind == true_value);
  return {};
}

void write_values(const ColumnValues& values, capnp::List<wire::ColumnValue>::Builder out) {
  for (unsigned i = 0; i < values.size(); ++i) {
    out[i].setColumn(number(values[i].column));
    std::visit(ValueWriter{out[i]}, values[i].value);
  }
}

Result<void> read_values(capnp::List<wire::ColumnValue>::Reader in, ColumnValues& values) {
  values.resize(in.size());
  for (unsigned i = 0; i < in.size(); ++i) {
    const wire::ColumnValue::Reader one = in[i];
    values[i].column = ColumnId{one.getColumn()};
    TRY(read_value(one, values[i].value));
  }
  return {};
}

// --- operations
// ------------------------------------------------------------------------------------------------------------

// A group is named by its lowest column, which is that of the first value: stored as the
// difference, nearly always 0.
std::uint16_t implied_group(const ColumnValues& values) {
  return values.empty() ? std::uint16_t{0} : number(values.front().column);
}

template <class Target>
void write_dot(const genlock::Dot& dot, Target out) {
  out.setOriginHigh(high(dot.origin.uuid));
  out.setOriginLow(low(dot.origin.uuid));
  out.setSequence(number(dot.sequence));
}

void write_operation(const Operation& operation, wire::Operation::Builder out) {
  out.setKind(static_cast<std::uint8_t>(operation.kind));
  out.setResolution(static_cast<std::uint8_t>(operation.resolution));
  out.setTable(number(operation.table));
  out.setGroup(
      static_cast<std::uint16_t>(number(operation.group) ^ implied_group(operation.values)));
  out.setRecordHigh(high(operation.record.uuid));
  out.setRecordLow(low(operation.record.uuid));
  out.setParentHigh(high(operation.parent.uuid));
  out.setParentLow(low(operation.parent.uuid));
  out.setNodeHigh(high(operation.node.uuid));
  out.setNodeLow(low(operation.node.uuid));
  out.setUntil(operation.until_ms);
  const auto count = [](const auto& list) { return static_cast<unsigned>(list.size()); };
  if (!operation.values.empty())
    write_values(operation.values, out.initValues(count(operation.values)));
  if (!operation.comment.empty()) out.setComment(text(operation.comment));
  if (!operation.base.empty()) write_values(operation.base, out.initBase(count(operation.base)));
  if (!operation.replaces) return;
  out.setNamesReplaced(true);
  if (operation.replaces->empty()) return;
  auto replaces = out.initReplaces(count(*operation.replaces));
  for (unsigned i = 0; i < replaces.size(); ++i) write_dot((*operation.replaces)[i], replaces[i]);
}

template <class Source>
Dot read_dot(Source in) {
  return {OriginId{make_uuid(in.getOriginHigh(), in.getOriginLow())}, Sequence{in.getSequence()}};
}

Result<std::optional<std::vector<Dot>>> read_replaces(wire::Operation::Reader in) {
  if (!in.getNamesReplaced()) {
    if (in.hasReplaces()) return malformed("replaced writes that do not count");
    return std::optional<std::vector<Dot>>{};
  }
  std::vector<Dot> replaces;
  for (auto dot : in.getReplaces()) replaces.push_back(read_dot(dot));
  return std::optional{std::move(replaces)};
}

Result<void> read_operation(wire::Operation::Reader in, Operation& operation) {
  const auto kind = in.getKind();
  if (kind < 1 || kind > static_cast<std::uint8_t>(OperationKind::moment)) {
    return Error{
        ErrorCode::unsupported, "an operation of a kind that this version does not know", {}};
  }
  if (in.getResolution() > static_cast<std::uint8_t>(Resolution::manual)) {
    return Error{ErrorCode::unsupported, "a resolution that this version does not know", {}};
  }
  operation.kind = static_cast<OperationKind>(kind);
  operation.resolution = static_cast<Resolution>(in.getResolution());
  operation.table = TableId{in.getTable()};
  operation.record = {make_uuid(in.getRecordHigh(), in.getRecordLow())};
  operation.parent = {make_uuid(in.getParentHigh(), in.getParentLow())};
  operation.node = {make_uuid(in.getNodeHigh(), in.getNodeLow())};
  operation.until_ms = in.getUntil();
  operation.comment = view(in.getComment());
  if (in.hasValues()) TRY(read_values(in.getValues(), operation.values));
  if (in.hasBase()) TRY(read_values(in.getBase(), operation.base));
  operation.group =
      GroupId{static_cast<std::uint16_t>(in.getGroup() ^ implied_group(operation.values))};
  TRY_ASSIGN(operation.replaces, read_replaces(in));
  return {};
}

// --- the event
// ---------------------------------------------------------------------------------------------------------------

void write_context(const std::vector<ContextEntry>& entries,
                   capnp::List<wire::ContextEntry>::Builder out) {
  for (unsigned i = 0; i < entries.size(); ++i) {
    out[i].setOriginHigh(high(entries[i].origin.uuid));
    out[i].setOriginLow(low(entries[i].origin.uuid));
    out[i].setLast(number(entries[i].last));
    out[i].setHash(load_word(entries[i].hash.data()));
  }
}

void write_header(const Event& event, wire::Event::Builder out) {
  out.setStreamHigh(high(event.stream.uuid));
  out.setStreamLow(low(event.stream.uuid));
  write_dot(event.dot, out);
  out.setUserIdHigh(high(event.by.user_id));
  out.setUserIdLow(low(event.by.user_id));
  out.setSchema(event.schema);
  out.setRole(static_cast<std::uint8_t>(event.role));
  out.setClockSuspect(event.clock_suspect);
  out.setTime(number(event.time));
  out.setWallOffset(event.wall_ms - milliseconds(event.time));
  out.setCommandKeyHigh(high(event.command_key));
  out.setCommandKeyLow(low(event.command_key));
  out.setCommandHash(event.command_hash);
}

void write_event(const Event& event, wire::Event::Builder out) {
  write_header(event, out);
  if (!event.by.user.empty()) out.setUser(text(event.by.user));
  if (!event.by.device.empty()) out.setDevice(text(event.by.device));
  if (!event.context_delta.empty()) {
    write_context(event.context_delta,
                  out.initContext(static_cast<unsigned>(event.context_delta.size())));
  }
  if (!event.operations.empty()) {
    auto operations = out.initOperations(static_cast<unsigned>(event.operations.size()));
    for (unsigned i = 0; i < operations.size(); ++i)
      write_operation(event.operations[i], operations[i]);
  }
  if (!event.label.empty()) out.setLabel(text(event.label));
}

Result<void> read_event_header(wire::Event::Reader in, Event& event) {
  if (in.getRole() < 1 || in.getRole() > static_cast<std::uint8_t>(Role::lan)) {
    return Error{ErrorCode::unsupported, "a role that this version does not know", {}};
  }
  event.stream = {make_uuid(in.getStreamHigh(), in.getStreamLow())};
  event.dot = read_dot(in);
  event.by.user_id = make_uuid(in.getUserIdHigh(), in.getUserIdLow());
  event.schema = in.getSchema();
  event.role = static_cast<Role>(in.getRole());
  event.clock_suspect = in.getClockSuspect();
  event.time = HybridTime{in.getTime()};
  if (__builtin_add_overflow(milliseconds(event.time), in.getWallOffset(), &event.wall_ms)) {
    return malformed("a wall clock reading beyond all time");
  }
  event.command_key = make_uuid(in.getCommandKeyHigh(), in.getCommandKeyLow());
  event.command_hash = in.getCommandHash();
  return {};
}

Result<Event> read_event(wire::Event::Reader in) {
  Event event;
  TRY(read_event_header(in, event));
  event.by.user = view(in.getUser());
  event.by.device = view(in.getDevice());
  event.label = view(in.getLabel());
  for (auto entry : in.getContext()) {
    ContextEntry& read = event.context_delta.emplace_back();
    read.origin = {make_uuid(entry.getOriginHigh(), entry.getOriginLow())};
    read.last = Sequence{entry.getLast()};
    store_word(entry.getHash(), read.hash.data());
  }
  auto operations = in.getOperations();
  event.operations.resize(operations.size());
  for (unsigned i = 0; i < operations.size(); ++i)
    TRY(read_operation(operations[i], event.operations[i]));
  TRY(check_event(event));
  return event;
}

// --- messages
// ------------------------------------------------------------------------------------------------------------------

// Bytes as Cap'n Proto words: in place where they are aligned, copied where not.
class Words {
 public:
  explicit Words(std::string_view bytes) : count_(bytes.size() / sizeof(capnp::word)) {
    if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(capnp::word) == 0) {
      words_ = reinterpret_cast<const capnp::word*>(bytes.data());
      return;
    }
    copy_ = std::make_unique_for_overwrite<capnp::word[]>(count_);
    std::memcpy(copy_.get(), bytes.data(), bytes.size());
    words_ = copy_.get();
  }
  kj::ArrayPtr<const capnp::word> words() const { return {words_, count_}; }

 private:
  std::size_t count_;
  std::unique_ptr<capnp::word[]> copy_;
  const capnp::word* words_ = nullptr;
};

// Our own limits on a message that somebody else made. The traversal limit counts every look at
// every list, and the check of canonical form is one full pass.
capnp::ReaderOptions bounded(std::size_t word_count) {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = 8 * word_count + 1024;
  options.nestingLimit = 32;
  return options;
}

// Opens `bytes` as a message and gives its reader to `use`. Exceptions of the library end here.
template <class T>
Result<T> open(std::string_view bytes, auto use) {
  if (bytes.size() > limits::max_event_bytes)
    return Error{ErrorCode::too_large, "an event over 1 MiB", {}};
  if (bytes.empty() || bytes.size() % sizeof(capnp::word) != 0)
    return malformed("not a whole number of words");
  try {
    const Words words(bytes);
    const kj::ArrayPtr<const capnp::word> segment = words.words();
    capnp::SegmentArrayMessageReader message(kj::arrayPtr(&segment, 1), bounded(segment.size()));
    return use(message);
  } catch (const kj::Exception& exception) {
    return malformed(exception.getDescription().cStr());
  }
}

}  // namespace

Result<std::string> encode(const Event& event) {
  if (auto checked = check_event(event); !checked.ok()) {
    Error error = std::move(checked).error();
    if (error.code == ErrorCode::corruption) error.code = ErrorCode::invalid_argument;
    return error;
  }
  std::array<capnp::word, 512> scratch{};  // most events fit: no allocation
  capnp::MallocMessageBuilder message(kj::arrayPtr(scratch.data(), scratch.size()));
  auto root = message.initRoot<wire::Event>();
  write_event(event, root);
  const auto words = capnp::canonicalize(root.asReader());
  const auto bytes = words.asBytes();
  if (bytes.size() > limits::max_event_bytes)
    return Error{ErrorCode::too_large, "more than 1 MiB in one write: send it in parts", {}};
  return std::string(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
}

Result<Event> decode(std::string_view bytes) {
  return open<Event>(bytes, [](capnp::MessageReader& message) -> Result<Event> {
    if (!message.isCanonical()) return malformed("not in canonical form");
    return read_event(message.getRoot<wire::Event>());
  });
}

Result<Event> decode_stored(std::string_view bytes) {
  return open<Event>(bytes, [](capnp::MessageReader& message) {
    return read_event(message.getRoot<wire::Event>());
  });
}

void rename(Event& event, const std::vector<Renaming>& names) {
  const auto put = [&](Dot& dot) {
    for (const Renaming& name : names)
      if (name.written == dot) {
        dot = name.here;
        return;
      }
  };
  if (names.empty()) return;
  put(event.dot);
  for (Operation& operation : event.operations)
    if (operation.replaces)
      for (Dot& dot : *operation.replaces) put(dot);
}

Result<Event> decode_stored(const StoredEvent& stored) {
  TRY_ASSIGN(Event event, decode_stored(std::string_view(stored.bytes)));
  rename(event, stored.names);
  return event;
}

Result<EventHeader> decode_header(std::string_view bytes) {
  return open<EventHeader>(bytes, [](capnp::MessageReader& message) -> Result<EventHeader> {
    auto in = message.getRoot<wire::Event>();
    return EventHeader{
        {make_uuid(in.getStreamHigh(), in.getStreamLow())}, read_dot(in), HybridTime{in.getTime()}};
  });
}

// OpenSSL looks an algorithm up by name on each use unless it is kept; a context can be used again.
ChainHash chain_hash(const ChainHash& previous, std::string_view bytes) {
  struct Free {
    void operator()(EVP_MD* md) const { EVP_MD_free(md); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  static const std::unique_ptr<EVP_MD, Free> sha256(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  ChainHash hash;
  const bool ok = EVP_DigestInit_ex(context.get(), sha256.get(), nullptr) == 1 &&
                  EVP_DigestUpdate(context.get(), previous.data(), previous.size()) == 1 &&
                  EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
                  EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1;
  CHECK(ok);
  return hash;
}

}  // namespace genlock
