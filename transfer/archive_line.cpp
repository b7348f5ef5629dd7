#include "transfer/archive_line.h"

#include "engine/branches.h"
#include "engine/event_codec.h"
#include "engine/schema.h"
#include "projections/json.h"
#include "projections/json_text.h"
#include "projections/time_text.h"

#include <openssl/evp.h>

#include <algorithm>
#include <set>

namespace genlock::transfer {
namespace {

constexpr std::string_view chain_key = ",\"chain\":\"", follows_key = ",\"follows\":\"",
                           bytes_key = ",\"bytes\":\"", begin_key = "{\"event\":\"";

// Names that a line leaves as numbers, because its writer did not know them: "#13", "#6.40".
using Unknown = std::set<std::string, std::less<>>;

// --- values -------------------------------------------------------------------------------------

struct AppendPlain {
  std::string& out;
  void operator()(std::monostate) const { out += "null"; }
  void operator()(bool value) const { append_json(out, value); }
  void operator()(std::int64_t value) const { append_json(out, value); }
  void operator()(double value) const { append_json(out, value); }
  void operator()(const std::string& value) const { append_json_string(out, value); }
  void operator()(const Uuid& value) const { append_json_string(out, value.to_string()); }
};

// Opaque JSON stands as it is, if it is that and goes into a line.
bool stands_as_json(const std::string& text) {
  const auto parsed = parse_json(text);
  return parsed.ok() && dump(*parsed) == text;
}

void append_value(std::string& out, const Column* column, const Value& value) {
  const auto* whole = std::get_if<std::int64_t>(&value);
  const auto* text = std::get_if<std::string>(&value);
  if (column && column->type == ColumnType::time && whole)
    append_json_string(out, format_time(*whole));
  else if (column && column->type == ColumnType::json && text && stands_as_json(*text))
    out += *text;
  else
    std::visit(AppendPlain{out}, value);
}

// --- writing ------------------------------------------------------------------------------------

class LineWriter {
 public:
  LineWriter(const ArchivedEvent& event, const Event& said, const Unknown& unknown)
      : event_(event), said_(said), unknown_(unknown) {}

