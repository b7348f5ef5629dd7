// Counts by peer: bytes, events, errors. A configured peer has its address as label; all who call
// us share one, "callers": they could be anybody, and ten thousand. Internal to cli/metrics.cpp.
// Thread-safe.
#pragma once

#include "cli/metric_page.h"
#include "engine/engine.h"
#include "http/sync_control.h"
#include "replication/session.h"

#include <array>
#include <map>
#include <mutex>
#include <string>

namespace genlock::cli {

class PeerMetrics {
 public:
  // `peer`: its address; empty: a caller.
  void note_bytes(const std::string& peer, std::size_t sent_bytes, std::size_t received_bytes);
  void note_received(NodeId peer, const IngestReport& report);
  void note_session(const replication::SessionReport& report);

  // `peers`: who is configured, and which node that is.
  void put(MetricPage& page, const std::vector<http::PeerStatus>& peers) const;

 private:
  static constexpr std::size_t reason_count = 5;
  struct Traffic {
    std::uint64_t sent_bytes = 0, received_bytes = 0;
    std::array<std::uint64_t, reason_count> errors{};
  };
  struct Events {
    std::uint64_t ingested = 0, duplicate = 0;
  };

  static std::size_t reason_of(ErrorCode code);
  void put_traffic(MetricPage& page, const std::vector<std::string>& names) const;
  void put_events(MetricPage& page, const std::vector<http::PeerStatus>& peers,
                  const std::vector<std::string>& names) const;

  mutable std::mutex mutex_;  // guards all below
  std::map<std::string, Traffic> traffic_;
  std::map<NodeId, Events> events_;  // of the first limits::max_peers
  Events others_;
};

}  // namespace genlock::cli
