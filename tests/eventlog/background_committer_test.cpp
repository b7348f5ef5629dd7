#include "eventlog/background_committer.h"

#include "catch.h"
#include "eventlog/log_writer.h"
#include "eventlog/memory_store.h"

#include <atomic>

using namespace genlock;

namespace {

// A memory store whose syncs can be held up.
class SlowStore : public MemoryStore {
 public:
  Result<void> commit(const Batch& batch, bool durable) override {
    held.wait(true);
    return MemoryStore::commit(batch, durable);
  }
  void release() {
    held = false;
    held.notify_all();
  }
  std::atomic<bool> held{true};
};

Committer::Job putting(const std::string& key) {
  return [key](Overlay& overlay) -> Result<void> {
    overlay.put(Space::rows, key, "1");
    return {};
  };
}

bool is_there(const Store& store, const std::string& key) {
  return store.get(Space::rows, key)->has_value();
}

}  // namespace

TEST_CASE("a started job has run and is durable when its future says so", "[committer][threads]") {
  SlowStore store;
  LogWriter writer(store);
  BackgroundCommitter committer(writer);
  bool ran = false;
  std::future<Result<void>> durable = committer.start([&](Overlay& overlay) -> Result<void> {
    ran = true;
    return putting("first")(overlay);
  });
  REQUIRE(ran);
  REQUIRE_FALSE(is_there(store, "first"));
  store.release();
  REQUIRE(durable.get().ok());
  REQUIRE(is_there(store, "first"));
}

TEST_CASE("a started job's own error and a stopped writer's are in the future",
          "[committer][threads]") {
  MemoryStore store;
  LogWriter writer(store);
  BackgroundCommitter committer(writer);
  std::future<Result<void>> refused = committer.start([](Overlay&) -> Result<void> {
    return Error{ErrorCode::gap, "something is missing", {}};
  });
  REQUIRE(refused.get().error().code == ErrorCode::gap);
  writer.stop();
  bool ran = false;
  std::future<Result<void>> late = committer.start([&](Overlay&) -> Result<void> {
    ran = true;
    return {};
  });
  REQUIRE(late.get().error().code == ErrorCode::unavailable);
  REQUIRE_FALSE(ran);
}

TEST_CASE("a committer without a thread starts a job by running it", "[committer]") {
  MemoryStore store;
  LogWriter writer(store);
  std::future<Result<void>> durable = static_cast<Committer&>(writer).start(putting("first"));
  REQUIRE(is_there(store, "first"));
  REQUIRE(durable.get().ok());
}
