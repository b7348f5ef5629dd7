#include "simulation/workload.h"

#include "engine/view.h"

#include <algorithm>
#include <cctype>

namespace genlock::simulation {
namespace {

constexpr std::uint64_t rows_per_table = 3;
constexpr std::uint64_t children_per_row = 2;
// Of the hundred draws of next().
constexpr std::uint64_t restore_kind = 30, create_kind = 46, batch_kind = 92;

Uuid named(std::string_view name) { return Uuid::make_v5(library_stream.uuid, name); }

}  // namespace

std::set<std::string> fresh_words(const Value& value) {
  std::set<std::string> words;
  const auto* text = std::get_if<std::string>(&value);
  for (std::size_t i = 0; text && i < text->size();) {
    std::size_t end = i;
    while (end < text->size() && std::isalnum(static_cast<unsigned char>((*text)[end]))) ++end;
    if (end > i + 3 && (*text)[i] == 'w' &&
        std::isdigit(static_cast<unsigned char>((*text)[i + 1])))
      words.insert(text->substr(i, end - i));
    i = end + 1;
  }
  return words;
}

Workload::Workload(std::uint64_t seed) : seed_(seed), random_(seed) {
  std::size_t productions = 1 + below(3);
  for (std::size_t i = 0; i < productions; ++i)
    streams_.push_back(StreamId{named("production " + std::to_string(i))});
  streams_.push_back(library_stream);
}

RecordId Workload::row_id(StreamId stream, const Table& table, std::uint64_t n) const {
  if (table.id == table::productions) return RecordId{stream.uuid};
  return RecordId{named(stream.to_string() + std::string(table.name) + std::to_string(n))};
}

Workload::Row Workload::any_row() {
  StreamId stream = pick(streams_);
  TableId id = table::equipment_specs;
  if (stream != library_stream) {
    static const std::vector<TableId> tables = {table::productions, table::sources, table::sources,
                                                table::sends, table::connections};
    id = pick(tables);
  }
  const Table* table = find_table(id);
  return {stream, table, row_id(stream, *table, below(rows_per_table))};
}

std::string Workload::any_text(const Column& column) {
  if (!column.allowed.empty()) return std::string(pick(column.allowed));
  if (column.name != "note") return std::string(column.name) + " " + std::to_string(below(4));
  static const std::vector<std::string> words = {"check", "camera", "two",  "before",
                                                 "doors", "via",    "truck"};
  std::string text;
  for (std::uint64_t i = 2 + below(6); i > 0; --i) text += (text.empty() ? "" : " ") + pick(words);
  if (chance(60)) text += " " + fresh_word();
  return text;
}

// A word that no other command writes: the oracle asks where it went.
std::string Workload::fresh_word() {
  return "w" + std::to_string(number_) + "x" + std::to_string(below(1'000));
}

Value Workload::any_value(const Row& row, const Column& column) {
  if (!column.required && chance(10)) return {};
  switch (column.type) {
    case ColumnType::text:
      return any_text(column);
    case ColumnType::integer:
      return static_cast<std::int64_t>(column.minimum) + static_cast<std::int64_t>(below(3));
    case ColumnType::real:
      return std::vector<double>{25, 50, 59.94}[below(3)];
    case ColumnType::boolean:
      return chance(50);
    case ColumnType::time:
      return std::int64_t{1'800'000'000'000} + static_cast<std::int64_t>(below(3)) * 3'600'000;
    case ColumnType::json:
      return "{\"a\":" + std::to_string(below(3)) + ",\"b\":{\"c\":\"" +
             (chance(50) ? fresh_word() : "same") + "\"}}";
    case ColumnType::uuid:
      break;
  }
  if (column.set_null_target == TableId::none) return named("anything " + std::to_string(below(3)));
  return row_id(row.stream, *find_table(column.set_null_target), below(rows_per_table)).uuid;
}

RowInput Workload::any_input(const Row& row, bool whole, bool with_children,
                             const std::string& place) {
  RowInput input;
  input.pointer = place;
  for (const Column& column : row.table->columns) {
    if (column.id == column::sort_order) continue;
    if (chance(25) || (whole && column.required))
      set(input.values, column.id, any_value(row, column));
  }
  if (!with_children) return input;
  for (const Table* table : child_tables(row.table->id)) {
    if (!table->nested || chance(40)) continue;
    std::vector<RowInput>& children = input.children[table->id];
    std::uint64_t count = below(children_per_row + 1);
    for (std::uint64_t i = 0; i < count; ++i) {
      // Few ids, so that a row is made twice; some of them at several places.
      std::string among = chance(75) ? row.id.to_string() : row.stream.to_string();
      RecordId id{named(among + std::string(table->name) + std::to_string(2 * i + below(2)))};
      RowInput child =
          any_input({row.stream, table, id}, true, true,
                    place + "/" + std::string(table->nested_name) + "/" + std::to_string(i));
      if (chance(80)) child.id = id;
      children.push_back(std::move(child));
    }
  }
  return input;
}

// What the client saw: now, or some time ago at this node.
void Workload::add_versions(SimNode& node, Command& command) {
  std::uint64_t kind = below(10);
  if (kind < 4) return;
  auto& seen = seen_[{node.identity().node, command.record}];
  if (chance(50) || seen.heads.empty()) {
    auto now = node.engine()
                   .projection()
                   .etag(node.store, command.stream, {command.table, command.record})
                   .value();
    if (!now) return;
    seen = *now;
  }
  if (kind < 6) {
    command.if_match = seen;
  } else {
    command.base_version = seen;
    command.record_conflict = kind == 9;
  }
}

bool Workload::make_resolution(SimNode& node, Command& command) {
  State state(node.store, node.log(), command.stream);
  auto shown = view_with_conflicts(state, {command.table, command.record}).value();
  if (!shown) return false;
  std::vector<Conflict> open;
  for (const Conflict& conflict : shown->conflicts)
    if (conflict.pending()) open.push_back(conflict);
  if (open.empty()) return false;
  const Conflict& conflict = pick(open);
  command.kind = CommandKind::resolve;
  command.conflict = conflict.id;
  command.conflict_etag = etag_of(conflict);
  std::uint64_t how = below(3);
  command.choice.resolution = how == 0   ? Resolution::cloud_wins
                              : how == 1 ? Resolution::local_wins
                                         : Resolution::manual;
  if (how == 2) command.choice.pick = pick(conflict.sides).key;
  return true;
}

// Several edits of a show as one event, of the same row now and then.
Command Workload::make_batch(Command batch) {
  batch.kind = CommandKind::batch;
  for (std::uint64_t i = 2 + below(3); i > 0; --i) {
    Row row = any_row();
    if (row.stream != batch.stream) row = {batch.stream, find_table(batch.table), batch.record};
    Command step;
    step.kind = below(4) == 0 ? CommandKind::create : CommandKind::update;
    step.stream = batch.stream;
    step.table = row.table->id;
    step.record = row.id;
    step.restore_gone = true;
    step.row = any_input(row, step.kind == CommandKind::create, chance(20));
    batch.steps.push_back(std::move(step));
  }
  return batch;
}

// Most clients see what they do: they make what is not there, and do not change what is gone.
std::uint64_t Workload::fitting_kind(SimNode& node, Row& row, std::uint64_t kind) {
  State state(node.store, node.log(), row.stream);
  if (row.stream != library_stream && row.table->id != table::productions) {
    RecordKey root{table::productions, row_id(row.stream, *find_table(table::productions), 0)};
    const auto production = view(state, root);
    if (production.ok() && !*production) row = {row.stream, find_table(root.table), root.id};
  }
  const auto shown = view(state, {row.table->id, row.id});
  if (!shown.ok()) return kind;  // the answer to the command will say why
  if (!*shown) return create_kind;
  return (*shown)->is_deleted && chance(70) ? restore_kind : kind;
}

Workload::Turn Workload::turn(std::uint64_t number, std::size_t clients, std::size_t nodes) {
  random_ = SeededRandom((seed_ << 20) + number);
  Turn turn;
  turn.client = below(clients);
  turn.node = static_cast<std::size_t>(chance(15) ? below(nodes) : turn.client % nodes);
  return turn;
}

Command Workload::next(SimNode& node, std::uint64_t number, const Turn& turn) {
  number_ = number;
  if (!unheard_.empty() && chance(40)) {
    Command again = unheard_.back();
    unheard_.pop_back();
    return again;
  }
  if (!with_key_.empty() && chance(5))
    return pick(with_key_);  // a client that did not hear the answer
  Row row = any_row();
  std::uint64_t kind = below(100);
  if (chance(80)) kind = fitting_kind(node, row, kind);
  bool is_production = row.table->id == table::productions;
  Command command;
  command.stream = row.stream;
  command.table = row.table->id;
  command.record = row.id;
  std::string person = "user " + std::to_string(turn.client);
  command.by = {person, named(person), "tablet"};
  if (kind < 20 && make_resolution(node, command)) return command;
  if (kind >= batch_kind && row.stream != library_stream) return make_batch(std::move(command));
  if (kind < restore_kind) {
    command.kind = CommandKind::remove;
    add_versions(node, command);
  } else if (kind < 38) {
    command.kind = CommandKind::restore;
  } else if (kind < 46 && is_production) {
    command.kind = kind < 42 ? CommandKind::lock : CommandKind::unlock;
    command.reason = "show";
    command.override_lock = chance(70);
    if (chance(30)) command.until_ms = node.clock.now() + 5'000;
  } else if (kind < 54) {
    command.kind = CommandKind::create;
    command.restore_gone = true;
    command.row = any_input(row, true, true);
  } else {
    command.kind = CommandKind::update;
    command.row = any_input(row, false, chance(30));
    add_versions(node, command);
  }
  if (chance(20)) {
    command.command_key = Uuid::make_v4(random_);
    command.command_hash = random_.next_u64();
    with_key_.push_back(command);
  }
  return command;
}

}  // namespace genlock::simulation
