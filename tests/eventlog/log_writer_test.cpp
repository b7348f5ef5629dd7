#include "eventlog/log_writer.h"

#include "catch.h"
#include "engine/limits.h"
#include "eventlog/memory_store.h"
#include "eventlog/rocks_store.h"
#include "support/temp_dir.h"

#include <algorithm>
#include <atomic>
#include <thread>

using namespace genlock;

namespace {

// A memory store whose syncs can be held up and are counted.
class SlowStore : public MemoryStore {
 public:
  Result<void> commit(const Batch& batch, bool durable) override {
    entered_ = true;
    entered_.notify_all();
    held_.wait(true);
    ++commit_count;
    return MemoryStore::commit(batch, durable);
  }
  void hold() { held_ = true; }
  void release() {
    held_ = false;
    held_.notify_all();
  }
  void wait_until_entered() { entered_.wait(false); }

  std::atomic<int> commit_count{0};

 private:
  std::atomic<bool> held_{false}, entered_{false};
};

Result<void> put(LogWriter& writer, const std::string& key, const std::string& value = "1") {
  return writer.run([=](Overlay& overlay) -> Result<void> {
    overlay.put(Space::rows, key, value);
    return {};
  });
}

// Adds 1 to the number under "count" and notes who saw which.
Result<int> count_up(LogWriter& writer) {
  return writer.run_for<int>([](Overlay& overlay) -> Result<int> {
    TRY_ASSIGN(auto value, overlay.get(Space::rows, "count"));
    const int next = value ? std::stoi(*value) + 1 : 1;
    overlay.put(Space::rows, "count", std::to_string(next));
    return next;
  });
}

std::vector<std::thread> start(int thread_count, auto work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < thread_count; ++i) threads.emplace_back(work, i);
  return threads;
}

void join(std::vector<std::thread>& threads) {
  for (auto& thread : threads) thread.join();
}

// Each thread counts up `times`; every number must have been seen once.
void count_from_many_threads(Store& store, int thread_count, int times) {
  LogWriter writer(store);
  std::mutex mutex;
  std::vector<int> seen;
  auto threads = start(thread_count, [&](int) {
    for (int i = 0; i < times; ++i) {
      const auto number = count_up(writer);
      std::lock_guard lock(mutex);
      seen.push_back(number.ok() ? *number : -1);
    }
  });
  join(threads);
  std::sort(seen.begin(), seen.end());
  for (int i = 0; i < thread_count * times; ++i)
    REQUIRE(seen[static_cast<std::size_t>(i)] == i + 1);
  REQUIRE(**store.get(Space::rows, "count") == std::to_string(thread_count * times));
}

}  // namespace

TEST_CASE("a job's writes are in the store when its caller hears so", "[log_writer]") {
  MemoryStore store;
  LogWriter writer(store);
  REQUIRE(put(writer, "key").ok());
  REQUIRE(**store.get(Space::rows, "key") == "1");
  store.crash();
  REQUIRE(**store.get(Space::rows, "key") == "1");
}

TEST_CASE("jobs of many threads run one after another, each upon the one before",
          "[log_writer][threads]") {
  SECTION("in memory") {
    MemoryStore store;
    count_from_many_threads(store, 16, 500);
  }
  SECTION("on disk") {
    TempDir dir;
    auto store = RocksStore::open(dir.path());
    REQUIRE(store.ok());
    count_from_many_threads(**store, 16, 100);
  }
}

TEST_CASE("jobs that come during a sync share the next one", "[log_writer][threads]") {
  SlowStore store;
  LogWriter writer(store);
  store.hold();
  std::atomic<int> failed{0};  // Catch is for one thread
  auto first = start(1, [&](int) { failed += !put(writer, "first").ok(); });
  store.wait_until_entered();
  std::atomic<int> begun{0};
  auto others = start(20, [&](int i) {
    ++begun;
    failed += !put(writer, "key " + std::to_string(i)).ok();
  });
  while (begun < 20) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  store.release();
  join(first);
  join(others);
  REQUIRE(failed == 0);
  REQUIRE(store.commit_count <= 3);
}

