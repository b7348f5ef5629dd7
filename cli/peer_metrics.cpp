#include "cli/peer_metrics.h"

#include "replication/limits.h"

#include <algorithm>

namespace genlock::cli {
namespace {

constexpr const char* callers = "callers";

// Why a session ended early, or a stream stopped in it. What is not among them is "other".
constexpr std::array<ErrorCode, 4> reasons = {ErrorCode::unavailable, ErrorCode::fork,
                                              ErrorCode::corruption, ErrorCode::gap};

const char* reason_name(std::size_t reason) {
  return reason < reasons.size() ? to_string(reasons[reason]) : "other";
}

}  // namespace

std::size_t PeerMetrics::reason_of(ErrorCode code) {
  static_assert(reasons.size() + 1 == reason_count);
  return static_cast<std::size_t>(std::ranges::find(reasons, code) - reasons.begin());
}

void PeerMetrics::note_bytes(const std::string& peer, std::size_t sent_bytes,
                             std::size_t received_bytes) {
  const std::lock_guard lock(mutex_);
  Traffic& traffic = traffic_[peer.empty() ? callers : peer];
  traffic.sent_bytes += sent_bytes;
  traffic.received_bytes += received_bytes;
}

void PeerMetrics::note_received(NodeId peer, const IngestReport& report) {
  const std::lock_guard lock(mutex_);
  const bool fits = events_.contains(peer) || events_.size() < replication::limits::max_peers;
  Events& events = fits ? events_[peer] : others_;
  events.ingested += report.stored;
  events.duplicate += report.duplicates;
}

void PeerMetrics::note_session(const replication::SessionReport& report) {
  const std::lock_guard lock(mutex_);
  Traffic& traffic = traffic_[report.url];
  if (report.error) ++traffic.errors[reason_of(report.error->code)];
  for (const replication::Failure& failure : report.failures)
    ++traffic.errors[reason_of(failure.code)];
}

void PeerMetrics::put(MetricPage& page, const std::vector<http::PeerStatus>& peers) const {
  std::vector<std::string> names;
  for (const http::PeerStatus& peer : peers)
    if (peer.url) names.push_back(*peer.url);
  const std::lock_guard lock(mutex_);
  put_traffic(page, names);
  names.emplace_back(callers);
  put_events(page, peers, names);
}

void PeerMetrics::put_traffic(MetricPage& page, const std::vector<std::string>& names) const {
  const auto of = [&](const std::string& name) {
    const auto found = traffic_.find(name);
    return found == traffic_.end() ? Traffic{} : found->second;
  };
  page.counter("genlock_sync_bytes_total", "Bodies of sync messages, as they went over the line");
  const auto put_bytes = [&](const std::string& name) {
    page.add(of(name).sent_bytes, {{"peer", name}, {"direction", "sent"}});
    page.add(of(name).received_bytes, {{"peer", name}, {"direction", "received"}});
  };
  std::ranges::for_each(names, put_bytes);
  put_bytes(callers);
  page.counter("genlock_sync_errors_total",
               "Sessions that ended early and streams that stopped in one, by reason");
  for (const std::string& name : names)
    for (std::size_t reason = 0; reason < reason_count; ++reason)
      page.add(of(name).errors[reason], {{"peer", name}, {"reason", reason_name(reason)}});
}

void PeerMetrics::put_events(MetricPage& page, const std::vector<http::PeerStatus>& peers,
                             const std::vector<std::string>& names) const {
  std::map<std::string, Events> sums;
  const auto add = [&](const std::string& name, const Events& events) {
    sums[name].ingested += events.ingested;
    sums[name].duplicate += events.duplicate;
  };
  for (const auto& [node, events] : events_) {
    const auto known = std::ranges::find_if(peers, [id = node](const http::PeerStatus& peer) {
      return peer.url && peer.node.id == id;
    });
    add(known == peers.end() ? callers : *known->url, events);
  }
  add(callers, others_);
  page.counter("genlock_events_ingested_total", "Events of peers that were new here");
  for (const std::string& name : names) page.add(sums[name].ingested, {{"peer", name}});
  page.counter("genlock_events_duplicate_total", "Events of peers that were here already");
  for (const std::string& name : names) page.add(sums[name].duplicate, {{"peer", name}});
}

}  // namespace genlock::cli
