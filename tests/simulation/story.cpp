#include "simulation/story.h"

#include "engine/schema.h"

namespace genlock::simulation {

std::string brief(const Uuid& id) { return id.to_string().substr(0, 8); }

std::string brief(const Dot& dot) {
  return brief(dot.origin.uuid) + ":" + std::to_string(number(dot.sequence));
}

namespace {

struct Printer {
  std::string operator()(std::monostate) const { return "null"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return std::to_string(value); }
  std::string operator()(const std::string& value) const { return '"' + value + '"'; }
  std::string operator()(const Uuid& value) const { return brief(value); }
};

std::string tell(const ColumnValues& values, const Table* table) {
  std::string text;
  for (const ColumnValue& entry : values) {
    const Column* column = table ? table->column(entry.column) : nullptr;
    text += (text.empty() ? "" : ", ") +
            (column ? std::string(column->name) : std::to_string(number(entry.column))) + "=" +
            std::visit(Printer{}, entry.value);
  }
  return text;
}

std::string tell(const Operation& operation) {
  static const char* const verbs[] = {"?",       "creates",  "sets",
                                      "deletes", "restores", "resolves",
                                      "locks",   "unlocks",  "names a moment of"};
  const Table* table = find_table(operation.table);
  std::string text = verbs[static_cast<int>(operation.kind)];
  text +=
      " " + (table ? std::string(table->name) : "table " + std::to_string(number(operation.table)));
  text += " " + brief(operation.record.uuid);
  if (operation.kind == OperationKind::create && !operation.parent.uuid.is_nil())
    text += " under " + brief(operation.parent.uuid);
  if (operation.group == life_group) text += " its life";
  if (!operation.values.empty()) text += " (" + tell(operation.values, table) + ")";
  if (!operation.replaces) return text;
  text += ", instead of";
  for (const Dot& dot : *operation.replaces) text += " " + brief(dot);
  return text;
}

}  // namespace

std::string tell(const Event& event) {
  std::string text = brief(event.dot);
  for (std::size_t i = 0; i < event.operations.size(); ++i)
    text += (i == 0 ? " " : "; ") + tell(event.operations[i]);
  if (event.clock_suspect) text += " (by a clock that is not to be trusted)";
  return text;
}

}  // namespace genlock::simulation
