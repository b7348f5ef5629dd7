#include "cli/backup_work.h"

#include "cli/stoppable.h"
#include "eventlog/history_files.h"
#include "eventlog/restore_backup.h"

namespace genlock::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t scratch_cache_bytes = 32 << 20;

Result<BackedUpStream> describe(Node& node, const Reader& moment, StreamId stream) {
  TRY_ASSIGN(const StreamHead head, node.log().head(moment, stream));
  TRY_ASSIGN(const Digest digest, node.projection().digest(moment, stream));
  return BackedUpStream{stream, head.vector().event_count(), digest.to_string(), sum_of(head)};
}

Result<std::vector<BackedUpStream>> describe_all(Node& node, const Reader& moment) {
  std::vector<BackedUpStream> described;
  TRY_ASSIGN(const std::vector<StreamId> streams, node.log().streams(moment));
  for (const StreamId stream : streams) {
    TRY_ASSIGN(BackedUpStream one, describe(node, moment, stream));
    described.push_back(std::move(one));
  }
  return described;
}

// A folder for one verification, gone at the end.
class Scratch {
 public:
  explicit Scratch(fs::path path) : path_(std::move(path)) { clear(); }
  ~Scratch() { clear(); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }
  fs::path history() const { return path_.string() + ".history"; }

 private:
  void clear() const {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    fs::remove_all(path_.string() + ".restoring", ignored);
    fs::remove_all(history(), ignored);
  }
  const fs::path path_;
};

Result<std::unique_ptr<Node>> look_at(const fs::path& data) {
  NodeOptions options;
  options.data = data;
  options.read_only = true;
  options.store.cache_bytes = scratch_cache_bytes;
  return Node::open(options);
}

// Copying is a third of the work, folding two: one bar for both.
Result<CheckReport> check(BackupStore& store, const BackupManifest& manifest, Clock& clock,
                          Random& random, const VerifyWish& wish) {
  const Scratch scratch(store.path() / ("scratch-" + manifest.id.to_string()));
  const std::uint64_t all = 3 * manifest.size_bytes;
  TRY(restore_backup(store, manifest, scratch.path(), scratch.history(), random, clock.now(),
                     [&](std::uint64_t done, std::uint64_t) {
                       return !wish.on_bytes || wish.on_bytes(done, all);
                     }));
  TRY_ASSIGN(const std::unique_ptr<Node> node, look_at(scratch.path()));
  const std::atomic<bool> never{false};
  const Stoppable reader(node->store(), wish.stop ? *wish.stop : never, wish.cancelled);
  HistoryFiles history(scratch.history());
  const auto on_events = [&](std::uint64_t done, std::uint64_t total) {
    const double part = static_cast<double>(done) / static_cast<double>(total + 1);
    if (wish.on_bytes)
      (void)wish.on_bytes(
          all / 3 + static_cast<std::uint64_t>(part * 2 / 3 * static_cast<double>(all)), all);
  };
  TRY_ASSIGN(CheckReport report, check_node(*node, reader, on_events, &history));
  if (!report.ok()) return report;
  TRY_ASSIGN(report.damage, difference_from(manifest, *node));
  return report;
}

}  // namespace

fs::path default_backup_directory(const fs::path& data) { return folder_beside(data, "backups"); }

Result<BackupManifest> take_backup(Node& node, BackupStore& store, const BackupWish& wish) {
  TRY_ASSIGN(const std::unique_ptr<HeldFiles> held, node.store().hold_files());
  BackupManifest about;
  about.created_ms = node.clock().now();
  about.id = Uuid::make_v7(about.created_ms, node.random());
  about.reason = wish.reason;
  about.node = node.identity().node;
  about.origin = node.identity().origin;
  about.program = wish.version;
  if (wish.on_held) wish.on_held();
  TRY_ASSIGN(about.streams, describe_all(node, held->moment()));
  return store.add(*held, std::move(about), wish.on_bytes, wish.history);
}

Result<std::optional<std::string>> difference_from(const BackupManifest& manifest, Node& node) {
  TRY_ASSIGN(const std::vector<BackedUpStream> found, describe_all(node, node.store()));
  using Difference = std::optional<std::string>;
  if (found.size() != manifest.streams.size())
    return Difference("it has " + std::to_string(found.size()) + " streams instead of " +
                      std::to_string(manifest.streams.size()));
  for (std::size_t i = 0; i < found.size(); ++i) {
    const BackedUpStream &is = found[i], &was = manifest.streams[i];
    const std::string stream = "stream " + was.stream.to_string();
    if (is.stream != was.stream || is.events != was.events || is.heads != was.heads)
      return Difference(stream + " does not have the events that it had");
    if (is.digest != was.digest)
      return Difference(stream + " does not have the rows that it had: digest " + is.digest +
                        " instead of " + was.digest);
  }
  return Difference();
}

Result<CheckReport> verify_backup(BackupStore& store, const Backup& backup, Clock& clock,
                                  Random& random, const VerifyWish& wish) {
  if (backup.manifest.files.empty()) {
    CheckReport unreadable;
    unreadable.damage = backup.detail.value_or("its manifest can't be read");
    return unreadable;
  }
  auto checked = check(store, backup.manifest, clock, random, wish);
  CheckReport report;
  if (checked.ok())
    report = *std::move(checked);
  else if (checked.error().code == ErrorCode::corruption)
    report.damage = checked.error().message;
  else
    return std::move(checked).error();
  TRY(store.note_checked(backup.manifest.id, clock.now(), report.what_is_wrong()));
  return report;
}

}  // namespace genlock::cli
