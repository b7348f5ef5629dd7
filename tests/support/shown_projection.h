// A projection that writes down, as text, what the engine's views show: rows and conflicts of each
// record that the fold marked. What the fold forgot to mark stays as it was, so comparing with a
// fresh fold finds it.
#pragma once

#include "engine/bytes.h"
#include "engine/projection.h"

#include <sstream>
#include <string>

namespace genlock::test {

inline std::string text_of(const Value& value) {
  std::ostringstream out;
  std::visit(
      [&](const auto& v) {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::monostate>)
          out << "null";
        else if constexpr (std::is_same_v<T, Uuid>)
          out << v.to_string();
        else if constexpr (std::is_same_v<T, bool>)
          out << (v ? "true" : "false");
        else
          out << v;
      },
      value);
  return out.str();
}

inline std::string text_of(const ColumnValues& values) {
  std::string text = "{";
  for (const ColumnValue& entry : values) {
    if (is_null(entry.value)) continue;
    if (text.size() > 1) text += ' ';
    text += std::to_string(number(entry.column)) + ':' + text_of(entry.value);
  }
  return text + '}';
}

inline std::string text_of(const Conflict& conflict) {
  std::ostringstream out;
  out << to_string(conflict.kind) << ' ' << to_string(conflict.resolution) << " id "
      << conflict.id.to_string() << " group " << number(conflict.group) << " base "
      << text_of(conflict.base) << " shown " << conflict.shown << " proposed "
      << conflict.proposed.value_or(-1) << " lock "
      << (conflict.lock ? conflict.lock->to_string() : "-") << " loss " << conflict.loss << " at "
      << conflict.created_ms << " by " << conflict.resolved_by_event.to_string();
  for (const ConflictSide& side : conflict.sides)
    out << "\n    " << side.key << ' ' << (side.deleted ? "deleted" : text_of(side.value)) << ' '
        << side.event.to_string() << ' ' << side.record.to_string() << " v" << side.version;
  return out.str();
}

inline std::string text_of(const RecordWithConflicts& both) {
  const RecordView& view = both.view;
  std::ostringstream out;
  out << view.table->name << ' ' << text_of(view.values) << (view.is_deleted ? " deleted" : "")
      << (view.hidden_by ? " hidden by " + view.hidden_by->id.to_string() : "")
      << (view.slot_taken_by ? " slot taken by " + view.slot_taken_by->to_string() : "") << " v"
      << view.version << " pending " << view.pending_conflicts << " created " << view.created_ms
      << " updated " << view.updated_ms << " heads";
  for (const Dot& head : view.heads) out << ' ' << head.to_string();
  for (const Conflict& conflict : both.conflicts) out << "\n  " << text_of(conflict);
  return out.str();
}

class ShownProjection : public Projection {
 public:
  Result<void> apply(Overlay& overlay, const State& state, const Changes& changes,
                     UnixMs) override {
    for (const RecordKey& key : changes.records) {
      TRY_ASSIGN(std::optional<RecordWithConflicts> shown, view_with_conflicts(state, key));
      std::string at(state.stream().view());
      append_be16(at, number(key.table));
      at.append(key.id.view());
      if (shown) {
        overlay.put(Space::rows, at, text_of(*shown));
      } else {
        overlay.erase(Space::rows, at);
      }
    }
    return {};
  }
  Result<void> drop(Overlay& overlay, StreamId stream) override {
    std::vector<std::string> keys;
    TRY(overlay.scan_prefix(Space::rows, stream.view(),
                            [&](std::string_view key, std::string_view) {
                              keys.emplace_back(key);
                              return true;
                            }));
    for (std::string& key : keys) overlay.erase(Space::rows, std::move(key));
    return {};
  }
  Result<Digest> digest(const Reader&, StreamId) const override { return Digest{}; }
  Result<std::optional<ETag>> etag(const Reader& reader, StreamId stream,
                                   const RecordKey& key) const override {
    std::string at(stream.view());
    append_be16(at, number(key.table));
    at.append(key.id.view());
    TRY_ASSIGN(std::optional<std::string> text, reader.get(Space::rows, at));
    if (!text) return std::optional<ETag>{};
    return std::optional<ETag>(ETag{{}, std::hash<std::string>{}(*text)});
  }
  Result<std::optional<Conflict>> find_conflict(const State& state, const Uuid& id) const override {
    TRY_ASSIGN(std::vector<RecordKey> keys, state.records());
    for (const RecordKey& key : keys) {
      TRY_ASSIGN(std::optional<RecordWithConflicts> shown, view_with_conflicts(state, key));
      if (!shown) continue;
      for (const Conflict& conflict : shown->conflicts)
        if (conflict.id == id) return std::optional<Conflict>(conflict);
    }
    return std::optional<Conflict>{};
  }
};

}  // namespace genlock::test
