#include "cli/node.h"

#include "engine/directory.h"
#include "eventlog/node_meta.h"
#include "eventlog/witness.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace genlock::cli {
namespace {

constexpr std::string_view offset_setting = "clock_offset_ms";
constexpr int most_looks = 5;
constexpr std::chrono::milliseconds look_again{50};

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 && name[0] ? name : "node";
}

Result<std::unique_ptr<RocksStore>> open_to_write(const NodeOptions& options, RocksOptions how,
                                                  std::vector<TornTail>& cut) {
  how.create_if_missing = options.role.has_value();
  TRY_ASSIGN(cut, cut_torn_tails(options.data, how));
  return RocksStore::open(options.data, how);
}

// A node that runs on the directory may take files away between the reading of their list and of
// themselves.
Result<std::unique_ptr<RocksStore>> open_to_look(const NodeOptions& options, RocksOptions how) {
  auto store = RocksStore::open_read_only(options.data, how);
  const auto is_corrupt = [&] {
    return !store.ok() && store.error().code == ErrorCode::corruption;
  };
  for (int look = 1; look < most_looks && is_corrupt(); ++look) {
    std::this_thread::sleep_for(look_again);
    store = RocksStore::open_read_only(options.data, how);
  }
  if (!is_corrupt()) return store;
  const auto is_torn = has_torn_tail(options.data, how);
  if (!is_torn.ok() || !*is_torn) return store;
  how.salvage = true;
  return RocksStore::open_read_only(options.data, how);
}

Result<std::unique_ptr<RocksStore>> open_store(const NodeOptions& options,
                                               std::vector<TornTail>& cut) {
  auto store = options.read_only ? open_to_look(options, options.store)
                                 : open_to_write(options, options.store, cut);
  if (store.ok()) return store;
  Error error = std::move(store).error().in("data directory " + options.data.string());
  if (error.code == ErrorCode::unavailable && !options.read_only)
    error.message += "; if a node serves it, talk to that node: --url http://host:port";
  if (error.code == ErrorCode::not_found)
    error.message += "; `genlock serve --role cloud|lan --data DIR` makes one";
  return error;
}

// Keeps the name of a node that is opened without one.
Result<Identity> identify(Store& store, Random& random, const NodeOptions& options) {
  Result<Identity> stored = read_identity(store);
  if (!options.role || options.read_only) return stored;
  bool is_new = !stored.ok() && stored.error().code == ErrorCode::not_found;
  if (!stored.ok() && !is_new) return stored;
  std::string name = !options.name.empty() ? options.name : is_new ? host_name() : stored->name;
  return open_identity(store, random, *options.role, name);
}

}  // namespace

std::filesystem::path folder_beside(const std::filesystem::path& data, const char* what) {
  std::filesystem::path place = std::filesystem::absolute(data).lexically_normal();
  if (!place.has_filename()) place = place.parent_path();
  return place.parent_path() / what / place.filename();
}

Result<std::unique_ptr<Node>> Node::open(const NodeOptions& options, const OnProgress& on_rebuild) {
  std::vector<TornTail> cut;
  TRY_ASSIGN(std::unique_ptr<RocksStore> store, open_store(options, cut));
  SystemRandom random;
  TRY_ASSIGN(Identity identity, identify(*store, random, options));
  std::optional<Renewal> renewed;
  if (!options.read_only) {
    TRY_ASSIGN(const std::string database, store->identity());
    TRY_ASSIGN(Reopened reopened,
               keep_continuity(options.data, *store, database, random, SystemClock().now()));
    identity = reopened.identity;
    renewed = reopened.renewed;
  }
  std::unique_ptr<Node> node(new Node(options, std::move(store), identity));
  node->renewed_ = std::move(renewed);
  node->torn_tails_ = std::move(cut);
  TRY(node->prepare(options, on_rebuild));
  return node;
}

Node::Node(const NodeOptions& options, std::unique_ptr<RocksStore> store, const Identity& identity)
    : data_(options.data),
      store_(std::move(store)),
      projection_(identity.role),
      timed_(projection_),
      engine_(identity, log_, timed_, clock_, random_),
      writer_(*store_) {
  writer_.on_commit([this] { after_commit(); });
}

Node::~Node() { writer_.stop(); }

Result<void> Node::prepare(const NodeOptions& options, const OnProgress& on_rebuild) {
  TRY(set_clock(options.has_peer));
  TRY_ASSIGN(bool stale, needs_rebuild(*store_, log_));
  if (options.read_only) {
    if (!stale) return {};
    return Error{ErrorCode::unsupported,
                 "the rows of " + data_.string() +
                     " were made by another version of the program; `genlock rebuild` or "
                     "`genlock serve` makes them anew"};
  }
  if (stale) {
    TRY(rebuild(*store_, engine_, on_rebuild));
  } else {
    TRY(mark_version(*store_));
  }
  return enter_directory();
}

Result<void> Node::set_clock(bool has_peer) {
  TRY_ASSIGN(auto stored, read_setting(*store_, offset_setting));
  if (stored) clock_.restore(std::strtoll(stored->c_str(), nullptr, 10));
  if (identity().role == Role::lan && has_peer && !stored) clock_.doubt();
  return {};
}

Result<void> Node::note_clock_offset(std::int64_t offset_ms) {
  clock_.measured(offset_ms);
  return write_setting(*store_, offset_setting, std::to_string(clock_.offset_ms()));
}

Result<bool> Node::resume_writes() {
  TRY_ASSIGN(const bool resumed, store_->resume());
  if (resumed) writer_.reopen();
  return resumed;
}

// Not every commit is an event: settings, the sync log.
void Node::after_commit() {
  Result<Position> last = log_.last_position(*store_);
  if (!last.ok() || *last == seen_) return;
  seen_ = *last;
  if (on_growth_) on_growth_(*last);
}

Result<void> Node::enter_directory() {
  TRY_ASSIGN(const std::vector<Operation> operations,
             missing_entries(*store_, log_, identity(), clock_.now()));
  if (operations.empty()) return {};
  return writer_.run([&](Overlay& overlay) -> Result<void> {
    TRY(engine_.write(directory_stream, operations, Person{}, overlay));
    return {};
  });
}

}  // namespace genlock::cli
