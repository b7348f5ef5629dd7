#include "cli/metrics.h"

#include "cli/metric_page.h"
#include "cli/node_metrics.h"
#include "http/route_class.h"

#include <algorithm>
#include <array>
#include <atomic>

namespace genlock::cli {
namespace {

using Count = std::atomic<std::uint64_t>;
using Buckets = prometheus::Histogram::BucketBoundaries;

constexpr int first_status = 100, end_status = 600;

// Why streams stop; what is not among them is counted as "other".
constexpr std::array<ErrorCode, 3> named_reasons = {ErrorCode::fork, ErrorCode::corruption,
                                                    ErrorCode::gap};

// Seconds. From what a fast disk takes to what a client gives up at.
const Buckets answer_buckets = {.0005, .001, .0025, .005, .01, .025, .05, .1,
                                .25,   .5,   1,     2.5,  5,   10,   30,  60};
const Buckets commit_buckets = {.00005, .0001, .00025, .0005, .001, .0025, .005, .01,
                                .025,   .05,   .1,     .25,   .5,   1,     5};
const Buckets size_buckets = {1, 2, 4, 8, 16, 32, 64, 128, 256};

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

struct OfClass {
  prometheus::Histogram took{answer_buckets};
  std::array<Count, end_status - first_status> by_status{};
};

}  // namespace

struct Metrics::Counted {
  std::array<OfClass, http::route_class_count> requests;
  prometheus::Histogram commit{commit_buckets}, commands{size_buckets}, write{answer_buckets};
  Count commit_bytes{0}, commit_failures{0};
  std::array<Count, 4> sessions{};  // by SyncStatus
  Count sent{0}, received{0}, duplicates{0}, diverged{0};
  std::array<Count, named_reasons.size() + 1> stopped{};

  void put_requests(MetricPage& page, const http::Counters& counters) const;
  void put_commits(MetricPage& page) const;
  void put_sessions(MetricPage& page) const;
};

Metrics::Metrics() : counted_(std::make_unique<Counted>()) {}
Metrics::~Metrics() = default;

void Metrics::note_answer(const http::AnswerReport& report) {
  OfClass& kind = counted_->requests[static_cast<std::size_t>(http::route_class(report))];
  if (!report.by_guard) kind.took.Observe(seconds(report.took));
  if (report.status >= first_status && report.status < end_status)
    ++kind.by_status[static_cast<std::size_t>(report.status - first_status)];
}

void Metrics::note_commit(const CommitReport& report) {
  counted_->commit.Observe(seconds(report.took));
  counted_->commands.Observe(static_cast<double>(report.command_count));
  counted_->commit_bytes += report.bytes;
  if (!report.ok) ++counted_->commit_failures;
}

void Metrics::note_write(std::chrono::nanoseconds waited) {
  counted_->write.Observe(seconds(waited));
}

void Metrics::note_session(const replication::SessionReport& report, SyncStatus status) {
  ++counted_->sessions[static_cast<std::size_t>(status)];
  counted_->sent += report.sent_events;
  counted_->received += report.received_events;
  counted_->duplicates += report.duplicate_events;
  counted_->diverged += report.diverged.size();
  for (const replication::Failure& failure : report.failures) {
    const auto reason = std::ranges::find(named_reasons, failure.code);
    ++counted_->stopped[static_cast<std::size_t>(reason - named_reasons.begin())];
  }
}

std::string Metrics::text(const NodeReadings& readings, const http::Counters& counters) const {
  MetricPage page;
  put_node(page, readings);
  counted_->put_requests(page, counters);
  counted_->put_commits(page);
  put_store(page, readings);
  put_sync(page, readings);
  counted_->put_sessions(page);
  put_process(page, readings.process);
  return page.text();
}

void Metrics::Counted::put_requests(MetricPage& page, const http::Counters& counters) const {
  page.counter("genlock_http_requests_total", "Answers, by kind of route and status");
  for (std::size_t i = 0; i < requests.size(); ++i)
    for (int status = first_status; status < end_status; ++status)
      if (const auto count =
              requests[i].by_status[static_cast<std::size_t>(status - first_status)].load())
        page.add(count, {{"class", to_string(static_cast<http::RouteClass>(i))},
                         {"status", std::to_string(status)}});
  page.histogram("genlock_http_request_duration_seconds",
                 "From the whole request to its answer, by kind of route; polls with their wait");
  for (std::size_t i = 0; i < requests.size(); ++i)
    page.add(requests[i].took, {{"class", to_string(static_cast<http::RouteClass>(i))}});
  page.counter("genlock_http_refused_total", "Requests and connections that the guard turned down")
      .add(counters.refused.load());
  page.counter("genlock_http_shed_total", "Requests answered 503 because the queue was full")
      .add(counters.shed.load());
  page.counter("genlock_http_handler_failures_total", "Exceptions that left a handler: bugs")
      .add(counters.bugs.load());
  page.counter("genlock_http_dropped_feeds_total", "Readers of a feed that did not keep up")
      .add(counters.dropped_feeds.load());
  page.gauge("genlock_http_connections", "Clients that are connected")
      .add(counters.connections.load());
  page.gauge("genlock_http_parked", "Long polls that wait").add(counters.parked.load());
  page.gauge("genlock_http_feeds", "Feeds and large files on their way").add(counters.feeds.load());
}

void Metrics::Counted::put_commits(MetricPage& page) const {
  page.histogram("genlock_write_duration_seconds",
                 "Of a write in the log writer: from its coming to its being on the disk")
      .add(write);
  page.histogram("genlock_commit_duration_seconds", "Of one batch of writes to the disk, synced")
      .add(commit);
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
  page.counter("genlock_sync_received_events_total", "Events that were new here")
      .add(received.load());
  page.counter("genlock_sync_duplicate_events_total", "Events that were here already")
      .add(duplicates.load());
  page.counter("genlock_sync_diverged_streams_total",
               "Streams found with the same events and other rows: bugs")
      .add(diverged.load());
  page.counter("genlock_sync_stopped_streams_total",
               "Streams that stopped in a session, by reason (fork: a log was copied)");
  for (std::size_t i = 0; i < stopped.size(); ++i) {
    const char* reason = i < named_reasons.size() ? to_string(named_reasons[i]) : "other";
    page.add(stopped[i].load(), {{"reason", reason}});
  }
}

}  // namespace genlock::cli
