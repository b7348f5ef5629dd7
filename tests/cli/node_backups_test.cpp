// Backups of a node with events in it: that they are of one moment, and that verifying finds
// damage.
#include "cli/node_backups.h"

#include "cli/local_client.h"
#include "engine/compaction.h"
#include "eventlog/history_files.h"
#include "eventlog/restore_backup.h"
#include "local_node.h"
#include "support/damage.h"

#include <fstream>
#include <thread>

using namespace genlock;
using namespace genlock::cli;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds patience{20};
const StreamId small_show = *StreamId::parse("c719ce4d-ec5a-4c32-916a-c51c767e9d3b");

// A node with a small show, and a place for its backups.
struct KeptNode {
  KeptNode() { node.take({"show-small.json"}); }

  fs::path place() const { return fs::path(node.folder()) / "backups"; }
  BackupStore store() { return *BackupStore::open(place(), node.node().identity().node); }
  fs::path history() const { return fs::path(node.folder()) / "history"; }
  Result<BackupManifest> try_back_up() {
    BackupStore backups = store();
    return take_backup(node.node(), backups, {.version = "test", .history = history()});
  }
  BackupManifest back_up() {
    auto made = try_back_up();
    INFO((made.ok() ? "" : made.error().message));
    REQUIRE(made.ok());
    return *std::move(made);
  }
  CheckReport verify(const Uuid& id) {
    BackupStore backups = store();
    auto report = verify_backup(backups, *backups.find(id), clock, random);
    INFO((report.ok() ? "" : report.error().message));
    REQUIRE(report.ok());
    return *std::move(report);
  }
  // A node on what a backup restores to.
  std::unique_ptr<Node> restored(const BackupManifest& made, bool read_only = false) {
    NodeOptions how;
    how.data = fs::path(node.folder()) / "again";
    how.read_only = read_only;
    const auto done = restore_backup(store(), made, how.data, how.data.string() + ".history",
                                     random, clock.now());
    INFO((done.ok() ? "" : done.error().message));
    REQUIRE(done.ok());
    return *Node::open(how);
  }
  BackupOptions options(std::chrono::milliseconds every) {
    BackupOptions how;
    how.directory = place();
    how.every = every;
    how.keep = 3;
    how.version = "test";
    how.first_after = std::chrono::milliseconds(1);
    how.least_gap = std::chrono::milliseconds(0);
    return how;
  }

  LocalNode node;
  SystemClock clock;
  SystemRandom random;
  Logger log{LogLevel::off, clock};
};

template <class Done>
void wait_for(const Done& done) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!done()) {
    REQUIRE(std::chrono::steady_clock::now() < end);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

// Edits one row over and over; what was acknowledged is counted.
class Editor {
 public:
  Editor(Node& node, std::string name) : client_(*client_of(node, "test")), name_(std::move(name)) {
    auto made = client_->fetch(
        {"POST", "/api/productions", R"({"client":"Acme","show_name":")" + name_ + "\"}", {}});
    REQUIRE(made.ok());
    row_ = "/api/productions/" + text_of(*made, "id");
    thread_ = std::thread([this] {
      for (int i = 1; !stop_; ++i) {
        const auto answer =
            client_->send({"PUT", row_, R"({"room":")" + std::to_string(i) + "\"}", {}});
        if (!answer.ok() || answer->status != 200) return;
        acknowledged_ = i;
      }
    });
  }
  ~Editor() { stop(); }
  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  int acknowledged() const { return acknowledged_; }
  const std::string& row() const { return row_; }

 private:
  std::unique_ptr<ApiClient> client_;
  const std::string name_;
  std::string row_;
  std::atomic<bool> stop_{false};
  std::atomic<int> acknowledged_{0};
  std::thread thread_;
};

// A node that compacted its show, with the history files of what went.
struct CompactedNode : KeptNode {
  CompactedNode() { edit_and_compact(); }