TEST_CASE("a job may run upon writes that are on their way to the disk, and waits for them",
          "[log_writer][threads]") {
  SlowStore store;
  LogWriter writer(store);
  store.hold();
  std::atomic<bool> saw_first{false}, second_ran{false}, second_done{false};
  auto first = start(1, [&](int) {
    if (put(writer, "first").ok()) return;
    store.reopen();
    writer.reopen();
  });
  store.wait_until_entered();
  Result<void> answer;
  auto second = start(1, [&](int) {
    answer = writer.run([&](Overlay& overlay) -> Result<void> {
      TRY_ASSIGN(auto value, overlay.get(Space::rows, "first"));
      saw_first = value == "1";
      overlay.put(Space::rows, "second", "1");
      second_ran = true;
      return {};
    });
    second_done = true;
  });
  while (!second_ran) std::this_thread::yield();
  REQUIRE(saw_first);
  REQUIRE_FALSE(second_done);
  const bool fails = GENERATE(false, true);
  if (fails) store.fail_next_commit(MemoryStore::Fault::fail_before_applying);
  store.release();
  join(first);
  join(second);
  REQUIRE(answer.ok() != fails);
  REQUIRE(store.get(Space::rows, "second")->has_value() != fails);
}

TEST_CASE("a job that fails writes nothing and disturbs nobody", "[log_writer]") {
  MemoryStore store;
  LogWriter writer(store);
  const auto failed = writer.run([](Overlay& overlay) -> Result<void> {
    overlay.put(Space::rows, "bad", "1");
    return Error{ErrorCode::conflict, "moved on", {}};
  });
  REQUIRE(failed.error().code == ErrorCode::conflict);
  REQUIRE(failed.error().message == "moved on");
  REQUIRE(put(writer, "good").ok());
  REQUIRE(store.get(Space::rows, "bad")->has_value() == false);
}

TEST_CASE(
    "a commit that fails answers all of its group, and no more jobs are taken until the writer is "
    "reopened",
    "[log_writer][faults]") {
  MemoryStore store;
  LogWriter writer(store);
  store.fail_next_commit(MemoryStore::Fault::fail_after_applying);
  REQUIRE(put(writer, "unknown").error().code == ErrorCode::unavailable);
  store.reopen();
  bool ran = false;
  const auto refused = writer.run([&](Overlay&) -> Result<void> {
    ran = true;
    return {};
  });
  REQUIRE(refused.error().code == ErrorCode::unavailable);
  REQUIRE_FALSE(ran);
  writer.reopen();
  REQUIRE(put(writer, "known").ok());
}

TEST_CASE("with many threads a failed commit leaves no caller without an answer",
          "[log_writer][faults][threads]") {
  MemoryStore store;
  LogWriter writer(store);
  std::atomic<int> ok{0}, unavailable{0};
  auto threads = start(16, [&](int i) {
    for (int n = 0; n < 50; ++n) {
      if (i == 0 && n == 25) store.fail_next_commit(MemoryStore::Fault::fail_before_applying);
      ++(put(writer, std::to_string(i * 1000 + n)).ok() ? ok : unavailable);
    }
  });
  join(threads);
  REQUIRE(ok + unavailable == 16 * 50);
  REQUIRE(unavailable >= 1);
  int stored = 0;
  REQUIRE(store.scan(Space::rows, "", "", [&](auto, auto) { return ++stored > 0; }).ok());
  REQUIRE(stored == ok);
}

