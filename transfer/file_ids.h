// Ids of rows in files that have none: UUIDv5 of what the row is, below its parent. So importing a
// file twice, or on two nodes, gives the same rows.
#pragma once

#include "engine/ids.h"
#include "engine/schema.h"
#include "projections/json.h"

#include <map>
#include <string>

namespace genlock::transfer {

// Never changes what it gives for a name: ids of rows that were imported depend on it.
Uuid file_id(std::string_view name);

// What a row is called among its siblings, where it has no id: type and name of a source,
// manufacturer and model of a device.
std::string natural_name(const Table& table, const Json& row);

// Gives ids to the rows of one list that have none, also to those nested in them: the n-th of its
// name below its parent.
class Namer {
 public:
  explicit Namer(std::string parent) : parent_(std::move(parent)) {}

  void give_id(const Table& table, Json& row);
  // The same for what is called `name`.
  std::string id_of(std::string name);

 private:
  std::string parent_;
  std::map<std::string, int> counts_;
};

// Sets a member, in its place where there is one, else at the end.
void set_member(Json& object, std::string_view key, Json value);

}  // namespace genlock::transfer