  void edit_and_compact() {
    for (int i = 0; i < 10; ++i)
      REQUIRE(node.client()
                  .fetch({"PUT",
                          "/api/productions/" + small_show.to_string(),
                          R"({"room":")" + std::to_string(++edits) + "\"}",
                          {}})
                  .ok());
    Node& of = node.node();
    const VersionVector all = of.log().head(of.store(), small_show).value().vector();
    const auto keep = [&](StreamId stream, const std::vector<DroppedEvent>& events) {
      return HistoryFiles(history()).keep(stream, events);
    };
    REQUIRE(compact_stream(of.store(), of.log(), of.writer(), small_show, all, {}, keep).value() >=
            9);
  }
  static std::vector<std::string> history_of(const BackupManifest& made) {
    std::vector<std::string> names;
    for (const BackedUpFile& file : made.files)
      if (HistoryFileName::parse(file.name)) names.push_back(file.kept_as);
    return names;
  }
  std::vector<fs::path> history_files() const {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(history())) paths.push_back(entry.path());
    std::ranges::sort(paths, {}, [](const fs::path& path) { return fs::last_write_time(path); });
    return paths;
  }
  // Each event of the show with its hash, from log and files.
  static std::vector<std::pair<EventId, ChainHash>> events_of(Node& node, const fs::path& history) {
    HistoryFiles files(history);
    const auto whole = files.whole(node.store(), small_show).value();
    std::vector<std::pair<EventId, ChainHash>> events;
    for (const auto& [origin, head] : node.log().head(*whole, small_show).value().origins)
      node.log()
          .read_range(*whole, small_show, {origin, Sequence{1}, head.last},
                      [&](const EventId& id, const StoredEvent& stored) {
                        events.emplace_back(id, stored.chain);
                        return true;
                      })
          .value();
    return events;
  }

  int edits = 0;
};

}  // namespace

TEST_CASE("a backup holds the history files: each once for all, verified and restored",
          "[cli][backup][history]") {
  CompactedNode kept;
  const BackupManifest first = kept.back_up();
  REQUIRE(CompactedNode::history_of(first).size() == kept.history_files().size());
  const std::uint64_t first_bytes = fs::file_size(kept.history_files().front());
  kept.edit_and_compact();
  const BackupManifest second = kept.back_up();
  REQUIRE(CompactedNode::history_of(second).size() == kept.history_files().size());
  REQUIRE(CompactedNode::history_of(second).size() > CompactedNode::history_of(first).size());
  REQUIRE(second.added_bytes + first_bytes <= second.size_bytes);
  const CheckReport report = kept.verify(second.id);
  REQUIRE(report.ok());
  REQUIRE(report.compacted.size() == 1);
  REQUIRE(report.compacted.front().is_kept);
  REQUIRE_FALSE(fs::exists(kept.place() / ("scratch-" + second.id.to_string() + ".history")));

  // What others need stays, and without them it is whole.
  REQUIRE(kept.store().remove(first.id).ok());
  const auto before = CompactedNode::events_of(kept.node.node(), kept.history());
  REQUIRE(before.size() > 20);
  fs::remove_all(kept.history());
  const auto node = kept.restored(second);
  const fs::path restored_history = node->data().string() + ".history";
  REQUIRE(CompactedNode::events_of(*node, restored_history) == before);

  const auto shared = CompactedNode::history_of(second);
  for (const std::string& file : shared) REQUIRE(fs::exists(kept.place() / file));
  REQUIRE(kept.store().remove(second.id).ok());
  for (const std::string& file : shared) REQUIRE_FALSE(fs::exists(kept.place() / file));
}

TEST_CASE("history that is damaged is not backed up, and found in a backup",
          "[cli][backup][history]") {
  CompactedNode kept;
  const BackupManifest first = kept.back_up();
  kept.edit_and_compact();
  const fs::path newest = kept.history_files().back();
  test::flip_a_bit(newest);
  const auto refused = kept.try_back_up();
  REQUIRE_FALSE(refused.ok());
  REQUIRE(refused.error().code == ErrorCode::corruption);
  REQUIRE(refused.error().message.find(newest.filename().string()) != std::string::npos);
  REQUIRE(kept.store().list()->size() == 1);
  test::flip_a_bit(newest);
  const BackupManifest second = kept.back_up();

  test::flip_a_bit(kept.place() / CompactedNode::history_of(first).front());
  const CheckReport report = kept.verify(second.id);
  REQUIRE(report.damage);
  REQUIRE(report.damage->find(".history.zst") != std::string::npos);
  REQUIRE(kept.store().find(second.id)->status == BackupStatus::damaged);
  // The next one brings it anew.
  REQUIRE(kept.verify(kept.back_up().id).ok());
  REQUIRE(kept.verify(first.id).ok());
}

