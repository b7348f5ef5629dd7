#include "measure.h"

namespace genlock::bench {

namespace {

ColumnId column(TableId table, std::string_view name) {
  return find_table(table)->column(name)->id;
}

Operation source_row(RecordId id, StreamId show, std::size_t n) {
  Operation create;
  create.kind = OperationKind::create;
  create.table = table::sources;
  create.record = id;
  create.parent = RecordId{show.uuid};
  auto put = [&](std::string_view name, Value value) {
    set(create.values, column(table::sources, name), std::move(value));
  };
  put("type", "CAM");
  put("name", "CAM " + std::to_string(n));
  put("h_res", std::int64_t{1920});
  put("v_res", std::int64_t{1080});
  put("rate", 59.94);
  put("standard", "1080p59");
  put("note", "patch " + std::to_string(n) + " via rack " + std::to_string(n % 40));
  put("sort_order", "a" + std::to_string(n));
  return create;
}

}  // namespace

std::vector<RecordId> make_show(Node& node, StreamId show, std::size_t source_count) {
  auto write = [&](std::vector<Operation> operations) {
    node.writer
        .run([&](Overlay& overlay) -> Result<void> {
          TRY(node.engine.write(show, operations, Person{"Ana", {}, "FOH tablet"}, overlay));
          return {};
        })
        .value();
  };
  Operation production;
  production.kind = OperationKind::create;
  production.table = table::productions;
  production.record = RecordId{show.uuid};
  set(production.values, column(table::productions, "client"), "Bench");
  set(production.values, column(table::productions, "show_name"), "A show of many sources");
  write({production});
  std::vector<RecordId> sources;
  std::vector<Operation> operations;
  for (std::size_t n = 0; n < source_count; ++n) {
    sources.push_back(RecordId{node.random.uuid()});
    operations.push_back(source_row(sources.back(), show, n));
    if (operations.size() == 500 || n + 1 == source_count) write(std::exchange(operations, {}));
  }
  return sources;
}

Command edit_of(StreamId show, RecordId source, std::uint64_t n) {
  Command command;
  command.kind = CommandKind::update;
  command.stream = show;
  command.table = table::sources;
  command.record = source;
  command.row.values = {{column(table::sources, "note"),
                         "edit " + std::to_string(n) + " patch rack " + std::to_string(n % 40)}};
  command.by = Person{"Ana", {}, "FOH tablet"};
  return command;
}

void edit_until(Node& node, StreamId show, const std::vector<RecordId>& sources,
                std::uint64_t events) {
  std::uint64_t n = node.log.head(*node.store, show).value().vector().event_count();
  while (n < events)
    node.writer
        .run([&](Overlay& overlay) -> Result<void> {
          for (int i = 0; i < 500 && n < events; ++i, ++n)
            TRY(node.engine.execute(
                edit_of(show, sources[node.random.next_u64() % sources.size()], n), overlay));
          return {};
        })
        .value();
}

}  // namespace genlock::bench