TEST_CASE("hooks hear of each durable commit, before its callers do", "[log_writer]") {
  MemoryStore store;
  LogWriter writer(store);
  int heard = 0;
  writer.on_commit([&] {
    ++heard;
    REQUIRE(**store.get(Space::rows, "key") == std::to_string(heard));
  });
  REQUIRE(put(writer, "key", "1").ok());
  REQUIRE(put(writer, "key", "2").ok());
  REQUIRE(writer.run([](Overlay&) -> Result<void> { return {}; }).ok());
  REQUIRE(heard == 2);
}

TEST_CASE("a watch hears of each commit and of each job in it, before the callers do",
          "[log_writer][threads]") {
  SlowStore store;
  LogWriter writer(store);
  std::vector<CommitReport> commits;
  std::atomic<int> answered{0};
  writer.watch(
      {.committed = [&](const CommitReport& report) { commits.push_back(report); },
       .answered = [&](std::chrono::nanoseconds waited) { answered += waited.count() > 0; }});
  REQUIRE(put(writer, "a").ok());
  REQUIRE(answered == 1);
  REQUIRE(commits.size() == 1);
  REQUIRE(commits[0].ok);
  REQUIRE(commits[0].command_count == 1);
  REQUIRE(commits[0].bytes >= 2);
  REQUIRE(commits[0].took.count() > 0);

  std::atomic<int> failed{0};  // Catch is for one thread
  auto threads = start(8, [&](int i) {
    for (int n = 0; n < 5; ++n) failed += !put(writer, std::to_string(i * 5 + n)).ok();
  });
  join(threads);
  REQUIRE(failed == 0);
  REQUIRE(answered == 41);
  std::size_t commands = 0;
  for (const CommitReport& report : commits) commands += report.command_count;
  REQUIRE(commands == 41);
  REQUIRE(static_cast<int>(commits.size()) == store.commit_count);
}

TEST_CASE("a watch hears of a commit that failed", "[log_writer]") {
  MemoryStore store;
  LogWriter writer(store);
  std::vector<bool> ok;
  writer.watch(
      {.committed = [&](const CommitReport& report) { ok.push_back(report.ok); }, .answered = {}});
  store.fail_next_commit(MemoryStore::Fault::fail_before_applying);
  REQUIRE(!put(writer, "a").ok());
  REQUIRE(ok == std::vector<bool>{false});
}

TEST_CASE("too many waiting jobs are refused at once", "[log_writer][threads]") {
  SlowStore store;
  LogWriter writer(store);
  store.hold();
  std::atomic<std::size_t> waiting{0}, refused{0};
  constexpr std::size_t extra = 8;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < limits::max_pending_commands + extra; ++i) {
    threads.emplace_back([&, i] {
      ++waiting;
      if (!put(writer, std::to_string(i)).ok()) ++refused;
    });
  }
  while (refused < extra) std::this_thread::yield();
  store.release();
  join(threads);
  REQUIRE(refused == extra);
}

TEST_CASE("a stopped writer answers those that wait and refuses others", "[log_writer][threads]") {
  SlowStore store;
  LogWriter writer(store);
  store.hold();
  std::atomic<int> ok{0};
  auto threads = start(8, [&](int i) { ok += put(writer, std::to_string(i)).ok() ? 1 : 0; });
  store.wait_until_entered();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  std::thread stopper([&] { writer.stop(); });
  store.release();
  stopper.join();
  join(threads);
  REQUIRE(ok >= 1);
  REQUIRE(put(writer, "late").error().code == ErrorCode::unavailable);
}

TEST_CASE("what is too much for one batch is committed in several", "[log_writer][threads]") {
  SlowStore store;
  LogWriter writer(store);
  store.hold();
  std::atomic<int> failed{0};  // Catch is for one thread
  auto first = start(1, [&](int) { failed += !put(writer, "first").ok(); });
  store.wait_until_entered();
  auto others = start(6, [&](int i) {
    failed += !put(writer, std::to_string(i), std::string(limits::max_group_bytes / 2, 'x')).ok();
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  store.release();
  join(first);
  join(others);
  REQUIRE(failed == 0);
  REQUIRE(store.commit_count >= 4);
}
