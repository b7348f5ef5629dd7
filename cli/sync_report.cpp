#include "cli/sync_report.h"

#include "projections/json_text.h"

namespace genlock::cli {
namespace {

// Replication says "never" with a zero, the API with nothing.
std::optional<UnixMs> time_or_none(UnixMs ms) { return ms == 0 ? std::nullopt : std::optional(ms); }

http::SyncState state_of(replication::SyncState state) {
  switch (state) {
    case replication::SyncState::idle:
      return http::SyncState::idle;
    case replication::SyncState::syncing:
      return http::SyncState::syncing;
    case replication::SyncState::offline:
      return http::SyncState::offline;
    case replication::SyncState::paused:
      return http::SyncState::paused;
    case replication::SyncState::error:
      break;
  }
  return http::SyncState::error;
}

http::PeerState state_of(replication::LinkState state) {
  switch (state) {
    case replication::LinkState::connected:
      return http::PeerState::connected;
    case replication::LinkState::backoff:
      return http::PeerState::backoff;
    case replication::LinkState::refused:
      return http::PeerState::refused;
    case replication::LinkState::connecting:
    case replication::LinkState::paused:
      break;
  }
  return http::PeerState::connecting;
}

NodeName name_of(const replication::PeerIdentity& peer) {
  return {peer.node, peer.name, std::string(to_string(peer.role))};
}

http::PeerStatus peer_of(const replication::LinkStatus& link) {
  http::PeerStatus peer;
  if (link.peer) peer.node = name_of(*link.peer);
  peer.url = link.url;
  peer.state = state_of(link.state);
  peer.last_contact_ms = time_or_none(link.last_contact_ms);
  peer.last_success_ms = time_or_none(link.last_success_ms);
  peer.last_error = link.last_error;
  peer.next_retry_ms = time_or_none(link.next_retry_ms);
  if (link.rtt_ms >= 0) {
    peer.rtt_ms = link.rtt_ms;
    peer.clock_offset_ms = link.clock_offset_ms;
  }
  peer.to_send = {link.to_send.total.events, link.to_send.total.bytes};
  for (const auto& [stream, events] : link.to_receive) peer.to_receive_events += events;
  return peer;
}

// By stream, the most that any configured peer lacks or has for us.
std::vector<http::StreamSync> streams_of(const replication::SyncStatus& status) {
  std::map<StreamId, http::StreamSync> streams;
  auto at = [&](StreamId id) -> http::StreamSync& {
    http::StreamSync& stream = streams[id];
    stream.stream = id;
    return stream;
  };
  for (const replication::LinkStatus& link : status.links) {
    for (const auto& [id, events] : link.to_send.events)
      at(id).to_send_events = std::max(at(id).to_send_events, events);
    for (const auto& [id, events] : link.to_receive)
      at(id).to_receive_events = std::max(at(id).to_receive_events, events);
  }
  for (const auto& [id, ms] : status.last_synced_ms) at(id).last_synced_ms = time_or_none(ms);
  std::vector<http::StreamSync> list;
  for (auto& [id, stream] : streams) list.push_back(std::move(stream));
  return list;
}

SyncDirection direction_of(const replication::SessionReport& report) {
  if (report.sent_events > 0 && report.received_events == 0) return SyncDirection::upload;
  if (report.sent_events == 0 && report.received_events > 0) return SyncDirection::download;
  return SyncDirection::bidirectional;
}

SyncStatus status_of(const replication::SessionReport& report) {
  if (report.ok()) return SyncStatus::completed;
  bool moved = report.sent_events + report.received_events > 0;
  return report.error && !moved ? SyncStatus::failed : SyncStatus::partial;
}

std::string errors_of(const replication::SessionReport& report) {
  std::vector<std::string> errors;
  if (report.error) errors.push_back(report.error->message);
  for (const replication::Failure& failure : report.failures)
    errors.push_back(failure.stream.to_string() + ": " + failure.message);
  for (StreamId stream : report.diverged)
    errors.push_back(stream.to_string() + ": same events, other rows");
  if (errors.empty()) return {};
  std::string json;
  for (const std::string& error : errors)
    json += (json.empty() ? '[' : ',') + json_string_of(error);
  return json + ']';
}

}  // namespace

http::SyncStatusReport report_of(const replication::SyncStatus& status) {
  http::SyncStatusReport report;
  report.state = state_of(status.state);
  report.since_ms = status.since_ms;
  if (!status.reason.empty()) report.reason = status.reason;
  report.queue = {status.queue.total.events, status.queue.total.bytes};
  report.queue_oldest_ms = time_or_none(status.queue.total.oldest_ms);
  report.last_success_ms = time_or_none(status.last_success_ms);
  for (const replication::LinkStatus& link : status.links) report.peers.push_back(peer_of(link));
  report.streams = streams_of(status);
  return report;
}

http::PeerLook look_of(replication::PeerLook look) {
  http::PeerLook made;
  made.peer = name_of(look.peer);
  made.chunks = std::move(look.chunks);
  made.more = look.more;
  for (replication::StreamLook& stream : look.streams)
    made.streams.push_back({.stream = stream.stream,
                            .shared = stream.shared,
                            .is_there = stream.is_there,
                            .seen = std::move(stream.seen),
                            .to_receive_events = stream.to_receive,
                            .digest = stream.digest});
  return made;
}

SyncLogEntry entry_of(const replication::SessionReport& report, UnixMs started_ms,
                      UnixMs ended_ms) {
  SyncLogEntry entry;
  entry.direction = direction_of(report);
  entry.started_ms = started_ms;
  entry.completed_ms = ended_ms;
  entry.status = status_of(report);
  entry.records_synced = report.sent_events + report.received_events;
  entry.errors = errors_of(report);
  if (report.peer) entry.server_id = report.peer->node.to_string();
  return entry;
}

}  // namespace genlock::cli
