#include "projections/conflict_json.h"

#include "projections/json_text.h"

namespace genlock {
namespace {

void append_time_or_null(std::string& out, bool known, UnixMs ms) {
  append_json(out, ColumnType::time, known ? Value{std::int64_t{ms}} : Value{});
}

std::string_view group_name(const Table* table, GroupId group_id) {
  if (group_id == life_group) return "life";
  const Group* group = table ? table->group(group_id) : nullptr;
  return group ? group->name : std::string_view{};
}

class ConflictWriter {
 public:
  ConflictWriter(const Conflict& conflict, NodeNames& names)
      : conflict_(conflict), names_(names), table_(find_table(conflict.record.table)) {}

  Result<std::string> write() {
    write_address();
    TRY(write_sides());
    write_resolution();
    write_source_columns();
    out_ += ",\"_meta\":{\"etag\":";
    append_json_string(out_, etag_of(conflict_));
    out_ += "}}";
    return std::move(out_);
  }

 private:
  void begin(std::string_view name) {
    out_ += out_.empty() ? "{\"" : ",\"";
    out_ += name;
    out_ += "\":";
  }

  void write_address() {
    begin("id");
    append_json(out_, conflict_.id);
    begin("table_name");
    append_json_string(out_, table_ ? table_->name : "");
    begin("record_id");
    append_json(out_, conflict_.record.id.uuid);
    begin("label");
    conflict_.label.empty() ? void(out_ += "null") : append_json_string(out_, conflict_.label);
    begin("production_id");
    append_json(out_, production_of(conflict_.stream));
    begin("kind");
    append_json_string(out_, to_string(conflict_.kind));
    begin("group");
    append_json_string(out_, group_name(table_, conflict_.group));
    begin("base");
    write_base();
  }

  bool about_life() const { return conflict_.group == life_group; }

  void write_base() {
    if (about_life()) {
      out_ += "{\"is_deleted\":false}";
    } else if (conflict_.base.empty()) {
      out_ += "null";
    } else {
      append_json(out_, table_, conflict_.base);
    }
  }

  void write_value(const ConflictSide& side) {
    if (about_life() || side.deleted) {
      out_ += "{\"is_deleted\":";
      append_json(out_, side.deleted);
      out_ += '}';
    } else {
      append_json(out_, table_, side.value);
    }
  }

  Result<void> write_sides() {
    begin("sides");
    out_ += '[';
    for (std::size_t i = 0; i < conflict_.sides.size(); ++i) {
      if (i > 0) out_ += ',';
      TRY(write_side(conflict_.sides[i]));
    }
    out_ += ']';
    begin("shown");
    conflict_.shown < conflict_.sides.size()
        ? append_json_string(out_, conflict_.sides[conflict_.shown].key)
        : void(out_ += "null");
    if (conflict_.proposed) write_proposed();
    return {};
  }

  Result<void> write_side(const ConflictSide& side) {
    out_ += "{\"key\":";
    append_json_string(out_, side.key);
    if (conflict_.kind == ConflictKind::unique) {
      begin("record_id");  // each side is another row
      append_json(out_, side.record.uuid);
    }
    begin("value");
    write_value(side);
    begin("by");
    append_json(out_, side.by);
    begin("node");
    TRY_ASSIGN(NodeName node, names_.of(side.event.origin));
    append_json(out_, node);
    begin("at");
    append_time_or_null(out_, true, side.wall_ms);
    begin("event");
    append_json_string(out_, EventId{conflict_.stream, side.event}.to_string());
    out_ += '}';
    return {};
  }

  void write_proposed() {
    begin("proposed");
    const Column* column = table_ ? table_->column(table_->unique_in_parent) : nullptr;
    out_ += '{';
    append_json_string(out_, column ? column->name : "value");
    out_ += ':';
    append_json(out_, std::int64_t{*conflict_.proposed});
    out_ += '}';
  }

  void write_resolution() {
    bool resolved = !conflict_.pending();
    begin("resolution");
    append_json_string(out_, to_string(conflict_.resolution));
    begin("resolved_at");
    append_time_or_null(out_, resolved, conflict_.resolved_ms);
    begin("resolved_by");
    append_json(out_, resolved ? conflict_.resolved_by.user_id : Uuid{});
    begin("created_at");
    append_time_or_null(out_, true, conflict_.created_ms);
  }

  // The columns of the source document's sync_conflicts.
  void write_source_columns() {
    const ConflictSide* cloud = conflict_.cloud_side();
    const ConflictSide* local = conflict_.local_side();
    const auto write_each = [&](std::string_view suffix, auto&& write_one) {
      for (const auto& [prefix, side] : {std::pair{"cloud_", cloud}, std::pair{"local_", local}}) {
        begin(prefix + std::string(suffix));
        side ? write_one(*side) : void(out_ += "null");
      }
    };
    write_each("version", [&](const ConflictSide& side) { append_json(out_, side.version); });
    write_each("data", [&](const ConflictSide& side) { write_value(side); });
    write_each("updated_at",
               [&](const ConflictSide& side) { append_time_or_null(out_, true, side.wall_ms); });
  }

  const Conflict& conflict_;
  NodeNames& names_;
  const Table* table_;
  std::string out_;
};

}  // namespace

Uuid production_of(StreamId stream) {
  bool shared = stream == library_stream || stream == directory_stream;
  return shared ? Uuid{} : stream.uuid;
}

Result<std::string> encode_conflict(const Conflict& conflict, NodeNames& names) {
  return ConflictWriter(conflict, names).write();
}

Result<std::string> encode_lock(const Lock* lock, NodeNames& names) {
  if (!lock) return std::string("null");
  TRY_ASSIGN(NodeName node, names.of(lock->node));
  std::string out = "{\"node\":";
  append_json(out, node);
  out += ",\"by\":";
  append_json(out, lock->by);
  out += ",\"at\":";
  append_time_or_null(out, true, lock->wall_ms);
  out += ",\"until\":";
  append_time_or_null(out, lock->until_ms != 0, lock->until_ms);
  out += ",\"reason\":";
  lock->reason.empty() ? void(out += "null") : append_json_string(out, lock->reason);
  out += '}';
  return out;
}

}  // namespace genlock
