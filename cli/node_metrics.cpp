#include "cli/node_metrics.h"

#include "engine/schema.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace genlock::cli {
namespace {

template <class Number>
double seconds(Number ms) {
  return static_cast<double>(ms) / 1e3;
}

constexpr std::array conflict_kinds = {ConflictKind::field, ConflictKind::life,
                                       ConflictKind::unique, ConflictKind::lock};

template <class Map>
std::uint64_t count_of(const Map& counts, const typename Map::key_type& key) {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

constexpr std::array sync_states = {
    std::pair{http::SyncState::idle, "idle"}, std::pair{http::SyncState::syncing, "syncing"},
    std::pair{http::SyncState::offline, "offline"}, std::pair{http::SyncState::paused, "paused"},
    std::pair{http::SyncState::error, "error"}};

constexpr std::array peer_states = {std::pair{http::PeerState::connected, "connected"},
                                    std::pair{http::PeerState::connecting, "connecting"},
                                    std::pair{http::PeerState::backoff, "backoff"},
                                    std::pair{http::PeerState::refused, "refused"}};

void put_queue(MetricPage& page, const http::SyncStatusReport& sync, UnixMs now_ms) {
  page.gauge("genlock_sync_queue_events", "Events written here that no configured peer has")
      .add(sync.queue.events);
  page.gauge("genlock_sync_queue_bytes", "Their bytes").add(sync.queue.bytes);
  const UnixMs age_ms = sync.queue_oldest_ms ? now_ms - *sync.queue_oldest_ms : 0;
  page.gauge("genlock_sync_queue_oldest_seconds", "How long the oldest of them waits; 0: none does")
      .add(seconds(std::max<UnixMs>(age_ms, 0)));
}

// Only the peers of the node's own settings get a label: who calls us could be anybody.
void put_peers(MetricPage& page, const http::SyncStatusReport& sync) {
  const auto each = [&](auto put) {
    for (const http::PeerStatus& peer : sync.peers)
      if (peer.url) put(peer, Labels{{"peer", *peer.url}});
  };
  page.gauge("genlock_sync_connected", "1 while the configured peer answers");
  each([&](const http::PeerStatus& peer, const Labels& labels) {
    page.add(peer.state == http::PeerState::connected ? 1 : 0, labels);
  });
  page.gauge("genlock_sync_last_success_timestamp_seconds",
             "When a session with it last went well");
  each([&](const http::PeerStatus& peer, const Labels& labels) {
    if (peer.last_success_ms) page.add(seconds(*peer.last_success_ms), labels);
  });
  page.gauge("genlock_sync_to_send_events", "Events that it lacks");
  each([&](const http::PeerStatus& peer, const Labels& labels) {
    page.add(peer.to_send.events, labels);
  });
  page.gauge("genlock_sync_to_receive_events", "Events that it has and this node lacks");
  each([&](const http::PeerStatus& peer, const Labels& labels) {
    page.add(peer.to_receive_events, labels);
  });
  page.gauge("genlock_sync_rtt_seconds", "Of the latest hello");
  each([&](const http::PeerStatus& peer, const Labels& labels) {
    if (peer.rtt_ms) page.add(seconds(*peer.rtt_ms), labels);
  });
  page.gauge("genlock_clock_offset_seconds", "Its clock minus this node's");
  each([&](const http::PeerStatus& peer, const Labels& labels) {
    if (peer.clock_offset_ms) page.add(seconds(*peer.clock_offset_ms), labels);
  });
}

}  // namespace

void put_node(MetricPage& page, const NodeReadings& readings) {
  page.gauge("genlock_build_info", "Always 1; the labels say what runs")
      .add(1, {{"version", readings.version},
               {"role", to_string(readings.role)},
               {"store", "rocksdb"}});
  page.gauge("genlock_clock_suspect", "1 while the clock was never compared with a trusted one")
      .add(readings.clock_suspect ? 1 : 0);
  page.gauge("genlock_clock_correction_seconds", "By which this node corrects its own clock")
      .add(seconds(readings.facts.clock_offset_ms.value_or(0)));
  page.gauge("genlock_disk_free_bytes", "Room left where the data is");
  if (readings.facts.disk_free_bytes) page.add(*readings.facts.disk_free_bytes);
}

void put_log(MetricPage& page, const NodeReadings& readings) {
  const LogCounts& counts = readings.counts;
  page.gauge("genlock_log_events", "Events in the log, of all streams and nodes")
      .add(readings.log_events);
  page.gauge("genlock_log_bytes", "What they take, sorted and not yet sorted to disk");
  for (const auto& space : readings.store.spaces)
    if (space.name == std::string_view("events")) page.add(space.disk_bytes + space.memory_bytes);
  page.counter("genlock_events_compacted_total", "Events that compaction took out of the log")
      .add(readings.compacted_events);
  page.gauge("genlock_nodes_silent",
             "Nodes that compaction waits for since longer than the setting silent_after")
      .add(readings.silent_nodes);
  page.counter("genlock_events_appended_total",
               "Events that came into the log, by who wrote them and the tables they write");
  for (const Table& table : tables())
    for (const bool own : {true, false})
      page.add(count_of(counts.events, {own, table.id}),
               {{"origin_kind", own ? "own" : "peer"}, {"table", std::string(table.name)}});
  page.gauge("genlock_conflicts_open", "Conflicts that wait for a decision");
  for (const ConflictKind kind : conflict_kinds)
    page.add(counts.open[static_cast<std::size_t>(kind)], {{"kind", to_string(kind)}});
  page.counter(
      "genlock_conflicts_detected_total",
      "Conflicts that came up; rule rank: the highest stands, the other is kept beside it");
  for (const ConflictKind kind : conflict_kinds)
    page.add(count_of(counts.detected, {kind, false}),
             {{"kind", to_string(kind)}, {"rule", "ask"}});
  page.add(count_of(counts.detected, {ConflictKind::field, true}),
           {{"kind", to_string(ConflictKind::field)}, {"rule", "rank"}});
  page.counter("genlock_conflicts_resolved_total", "Conflicts that somebody decided, and how");
  for (const Resolution how : {Resolution::cloud_wins, Resolution::local_wins, Resolution::manual})
    page.add(count_of(counts.resolved, how), {{"how", to_string(how)}});
  page.counter("genlock_merge_auto_total",
               "Rows that were edited on two nodes at once and merged without a question");
  for (const Table& table : tables())
    page.add(count_of(counts.merged, table.id), {{"table", std::string(table.name)}});
}

void put_projections(MetricPage& page, const NodeReadings& readings, std::uint64_t diverged) {
  const double done = readings.rebuilding_percent.value_or(100) / 100.0;
  page.gauge("genlock_projection_rebuild_ratio", "How far rows are made anew; 1: nothing to do")
      .add(done);
  page.gauge("genlock_projection_lag_events", "Events that this still has to fold; else 0")
      .add(std::floor(static_cast<double>(readings.log_events) * (1 - done)));
  page.counter("genlock_projection_mismatch_total",
               "Rows that were not what the log says: found by verify, or by comparing with a peer")
      .add(readings.mismatches, {{"found_by", "verify"}})
      .add(diverged, {{"found_by", "peer"}});
}

void put_store(MetricPage& page, const NodeReadings& readings) {
  const StoreMeasures& store = readings.store;
  page.gauge("genlock_store_refuses_writes", "1 after a write to disk failed: restart")
      .add(readings.refuses_writes ? 1 : 0);
  page.gauge("genlock_store_disk_bytes", "Sorted files, by part of the store");
  for (const auto& space : store.spaces) page.add(space.disk_bytes, {{"space", space.name}});
  page.gauge("genlock_store_memory_bytes", "Writes that are not in sorted files yet");
  for (const auto& space : store.spaces) page.add(space.memory_bytes, {{"space", space.name}});
  page.gauge("genlock_store_estimated_keys", "RocksDB's estimate");
  for (const auto& space : store.spaces) page.add(space.estimated_keys, {{"space", space.name}});
  page.gauge("genlock_store_log_bytes", "Write-ahead log, which a start reads again")
      .add(store.log_bytes);
  page.gauge("genlock_store_cache_bytes", "Blocks kept in memory (the setting cache_mib)")
      .add(store.cache_bytes);
  page.gauge("genlock_store_pending_compaction_bytes", "What RocksDB has still to sort")
      .add(store.pending_compaction_bytes);
  page.gauge("genlock_store_stalled", "1 while writes are slowed down until that is done")
      .add(store.stalled ? 1 : 0);
  page.gauge("genlock_store_background_errors", "Flushes and compactions that failed")
      .add(store.background_errors);
}

void put_backups(MetricPage& page, const BackupMeasures& backups) {
  page.gauge("genlock_backups", "Backups in the node's directory of backups, by what is known")
      .add(backups.unverified, {{"status", "unverified"}})
      .add(backups.ok, {{"status", "ok"}})
      .add(backups.damaged, {{"status", "damaged"}});
  page.gauge("genlock_backup_last_success_timestamp_seconds",
             "When the newest one was taken that is not known to be damaged; 0: there is none");
  page.add(seconds(backups.newest_good_ms.value_or(0)));
  page.gauge("genlock_backup_size_bytes", "What that one restores to").add(backups.size_bytes);
  page.counter("genlock_backups_taken_total", "Backups since the start, by how they ended")
      .add(backups.taken, {{"outcome", "ok"}})
      .add(backups.failed, {{"outcome", "failed"}});
}

void put_sync(MetricPage& page, const NodeReadings& readings) {
  const http::SyncStatusReport& sync = readings.sync;
  page.gauge("genlock_sync_state", "1 for the present state, 0 for the others");
  for (const auto& [state, name] : sync_states)
    page.add(sync.state == state ? 1 : 0, {{"state", name}});
  page.gauge("genlock_sync_peers", "Nodes that this one knows, who call or are called, by state");
  for (const auto& [state, name] : peer_states)
    page.add(std::ranges::count(sync.peers, state, &http::PeerStatus::state), {{"state", name}});
  put_queue(page, sync, readings.now_ms);
  put_peers(page, sync);
}

void put_process(MetricPage& page, const ProcessStats& process) {
  page.counter("process_cpu_seconds_total", "Processor time, user and system")
      .add(process.cpu_seconds);
  page.gauge("process_start_time_seconds", "Since 1970").add(process.start_seconds);
  page.gauge("process_resident_memory_bytes", "In memory").add(process.resident_bytes);
  page.gauge("process_virtual_memory_bytes", "Mapped").add(process.virtual_bytes);
  page.gauge("process_threads", "Threads").add(process.thread_count);
  page.gauge("process_open_fds", "Open files and sockets").add(process.open_files);
  page.gauge("process_max_fds", "Their limit").add(process.max_open_files);
}

}  // namespace genlock::cli