TEST_CASE("a backup under full write load restores to a state that some moment really had",
          "[cli][backup]") {
  KeptNode kept;
  std::vector<std::unique_ptr<Editor>> editors;
  for (int i = 0; i < 3; ++i)
    editors.push_back(std::make_unique<Editor>(kept.node.node(), "Show " + std::to_string(i)));
  for (const auto& editor : editors) wait_for([&] { return editor->acknowledged() >= 10; });
  std::vector<int> before;
  for (const auto& editor : editors) before.push_back(editor->acknowledged());
  const BackupManifest made = kept.back_up();
  std::vector<int> after;
  for (const auto& editor : editors) after.push_back(editor->acknowledged());
  for (auto& editor : editors) editor->stop();

  // Files, every chain without a hole, rows == rows folded again, digests as recorded at the
  // moment.
  const CheckReport report = kept.verify(made.id);
  INFO(report.damage.value_or(report.difference.value_or("")));
  REQUIRE(report.ok());
  REQUIRE(report.events == made.event_count());

  const auto node = kept.restored(made);
  const auto client = *client_of(*node, "test");
  for (std::size_t i = 0; i < editors.size(); ++i) {
    const auto row = client->get(editors[i]->row());
    REQUIRE(row.ok());
    const int found = std::stoi(text_of(*row, "room"));
    REQUIRE(found >= before[i]);     // nothing acknowledged before it began is missing
    REQUIRE(found <= after[i] + 1);  // one may have been durable and not told yet
  }
}

TEST_CASE("a restored node goes on under a new origin, with its rows", "[cli][backup]") {
  KeptNode kept;
  const BackupManifest made = kept.back_up();
  const auto node = kept.restored(made);
  REQUIRE(node->identity().node == kept.node.node().identity().node);
  REQUIRE(node->identity().origin != kept.node.node().identity().origin);
  const auto client = *client_of(*node, "test");
  REQUIRE(client->list("/api/productions")->size() == 1);
  auto made_there =
      client->fetch({"POST", "/api/productions", R"({"client":"Acme","show_name":"New"})", {}});
  REQUIRE(made_there.ok());
}

TEST_CASE("verifying a backup leaves nothing behind and is noted", "[cli][backup]") {
  KeptNode kept;
  const BackupManifest made = kept.back_up();
  REQUIRE(kept.verify(made.id).ok());
  REQUIRE(kept.store().find(made.id)->status == BackupStatus::ok);
  REQUIRE(kept.store().find(made.id)->verified_ms.has_value());
  for (const auto& entry : fs::directory_iterator(kept.place()))
    REQUIRE_FALSE(entry.path().filename().string().starts_with("scratch"));
}

