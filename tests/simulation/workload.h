// Clients that write: random commands of every kind on few, shared rows, so that most things happen
// at once somewhere. Streams, tables and values come from the schema itself.
#pragma once

#include "simulation/sim_node.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace genlock::simulation {

class Workload {
 public:
  explicit Workload(std::uint64_t seed);

  // Who writes, and where: a client has a node of its own and is now and then at another one.
  struct Turn {
    std::uint64_t client = 0;
    std::size_t node = 0;
  };
  // Each number draws from chances of its own, so that leaving one command out changes no other.
  Turn turn(std::uint64_t number, std::size_t clients, std::size_t nodes);
  // What a client wishes at this node, made from what the node shows now or what that client saw
  // some time ago. REQUIRES: turn(number, ...) just before.
  Command next(SimNode& node, std::uint64_t number, const Turn& turn);
  // Its client did not hear the answer: some client's wish to come is this one again.
  void send_again(const Command& command) { unheard_.push_back(command); }
  // Every stream there may be.
  const std::vector<StreamId>& streams() const { return streams_; }
  StreamId production(std::size_t n) const { return streams_[n]; }
  std::size_t production_count() const { return streams_.size() - 1; }

  RecordId row_id(StreamId stream, const Table& table, std::uint64_t n) const;

 private:
  struct Row {
    StreamId stream;
    const Table* table;
    RecordId id;
  };
  std::uint64_t below(std::uint64_t bound) { return random_.next_u64() % bound; }
  bool chance(std::uint64_t percent) { return below(100) < percent; }
  template <class T>
  const T& pick(const std::vector<T>& items) {
    return items[below(items.size())];
  }
  Row any_row();
  Value any_value(const Row& row, const Column& column);
  std::string fresh_word();
  std::string any_text(const Column& column);
  RowInput any_input(const Row& row, bool whole, bool with_children, const std::string& place = {});
  void add_versions(SimNode& node, Command& command);
  std::uint64_t fitting_kind(SimNode& node, Row& row, std::uint64_t kind);
  Command make_batch(Command batch);
  bool make_resolution(SimNode& node, Command& command);

  const std::uint64_t seed_;
  SeededRandom random_;
  std::uint64_t number_ = 0;       // of the command in work
  std::vector<StreamId> streams_;  // productions, then the library
  std::map<std::pair<NodeId, RecordId>, ETag> seen_;
  std::vector<Command> with_key_;
  std::vector<Command> unheard_;
};

// The words of a value that one command alone writes.
std::set<std::string> fresh_words(const Value& value);

}  // namespace genlock::simulation