  std::string write() {
    out_ = std::string(begin_key) + event_.id.to_string() + '"';
    text("at", format_time(said_.wall_ms));
    key("by");
    append_json(out_, said_.by);
    text("role", genlock::to_string(said_.role));
    if (said_.clock_suspect) out_ += ",\"clock_suspect\":true";
    if (!said_.label.empty()) text("label", said_.label);
    list("did", said_.operations, [&](const Operation& operation) { append(operation); });
    list("saw", said_.context_delta, [&](const ContextEntry& entry) {
      append_json_string(out_, Dot{entry.origin, entry.last}.to_string());
    });
    if (said_.dot != event_.id.dot) text("written_as", said_.dot.to_string());
    text("chain", hex_of(event_.chain));
    if (event_.follows) text("follows", hex_of(*event_.follows));
    std::string base64(4 * ((event_.bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                                     reinterpret_cast<const unsigned char*>(event_.bytes.data()),
                                     static_cast<int>(event_.bytes.size()));
    base64.resize(static_cast<std::size_t>(size));
    text("bytes", base64);
    return std::move(out_) + '}';
  }

 private:
  void key(std::string_view name) {
    out_ += out_.back() == '{' ? "\"" : ",\"";
    out_.append(name).append("\":");
  }
  void text(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(out_, value);
  }
  template <class List, class Append>
  void list(std::string_view name, const List& items, Append append_item) {
    key(name);
    out_ += '[';
    for (const auto& item : items) {
      if (&item != &items.front()) out_ += ',';
      append_item(item);
    }
    out_ += ']';
  }

  const Table* known(TableId id) const {
    return unknown_.contains(number_of(id)) ? nullptr : find_table(id);
  }
  const Column* known(const Table* table, TableId id, ColumnId column) const {
    if (!table || unknown_.contains(number_of(id, column))) return nullptr;
    return table->column(column);
  }
  static std::string number_of(TableId id) { return '#' + std::to_string(number(id)); }
  static std::string number_of(TableId id, ColumnId column) {
    return number_of(id) + '.' + std::to_string(number(column));
  }

  std::string group_name(const Table* table, TableId id, GroupId group) const {
    if (group == life_group) return "life";
    if (!known(table, id, group)) return number_of(id, group);
    const Group* found = table->group_of(group);
    return std::string(found ? found->name : known(table, id, group)->name);
  }

  void append(const Table* table, TableId id, const ColumnValues& values) {
    out_ += '{';
    for (const ColumnValue& one : values) {
      const Column* column = known(table, id, one.column);
      if (one.column == ColumnId::none)
        key("is_deleted");
      else
        key(column ? std::string(column->name) : number_of(id, one.column));
      append_value(out_, column, one.value);
    }
    out_ += '}';
  }

  void append(const Operation& operation) {
    const Table* table = known(operation.table);
    out_ += '{';
    text("op", to_string(operation.kind));
    text("table", table ? std::string(table->name) : number_of(operation.table));
    text("record", operation.record.to_string());
    if (!operation.parent.uuid.is_nil()) text("parent", operation.parent.to_string());
    if (operation.group != GroupId::none)
      text("group", group_name(table, operation.table, operation.group));
    if (!operation.values.empty()) {
      key("values");
      append(table, operation.table, operation.values);
    }
    if (operation.replaces)
      list("replaces", *operation.replaces,
           [&](const Dot& dot) { append_json_string(out_, dot.to_string()); });
    if (!operation.base.empty()) {
      key("base");
      append(table, operation.table, operation.base);
    }
    if (operation.kind == OperationKind::resolve)
      text("resolution", genlock::to_string(operation.resolution));
    if (!operation.comment.empty()) text("comment", operation.comment);
    if (!operation.node.uuid.is_nil()) text("node", operation.node.to_string());
    if (operation.until_ms != 0) text("until", format_time(operation.until_ms));
    out_ += '}';
  }

  const ArchivedEvent& event_;
  const Event& said_;
  const Unknown& unknown_;
  std::string out_;
};

// --- reading ------------------------------------------------------------------------------------

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  return std::nullopt;
}

// What stands between `key` and the next quote; `rest` goes on behind it. nullopt: not there.
std::optional<std::string_view> take_text(std::string_view& rest, std::string_view key) {
  if (!rest.starts_with(key)) return std::nullopt;
  rest.remove_prefix(key.size());
  const std::size_t end = rest.find('"');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view text = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > 1 << 30) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

// Each "#.." of a line that could stand for a name.
Unknown numbers_in(std::string_view line) {
  Unknown found;
  for (std::size_t at = line.find("\"#"); at != std::string_view::npos; at = line.find("\"#", at)) {
    ++at;
    const std::size_t end = line.find_first_not_of("0123456789.", at + 1);
    if (end != std::string_view::npos && line[end] == '"') found.emplace(line.substr(at, end - at));
  }
  return found;
}

// Where the two part, from the last member before that on.
std::string difference(std::string_view line, std::string_view sound) {
  const auto first = std::ranges::mismatch(line, sound).in1;
  const auto place = static_cast<std::size_t>(first - line.begin());
  const std::size_t member = line.substr(0, place).rfind(",\"");
  const std::size_t from = member == std::string_view::npos ? 0 : member + 1;
  const auto piece = [&](std::string_view text) {
    return std::string(text.substr(std::min(from, text.size()), place - from + 24));
  };
  return "the line says " + piece(line) + ".. where its bytes say " + piece(sound) + "..";
}

Error not_sound(std::string_view name, std::string_view why) {
  return {ErrorCode::corruption, "event " + std::string(name) + ": " + std::string(why)};
}

}  // namespace

std::string hex_of(const ChainHash& hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const std::uint8_t byte : hash) hex += {digits[byte / 16], digits[byte % 16]};
  return hex;
}

std::optional<ChainHash> hash_of_hex(std::string_view hex) {
  ChainHash hash{};
  if (hex.size() != 2 * hash.size()) return std::nullopt;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const auto high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    hash[i] = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  return hash;
}

Result<std::string> archive_line(const ArchivedEvent& event) {
  TRY_ASSIGN(const Event said, decode_stored(event.bytes));
  return LineWriter(event, said, {}).write();
}

Result<ArchivedEvent> read_archive_line(std::string_view line) {
  std::string_view rest = line;
  const auto name = take_text(rest, begin_key);
  const auto id = name ? EventId::parse(*name) : std::nullopt;
  if (!id) return Error{ErrorCode::corruption, "a line that is no event"};
  const std::size_t tail = line.rfind(chain_key);
  if (tail == std::string_view::npos) return not_sound(*name, "it has no hash and no bytes");
  rest = line.substr(tail);
  ArchivedEvent event{.id = *id, .bytes = {}};
  const auto chain = hash_of_hex(take_text(rest, chain_key).value_or(""));
  if (!chain) return not_sound(*name, "its hash can't be read");
  event.chain = *chain;
  if (const auto follows = take_text(rest, follows_key)) {
    event.follows = hash_of_hex(*follows);
    if (!event.follows) return not_sound(*name, "what it follows can't be read");
  }
  auto bytes = from_base64(take_text(rest, bytes_key).value_or(""));
  if (!bytes) return not_sound(*name, "its bytes can't be read");
  event.bytes = *std::move(bytes);
  auto said = decode(event.bytes);
  if (!said.ok())
    return Error{said.error().code, "event " + std::string(*name) +
                                        ": its bytes are damaged: " + said.error().message};
  const std::string sound = LineWriter(event, *said, {}).write();
  if (sound != line && LineWriter(event, *said, numbers_in(line)).write() != line)
    return not_sound(*name, difference(line, sound));
  const bool renamed = said->dot.origin != id->dot.origin;
  if (said->stream != id->stream || (!renamed && said->dot != id->dot))
    return not_sound(*name, "its bytes are those of " + said->id().to_string());
  if (event.follows && (!renamed || number(id->dot.sequence) != 1))
    return not_sound(*name, "it begins no branch, and follows none");
  if (renamed && number(id->dot.sequence) == 1 &&
      branch_name(said->dot.origin, event.chain) != id->dot.origin)
    return not_sound(*name, "no branch of " + said->dot.origin.to_string() + " is called so");
  return event;
}

}  // namespace genlock::transfer
