#include "engine/decide_parts.h"
#include "engine/event_codec.h"
#include "engine/fold.h"
#include "engine/limits.h"
#include "engine/one_event.h"

// A batch: its steps are decided one after the other, each over a state in which the ones before
// are carried out, and what they write becomes one event. They are tried out in an overlay that is
// dropped afterwards, as events of an origin that nobody has.
namespace genlock::decide_parts {
namespace {

const OriginId provisional{Uuid::make_v5(Uuid{}, "the steps of a batch")};

// --- refusals ------------------------------------------------------------------------------------

struct Fault {
  std::string_view member;  // of the step
  std::string_view code;
};

Fault fault_of(ErrorCode code, CommandKind kind) {
  switch (code) {
    case ErrorCode::exists:
      return {"/row/id", "unique"};
    case ErrorCode::conflict:
      return {"/base_version", "reference"};
    case ErrorCode::too_large:
      return {"", "length"};
    default:
      return {kind == CommandKind::create ? "" : "/id", "reference"};
  }
}

// The parent of a nested row stands in the body: it is a reference like others.
bool lacks_parent(const Error& error, const Command& step) {
  const Table* table = find_table(step.table);
  bool is_missing = error.code == ErrorCode::not_found || error.code == ErrorCode::gone;
  return is_missing && step.kind == CommandKind::create && table && table->nested;
}

// The error of a step as that of the whole: it says where.
Error at_step(Error error, std::size_t n, const Command& step) {
  std::string place = "/ops/" + std::to_string(n);
  if (lacks_parent(error, step))
    return field_faults({{place + "/row/" + std::string(find_table(step.table)->parent_column),
                          "reference", error.message}});
  if (!error.fields.empty()) return error;
  Fault fault = fault_of(error.code, step.kind);
  error.fields.push_back(
      {place + std::string(fault.member), std::string(fault.code), error.message});
  return std::move(error).in(place);
}

// --- trying out ----------------------------------------------------------------------------------

class Trial {
 public:
  explicit Trial(const Work& work) : work_(work), overlay_(work.state.reader()) {}

  Result<void> begin() {
    TRY_ASSIGN(appends_, log().begin(overlay_, work_.state.stream()));
    return {};
  }

  // Decides one step and carries it out.
  Result<Draft> take(const Command& step) {
    State state(overlay_, log(), work_.state.stream());
    DecideContext::Earlier earlier{written_, work_.state};
    DecideContext context{state,
                          work_.context.projection,
                          work_.context.self,
                          work_.context.now_ms,
                          work_.context.random,
                          &earlier,
                          work_.context.origin};
    TRY_ASSIGN(Draft draft, decide_step(step, context));
    if (!draft.operations.empty()) TRY(carry_out(draft.operations, state));
    return draft;
  }

 private:
  const EventLog& log() const { return work_.state.log(); }

  static Result<Draft> decide_step(const Command& step, const DecideContext& context) {
    if (!step.complete) return decide(step, context);
    Command ready = step;
    Result<void> completed = step.complete(context.state.reader(), ready);
    if (completed.ok()) return decide(ready, context);
    const Table* table = find_table(step.table);
    bool is_read = table && !(table->nested && step.kind == CommandKind::create);
    return is_read ? first_fault(step, context, std::move(completed).error())
                   : std::move(completed).error();
  }

  Result<void> carry_out(const std::vector<Operation>& operations, State& before) {
    VersionVector context = appends_.head.vector();
    Event event;
    event.stream = work_.state.stream();
    event.dot = {provisional, next(written_.last_seen(provisional))};
    event.time = tick(appends_.head.latest, work_.context.now_ms);
    event.wall_ms = work_.context.now_ms;
    event.by = work_.command.by;
    if (written_.empty()) event.context_delta = everything();
    event.operations = operations;
    TRY_ASSIGN(std::string bytes, encode(event));
    log().append(overlay_, appends_, event, bytes, event.wall_ms);
    log().finish(overlay_, appends_);
    written_.advance(event.dot);
    Fold fold(overlay_, log(), event.stream, &before);
    TRY(fold.apply(event, context));
    TRY(fold.finish());
    return {};
  }

  std::vector<ContextEntry> everything() const {
    std::vector<ContextEntry> entries;
    for (const auto& [origin, head] : appends_.head.origins)
      entries.push_back({origin, head.last, shorten(head.chain)});
    return entries;
  }

  const Work& work_;
  Overlay overlay_;
  Appends appends_;
  VersionVector written_;
};

// --- the whole -----------------------------------------------------------------------------------

Result<void> check_production(const Work& work) {
  RecordKey key{table::productions, RecordId{work.state.stream().uuid}};
  TRY_ASSIGN(std::optional<Row> row, load_row(work.state, key));
  if (!row) return not_found(key);
  return check_unlocked(work);
}

// What all steps have in common comes from the batch.
Command step_of(const Command& batch, const Command& step) {
  Command one = step;
  one.stream = batch.stream;
  one.by = batch.by;
  one.command_key = batch.command_key;
  one.record_conflict = batch.record_conflict && step.base_version;
  return one;
}

Error too_many_changes() {
  return refuse(ErrorCode::too_large, "more than " + std::to_string(limits::max_operations) +
                                          " changes in one batch: send it in parts");
}

}  // namespace

Result<Draft> decide_batch(Work& work) {
  const Command& command = work.command;
  TRY(check_production(work));
  work.draft.outcome.record = {table::productions, RecordId{work.state.stream().uuid}};
  work.fault(check_text(command.label, "/label"));
  if (!work.errors.empty()) return finish(work);
  Trial trial(work);
  TRY(trial.begin());
  OneEvent event(provisional);
  for (std::size_t n = 0; n < command.steps.size(); ++n) {
    Command step = step_of(command, command.steps[n]);
    Result<Draft> draft = trial.take(step);
    if (!draft.ok()) return at_step(std::move(draft).error(), n, step);
    for (Operation& operation : draft->operations) event.add(std::move(operation));
    if (event.size() > limits::max_operations) return too_many_changes();
    work.draft.outcome.steps.push_back(std::move(draft->outcome));
  }
  work.draft.operations = event.take();
  return finish(work);
}

}  // namespace genlock::decide_parts
