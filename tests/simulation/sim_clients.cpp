// The clients of the simulation: what they ask for, what they hear, and what they must find there
// at once.
#include "engine/event_codec.h"
#include "engine/view.h"
#include "simulation/simulator.h"
#include "simulation/story.h"

#include <algorithm>
#include <sstream>

namespace genlock::simulation {
namespace {

// As a newer version would have them.
constexpr TableId newer_table{99};
constexpr ColumnId newer_column{200};

std::string describe(const Command& command) {
  static const char* const kinds[] = {"create", "update", "delete", "restore", "resolve",
                                      "lock",   "unlock", "moment", "batch"};
  std::string text = command.by.user + ": " + kinds[static_cast<int>(command.kind)] + " " +
                     std::string(find_table(command.table)->name) + " " +
                     command.record.to_string().substr(0, 8);
  if (command.if_match) text += ", if it is unchanged";
  if (command.base_version) text += ", merged with what was seen";
  return text;
}

}  // namespace

void Simulator::plan_commands() {
  for (std::uint64_t i = 0; i < swarm_.commands; ++i) {
    std::int64_t when = sometime();
    if (!swarm_.skipped.contains(i)) at(when, [this, i] { give_command(i); });
  }
}

// A client stays with its node, mostly, or is at `node_asked`; in a liveness check only nodes of
// the core are asked.
void Simulator::give_command(std::uint64_t number, std::optional<std::size_t> node_asked) {
  Workload::Turn turn = workload_.turn(number, swarm_.clients, nodes_.size());
  if (node_asked) turn.node = *node_asked;
  std::size_t n = turn.node;
  if (!core_.empty() && !core_.contains(n)) return;
  SimNode& node = *nodes_[n];
  if (!node.up() || paused_until_[n] > now_ms_ || hits(Fault::lost_request, 5, n, n)) return;
  Command command = workload_.next(node, number, turn);
  if (!node.subscriptions().wants(command.stream, node.index()) &&
      node.head(command.stream).origins.empty())
    return;
  if (chance(10)) arm_disk(n);
  ++outcome_.commands;
  auto done = node.execute(command);
  if (stopped(n)) return;
  answered(n, number, command, done);
  if (!done.ok() || !outcome_.failure.empty()) return;
  wrote(n);
  drive_all();
}

void Simulator::answered(std::size_t n, std::uint64_t number, const Command& command,
                         const Result<genlock::Outcome>& done) {
  std::string what = "#" + std::to_string(number) + " at " + name(n) + ", " + describe(command);
  if (!done.ok()) {
    ++outcome_.refused;
    ErrorCode code = done.error().code;
    trace(what + ": refused, " + done.error().message);
    if (code == ErrorCode::locked) note(Branch::refused_locked);
    if (code == ErrorCode::precondition) note(Branch::refused_stale);
    if (code == ErrorCode::conflict) note(Branch::refused_conflict);
    if (code == ErrorCode::corruption || (code == ErrorCode::compacted && !command.base_version) ||
        (code == ErrorCode::unavailable && !nodes_[n]->store.is_full()))
      fail("a command failed: " + done.error().message);
    return;
  }
  ++outcome_.accepted;
  trace(what + ": " + (done->event ? told(n, *done->event) : "nothing to write"));
  if (done->replayed) note(Branch::replayed_answer);
  if (done->event && command.kind == CommandKind::batch) note(Branch::batch);
  if (!done->replayed) check_own_write(n, command);
  if (done->event && !done->replayed && !command.command_key.is_nil()) {
    const auto chain_here = [&](const EventId& id) -> std::optional<ChainHash> {
      Result<StoredEvent> stored = nodes_[n]->log().read(nodes_[n]->store, id);
      return stored.ok() ? std::optional(stored->chain) : std::nullopt;
    };
    const ChainHash written = *chain_here(*done->event);
    for (const auto& [first, chain] : sent_before_[command.command_key])
      if (chain != written && chain_here(first) == chain)
        fail("one Idempotency-Key wrote twice: " + first.to_string() + " and " +
             done->event->to_string());
    sent_before_[command.command_key].emplace_back(*done->event, written);
  }
  if (!command.command_key.is_nil() && hits(Fault::lost_response, 20, n, n)) {
    trace("#" + std::to_string(number) + ": nobody hears the answer");
    workload_.send_again(command);
    return;
  }
  if (done->event) acknowledge(n, *done->event);
}

void Simulator::acknowledge(std::size_t n, const EventId& id) {
  const ChainHash chain = nodes_[n]->log().read(nodes_[n]->store, id).value().chain;
  acknowledged_[{id.stream, chain}] = {id};
}

// In full only where somebody reads it.
std::string Simulator::told(std::size_t n, const EventId& id) {
  if (!print_trace_) return id.to_string();
  Event event = decode(nodes_[n]->log().read(nodes_[n]->store, id).value().bytes).value();
  return id.stream.to_string().substr(0, 8) + " " + tell(event);
}

namespace {

// Where a conflict is pending a plain write replaces only what it saw, and the other sides may be
// merged with it (rule 8): then each of its words is there, or in JSON what it alone says: what it
// says as before gives way to a side that changed it.
bool shows_what_was_written(const Table& table, const ColumnValue& written, const Value& shown) {
  if (shown == written.value) return true;
  const Grain grain = table.column(written.column)->grain;
  if (grain == Grain::whole) return false;
  if (grain != Grain::words)
    return std::ranges::includes(fresh_words(shown), fresh_words(written.value));
  const auto* text = std::get_if<std::string>(&shown);
  const auto* wanted = std::get_if<std::string>(&written.value);
  if (!wanted) return true;
  std::istringstream words(*wanted);
  for (std::string word; words >> word;)
    if (!text || text->find(word) == std::string::npos) return false;
  return true;
}

}  // namespace

// Who wrote plain values finds them at once, at the node that answered.
void Simulator::check_own_write(std::size_t n, const Command& command) {
  bool plain = (command.kind == CommandKind::create || command.kind == CommandKind::update) &&
               !command.base_version;
  if (!plain) return;
  State state(nodes_[n]->store, nodes_[n]->log(), command.stream);
  auto row = view(state, {command.table, command.record}).value();
  if (!row || !row->visible()) return fail("a row that was just written is not there");
  const Table& table = *find_table(command.table);
  for (const ColumnValue& wanted : command.row.values)
    if (!shows_what_was_written(table, wanted, row->value(wanted.column)))
      fail("column " + std::to_string(genlock::number(wanted.column)) + " of " +
           command.record.to_string() + " does not show what was just written");
}

// Tables and columns that nobody here knows travel like all others, and are kept.
void Simulator::write_newer_schema(std::size_t n) {
  SimNode& node = *nodes_[n];
  StreamId show = workload_.production(0);
  RecordKey source{table::sources, workload_.row_id(show, *find_table(table::sources), 0)};
  State state(node.store, node.log(), show);
  if (node.store.is_full() || !view(state, source).value()) return;
  Operation column;
  column.table = source.table;
  column.record = source.id;
  column.group = newer_column;
  column.values = {{newer_column, "newer " + std::to_string(below(4))}};
  Operation row;
  row.kind = OperationKind::create;
  row.table = newer_table;
  row.record = workload_.row_id(show, *find_table(table::sources), 1'000 + below(2));
  row.parent = RecordId{show.uuid};
  row.values = {{ColumnId{1}, std::string("label")}};
  bool both = chance(50);
  auto written = node.write_raw(
      show, both ? std::vector<Operation>{column, row} : std::vector<Operation>{column});
  if (stopped(n) || !written.ok()) return;
  trace("a newer version at " + name(n) + ": " + told(n, *written));
  acknowledge(n, *written);
  wrote(n);
  drive_all();
}

// Somebody on this side of a cut locks a show, and the others cannot know.
void Simulator::lock_somewhere(std::size_t n) {
  SimNode& node = *nodes_[n];
  if (!node.up() || node.store.is_full() || paused_until_[n] > now_ms_) return;
  Command command;
  command.kind = CommandKind::lock;
  command.stream = workload_.production(below(workload_.production_count()));
  command.table = table::productions;
  command.record = RecordId{command.stream.uuid};
  command.reason = "cut off";
  command.by.user = "crew";
  auto done = node.execute(command);
  if (stopped(n) || !done.ok() || !done->event) return;
  note(Fault::partition_lock);
  trace("lock at " + name(n) + ": " + told(n, *done->event));
  acknowledge(n, *done->event);
  wrote(n);
  drive_all();
}

}  // namespace genlock::simulation