TEST_CASE("verifying finds a flipped bit, and rows that are not those of the manifest",
          "[cli][backup]") {
  KeptNode kept;
  const BackupManifest made = kept.back_up();
  BackupManifest other = made;
  other.streams.front().digest = std::string(32, '0');
  const auto node = kept.restored(made, true);
  REQUIRE_FALSE(*difference_from(made, *node));
  REQUIRE((*difference_from(other, *node))->find("digest") != std::string::npos);
  other = made;
  other.streams.front().heads = std::string(32, '0');
  REQUIRE((*difference_from(other, *node))->find("events") != std::string::npos);

  std::fstream file(kept.place() / made.files.front().kept_as,
                    std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(3);
  file.put('\x7e');
  file.close();
  const CheckReport report = kept.verify(made.id);
  REQUIRE(report.damage);
  REQUIRE(kept.store().find(made.id)->status == BackupStatus::damaged);
}

TEST_CASE("backups come on a schedule, and the newest stay", "[cli][backup]") {
  KeptNode kept;
  NodeBackups backups(kept.node.node(), kept.options(std::chrono::milliseconds(5)), kept.log);
  wait_for([&] { return backups.measures().taken >= 5; });
  backups.end();
  const auto list = backups.list();
  REQUIRE(list->size() == 3);
  REQUIRE(list->front().reason == "schedule");
  REQUIRE(list->front().events > 0);
  REQUIRE(list->front().created_ms >= list->back().created_ms);
  REQUIRE(backups.measures().newest_good_ms == list->front().created_ms);
}

TEST_CASE("the newest backup that was proved good stays, however old", "[cli][backup]") {
  KeptNode kept;
  const Uuid proved = kept.back_up().id;
  REQUIRE(kept.verify(proved).ok());
  NodeBackups backups(kept.node.node(), kept.options(std::chrono::milliseconds(5)), kept.log);
  wait_for([&] { return backups.measures().taken >= 5; });
  backups.end();
  const auto list = *backups.list();
  REQUIRE(list.size() == 4);
  REQUIRE(list.back().id == proved);
}

TEST_CASE("a lock waits until its state is held for a backup, and never for longer",
          "[cli][backup]") {
  KeptNode kept;
  BackupOptions how = kept.options(std::chrono::hours(6));
  how.first_after = std::chrono::hours(6);
  NodeBackups backups(kept.node.node(), how, kept.log);
  backups.before_lock();
  wait_for([&] { return backups.measures().taken == 1; });
  REQUIRE(backups.list()->front().reason == "lock");
  REQUIRE_FALSE(backups.health().degraded);
  REQUIRE(backups.health().newest_good_ms == backups.list()->front().created_ms);
  backups.after_download();
  wait_for([&] { return backups.measures().taken == 2; });
  REQUIRE(backups.list()->front().reason == "download");
}

TEST_CASE("a lock waits for no backup that takes long", "[cli][backup]") {
  KeptNode kept;
  BackupOptions how = kept.options(std::chrono::hours(6));
  how.first_after = std::chrono::hours(6);
  how.lock_wait = std::chrono::milliseconds(10);
  NodeBackups backups(kept.node.node(), how, kept.log);
  std::atomic<bool> began{false}, go_on{false};
  http::BackupProgress slow;
  slow.advance = [&](std::uint64_t, std::uint64_t) {
    began = true;
    wait_for([&] { return go_on.load(); });
  };
  REQUIRE(backups.begin_backup(std::move(slow)).ok());
  wait_for([&] { return began.load(); });
  backups.before_lock();  // comes back
  REQUIRE(backups.measures().taken == 0);
  REQUIRE(backups.begin_backup({}).error().code == ErrorCode::conflict);
  go_on = true;
  wait_for([&] { return backups.measures().taken == 2; });  // the lock's comes later
}

TEST_CASE("a backup that is cancelled leaves nothing, and is no failure", "[cli][backup]") {
  KeptNode kept;
  BackupOptions how = kept.options(std::chrono::hours(6));
  how.first_after = std::chrono::hours(6);
  NodeBackups backups(kept.node.node(), how, kept.log);
  std::stop_source cancel;
  std::atomic<bool> ended{false};
  http::BackupProgress progress;
  progress.advance = [&](std::uint64_t, std::uint64_t) { cancel.request_stop(); };
  progress.finished = [&](const Result<std::string>& result) { ended = !result.ok(); };
  progress.cancelled = cancel.get_token();
  REQUIRE(backups.begin_backup(std::move(progress)).ok());
  wait_for([&] { return ended.load(); });
  REQUIRE(backups.list()->empty());
  REQUIRE_FALSE(backups.health().degraded);
}

TEST_CASE("backups that come by themselves keep a distance, and none comes where none is wanted",
          "[cli][backup]") {
  KeptNode kept;
  BackupOptions how = kept.options(std::chrono::hours(6));
  how.first_after = std::chrono::hours(6);
  how.least_gap = std::chrono::hours(1);
  {
    NodeBackups backups(kept.node.node(), how, kept.log);
    backups.before_lock();
    wait_for([&] { return backups.measures().taken == 1; });
    backups.before_lock();
    backups.after_download();
    backups.end();
    REQUIRE(backups.measures().taken == 1);
  }
  how.every = std::chrono::milliseconds(0);
  how.least_gap = std::chrono::milliseconds(0);
  NodeBackups none(kept.node.node(), how, kept.log);
  none.before_lock();
  none.after_download();
  none.end();
  REQUIRE(none.measures().taken == 0);
}

TEST_CASE("a place that can't be used refuses backups, degrades health, and stops no lock",
          "[cli][backup]") {
  KeptNode kept;
  std::ofstream(kept.place()) << "a file, where a directory should be";
  BackupOptions how = kept.options(std::chrono::hours(6));
  how.first_after = std::chrono::hours(6);
  NodeBackups backups(kept.node.node(), how, kept.log);
  REQUIRE_FALSE(backups.health().degraded);
  REQUIRE(backups.begin_backup({}).error().code == ErrorCode::precondition);
  backups.before_lock();
  wait_for([&] { return backups.measures().failed == 1; });
  REQUIRE(backups.health().degraded);
}
