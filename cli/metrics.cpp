#include "cli/metrics.h"

#include "cli/metric_page.h"
#include "cli/node_metrics.h"
#include "cli/peer_metrics.h"
#include "cli/request_metrics.h"

#include <algorithm>
#include <array>
#include <atomic>

namespace genlock::cli {
namespace {

using Count = std::atomic<std::uint64_t>;
using Buckets = prometheus::Histogram::BucketBoundaries;

// Of an append, in this order.
enum class Phase { lock, log, project, commit };
constexpr std::array phases = {"lock", "log", "project", "commit"};

// Seconds.
const Buckets commit_buckets = {.00005, .0001, .00025, .0005, .001, .0025, .005, .01,
                                .025,   .05,   .1,     .25,   .5,   1,     5};
const Buckets size_buckets = {1, 2, 4, 8, 16, 32, 64, 128, 256};

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

struct Metrics::Counted {
  RequestMetrics requests;
  PeerMetrics peers;
  prometheus::Histogram write{answer_buckets}, delivery{answer_buckets};
  prometheus::Histogram fsync{commit_buckets}, commands{size_buckets};
  std::array<prometheus::Histogram, phases.size()> append{
      prometheus::Histogram{commit_buckets}, prometheus::Histogram{commit_buckets},
      prometheus::Histogram{commit_buckets}, prometheus::Histogram{commit_buckets}};
  Count commit_bytes{0}, commit_failures{0};
  std::array<Count, 4> sessions{};  // by SyncStatus
  Count sent{0}, diverged{0}, forks{0};

  void observe(Phase phase, std::chrono::nanoseconds took) {
    append[static_cast<std::size_t>(phase)].Observe(seconds(took));
  }
  void put_feeds(MetricPage& page, const http::Api::FeedCounts& feeds) const;
  void put_commits(MetricPage& page) const;
  void put_sessions(MetricPage& page) const;
};

Metrics::Metrics() : counted_(std::make_unique<Counted>()) {}
Metrics::~Metrics() = default;

void Metrics::note_answer(const http::AnswerReport& report) { counted_->requests.note(report); }

void Metrics::note_commit(const CommitReport& report) {
  counted_->observe(Phase::commit, report.took);
  counted_->fsync.Observe(seconds(report.slept));
  counted_->commands.Observe(static_cast<double>(report.command_count));
  counted_->commit_bytes += report.bytes;
  if (!report.ok) ++counted_->commit_failures;
}

void Metrics::note_write(std::chrono::nanoseconds waited) {
  counted_->write.Observe(seconds(waited));
}

void Metrics::note_job(std::chrono::nanoseconds waited, std::chrono::nanoseconds took,
                       std::chrono::nanoseconds projected) {
  counted_->observe(Phase::lock, waited);
  if (projected == std::chrono::nanoseconds::zero()) return;  // it appended nothing
  counted_->observe(Phase::log, std::max(took - projected, std::chrono::nanoseconds::zero()));
  counted_->observe(Phase::project, projected);
}

void Metrics::note_delivery(std::chrono::nanoseconds took) {
  counted_->delivery.Observe(seconds(took));
}

void Metrics::note_session(const replication::SessionReport& report, SyncStatus status) {
  ++counted_->sessions[static_cast<std::size_t>(status)];
  counted_->sent += report.sent_events;
  counted_->diverged += report.diverged.size();
  counted_->peers.note_session(report);
}

void Metrics::note_problem(const replication::SyncNote& note) {
  if (note.kind == replication::SyncNote::Kind::fork) ++counted_->forks;
}

void Metrics::note_received(NodeId peer, const IngestReport& report) {
  counted_->peers.note_received(peer, report);
}

void Metrics::note_bytes(const std::string& peer, std::size_t sent_bytes,
                         std::size_t received_bytes) {
  counted_->peers.note_bytes(peer, sent_bytes, received_bytes);
}

std::string Metrics::text(const NodeReadings& readings, const http::Counters& counters) const {
  MetricPage page;
  put_node(page, readings);
  counted_->requests.put(page, counters, readings.http_worker_count);
  counted_->put_feeds(page, readings.feeds);
  counted_->put_commits(page);
  put_log(page, readings);
  put_projections(page, readings, counted_->diverged.load());
  put_store(page, readings);
  put_sync(page, readings);
  put_backups(page, readings.backups);
  counted_->put_sessions(page);
  counted_->peers.put(page, readings.sync.peers);
  put_process(page, readings.process);
  return page.text();
}

void Metrics::Counted::put_feeds(MetricPage& page, const http::Api::FeedCounts& feeds) const {
  page.gauge("genlock_sse_clients", "Change feeds that are open").add(feeds.clients);
  page.counter("genlock_sse_rejected_total", "Feeds and long polls that found no room")
      .add(feeds.rejected);
  page.histogram("genlock_sse_delivery_seconds", "From a commit to a feed's connection")
      .add(delivery);
}

void Metrics::Counted::put_commits(MetricPage& page) const {
  page.histogram("genlock_write_duration_seconds",
                 "Of a write in the log writer: from its coming to its being on the disk")
      .add(write);
  page.histogram("genlock_append_duration_seconds",
                 "Parts of it: waiting for its turn, log and fold, rows, and the batch to disk");
  for (std::size_t i = 0; i < phases.size(); ++i) page.add(append[i], {{"phase", phases[i]}});
  page.histogram("genlock_fsync_duration_seconds", "What of a batch was waiting for the disk")
      .add(fsync);
  page.histogram("genlock_commit_commands", "Writes that shared one batch").add(commands);
  page.counter("genlock_commit_bytes_total", "Bytes of all batches, before compression")
      .add(commit_bytes.load());
  page.counter("genlock_commit_failures_total", "Batches that the disk did not take")
      .add(commit_failures.load());
}

void Metrics::Counted::put_sessions(MetricPage& page) const {
  page.counter("genlock_sync_sessions_total", "Sync sessions that this node began, by outcome");
  for (SyncStatus status : {SyncStatus::completed, SyncStatus::partial, SyncStatus::failed})
    page.add(sessions[static_cast<std::size_t>(status)].load(), {{"status", to_string(status)}});
  page.counter("genlock_sync_sent_events_total", "Events that peers took in them").add(sent.load());
  page.counter("genlock_forks_total",
               "Times that one event id was met with two contents: a log was copied")
      .add(forks.load());
}

}  // namespace genlock::cli
