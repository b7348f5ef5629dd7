#include "http/event_tally.h"

#include "engine/schema.h"
#include "projections/json_text.h"

#include <algorithm>
#include <vector>

namespace genlock::http {
namespace {

// A lock or a moment is of the show, and changes no row.
bool is_about_row(OperationKind kind) {
  return kind != OperationKind::lock && kind != OperationKind::unlock &&
         kind != OperationKind::moment;
}

std::string table_name(TableId id) {
  const Table* table = find_table(id);
  return table ? std::string(table->name) : "unknown";
}

void append_count(std::string& out, std::string_view name, std::uint64_t count) {
  out.append("\"").append(name).append("\":") += std::to_string(count);
}

}  // namespace

void EventTally::add(const Event& event) {
  ++events_;
  if (is_full()) return;
  ++counted_;
  Of& person = people_[event.by];
  ++person.events;
  for (const Operation& operation : event.operations) {
    if (!is_about_row(operation.kind)) continue;
    const RecordKey row{operation.table, operation.record};
    rows_.insert(row);
    person.rows.insert(row);
    if (operation.kind == OperationKind::create) created_.insert(row);
    if (operation.kind == OperationKind::remove) deleted_.insert(row);
    if (operation.kind == OperationKind::restore) deleted_.erase(row);
  }
}

std::string EventTally::to_json() const {
  std::string out = "{";
  append_count(out, "events", events_);
  append_count(out += ',', "counted", counted_);
  std::vector<std::pair<const Person*, const Of*>> people;
  for (const auto& [person, of] : people_) people.emplace_back(&person, &of);
  std::ranges::stable_sort(
      people, [](const auto& a, const auto& b) { return a.second->events > b.second->events; });
  out += ",\"people\":[";
  for (const auto& [person, of] : people) {
    out += out.back() == '[' ? "{\"by\":" : ",{\"by\":";
    append_json(out, *person);
    append_count(out += ',', "events", of->events);
    append_count(out += ',', "rows", of->rows.size());
    out += '}';
  }
  struct Counts {
    std::uint64_t created = 0, changed = 0, deleted = 0;
  };
  std::map<std::string, Counts> tables;
  for (const RecordKey& row : rows_) {
    Counts& counts = tables[table_name(row.table)];
    if (deleted_.contains(row)) {
      ++counts.deleted;
    } else {
      ++(created_.contains(row) ? counts.created : counts.changed);
    }
  }
  out += "],\"tables\":[";
  for (const auto& [name, counts] : tables) {
    out += out.back() == '[' ? "{\"table\":" : ",{\"table\":";
    append_json_string(out, name);
    append_count(out += ',', "created", counts.created);
    append_count(out += ',', "changed", counts.changed);
    append_count(out += ',', "deleted", counts.deleted);
    out += '}';
  }
  return out + "]}";
}

}  // namespace genlock::http
