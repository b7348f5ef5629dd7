// Nodes with the real rows, written to in JSON as a client would.
#pragma once

#include "catch.h"
#include "projections/queries.h"
#include "projections/row_json.h"
#include "projections/row_projection.h"
#include "support/replica.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace genlock::test {

using ordered = nlohmann::ordered_json;

struct LanRows : RowProjection {
  LanRows() : RowProjection(Role::lan) {}
};
struct CloudRows : RowProjection {
  CloudRows() : RowProjection(Role::cloud) {}
};
using LanNode = BasicReplica<LanRows>;
using CloudNode = BasicReplica<CloudRows>;

inline const StreamId gala{uuid_named(0x01, 1)};
inline const RecordKey gala_row{table::productions, RecordId{gala.uuid}};

inline RecordKey source(std::uint8_t n) { return {table::sources, {uuid_named(0x10, n)}}; }
inline RecordKey send(std::uint8_t n) { return {table::sends, {uuid_named(0x20, n)}}; }
inline RecordKey connection(std::uint8_t n) { return {table::connections, {uuid_named(0x30, n)}}; }
inline RecordKey equipment(std::uint8_t n) {
  return {table::equipment_specs, {uuid_named(0x40, n)}};
}

inline const Person ana{"Ana", uuid_named(0x77, 1), "FOH tablet"};

template <class Node>
Outcome command(Node& node, CommandKind kind, const RecordKey& key, std::string_view json = "{}",
                StreamId stream = gala) {
  Command wish;
  wish.kind = kind;
  wish.stream = stream;
  wish.table = key.table;
  wish.record = key.id;
  wish.row = parse_row(*find_table(key.table), json).value();
  wish.by = ana;
  auto outcome = node.execute(wish);
  INFO((outcome.ok() ? "" : outcome.error().message));
  REQUIRE(outcome.ok());
  return *outcome;
}

template <class Node>
Outcome create(Node& node, const RecordKey& key, std::string_view json, StreamId stream = gala) {
  return command(node, CommandKind::create, key, json, stream);
}
template <class Node>
Outcome update(Node& node, const RecordKey& key, std::string_view json, StreamId stream = gala) {
  return command(node, CommandKind::update, key, json, stream);
}
template <class Node>
Outcome remove(Node& node, const RecordKey& key, StreamId stream = gala) {
  return command(node, CommandKind::remove, key, "{}", stream);
}
template <class Node>
void create_gala(Node& node) {
  create(node, gala_row, R"({"client":"ACME","show_name":"Gala"})");
}

template <class Node>
ReadContext context_of(const Node& node) {
  return {node.store, node.log, node.clock.peek()};
}
template <class Node>
ServedRow served(const Node& node, const RecordKey& key) {
  auto row = get_row(context_of(node), key.table, key.id);
  REQUIRE(row.ok());
  REQUIRE(row->has_value());
  return **row;
}
template <class Node>
ordered shown(const Node& node, const RecordKey& key) {
  return ordered::parse(served(node, key).json);
}
template <class Node>
ordered listed(const Node& node, std::string_view collection, const ListOptions& options = {}) {
  auto list = list_rows(context_of(node), *find_collection(collection), gala, options);
  REQUIRE(list.ok());
  return ordered::parse(list->json);
}
template <class Node>
ordered conflicts(const Node& node, const ListOptions& options = {}) {
  auto list = list_conflicts(context_of(node), options);
  REQUIRE(list.ok());
  return ordered::parse(list->json);
}
template <class Node>
Digest digest_of(const Node& node, StreamId stream = gala) {
  return node.projection.digest(node.store, stream).value();
}

inline std::vector<std::string> ids_of(const ordered& rows) {
  std::vector<std::string> ids;
  for (const ordered& row : rows) ids.push_back(row["id"]);
  return ids;
}

}  // namespace genlock::test
