#include "cli/node_metrics.h"

#include <algorithm>
#include <array>

namespace genlock::cli {
namespace {

template <class Number>
double seconds(Number ms) {
  return static_cast<double>(ms) / 1e3;
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
  page.gauge("genlock_sync_peer_last_success_timestamp_seconds",
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
  page.gauge("genlock_sync_clock_offset_seconds", "Its clock minus this node's");
  each([&](const http::PeerStatus& peer, const Labels& labels) {
    if (peer.clock_offset_ms) page.add(seconds(*peer.clock_offset_ms), labels);
  });
}

}  // namespace

void put_node(MetricPage& page, const NodeReadings& readings) {
  page.gauge("genlock_build_info", "Always 1; the labels say what runs")
      .add(1, {{"version", readings.version}, {"role", to_string(readings.role)}});
  page.gauge("genlock_log_events", "Events in the log, of all streams and nodes")
      .add(readings.log_events);
  page.gauge("genlock_conflicts_open", "Conflicts that wait for a decision")
      .add(readings.open_conflicts);
  page.gauge("genlock_rebuilding_ratio", "How far rows are made anew; 1: nothing to do")
      .add(readings.rebuilding_percent.value_or(100) / 100.0);
  page.gauge("genlock_clock_suspect", "1 while the clock was never compared with a trusted one")
      .add(readings.clock_suspect ? 1 : 0);
  page.gauge("genlock_clock_offset_seconds", "By which this node corrects its own clock")
      .add(seconds(readings.facts.clock_offset_ms.value_or(0)));
  page.gauge("genlock_disk_free_bytes", "Room left where the data is");
  if (readings.facts.disk_free_bytes) page.add(*readings.facts.disk_free_bytes);
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

void put_sync(MetricPage& page, const NodeReadings& readings) {
  const http::SyncStatusReport& sync = readings.sync;
  page.gauge("genlock_sync_state", "1 for the present state, 0 for the others");
  for (const auto& [state, name] : sync_states)
    page.add(sync.state == state ? 1 : 0, {{"state", name}});
  page.gauge("genlock_sync_last_success_timestamp_seconds",
             "When a session with any peer last went well");
  if (sync.last_success_ms) page.add(seconds(*sync.last_success_ms));
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
