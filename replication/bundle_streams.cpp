#include "replication/bundle_streams.h"

namespace genlock::replication {
namespace {

Result<PeerIdentity> find_peer(const Peers& peers, std::string_view wanted) {
  std::vector<PeerIdentity> found;
  for (const PeerIdentity& peer : peers.all())
    if (peer.node.to_string() == wanted || peer.name == wanted) found.push_back(peer);
  if (found.size() == 1) return found.front();
  const std::string name(wanted);
  if (found.empty())
    return Error{ErrorCode::not_found,
                 "this node never synced with '" + name + "': export a whole show"};
  return Error{ErrorCode::invalid_argument, "several nodes are called '" + name + "': give the id"};
}

}  // namespace

Result<BundleStreams> streams_of_show(const EventLog& log, const Reader& reader,
                                      StreamId production) {
  TRY_ASSIGN(const StreamHead head, log.head(reader, production));
  if (head.origins.empty() || production == library_stream || production == directory_stream)
    return Error{ErrorCode::not_found, "there is no show " + production.to_string() + " here"};
  return BundleStreams{{directory_stream, {}}, {library_stream, {}}, {production, {}}};
}

Result<BundleStreams> streams_for_peer(const EventLog& log, const Reader& reader,
                                       std::string_view wanted) {
  Peers peers;
  TRY(peers.load(reader));
  TRY_ASSIGN(const PeerIdentity peer, find_peer(peers, wanted));
  TRY_ASSIGN(const std::vector<StreamId> all, log.streams(reader));
  BundleStreams streams;
  for (const StreamId stream : all) {
    TRY_ASSIGN(VersionVector theirs, peers.shared(reader, peer.node, stream));
    TRY_ASSIGN(const StreamHead head, log.head(reader, stream));
    const bool is_common = stream == library_stream || stream == directory_stream;
    const bool goes = is_common || peer.role == Role::cloud || !theirs.empty();
    if (goes && !theirs.missing_from(head.vector()).empty())
      streams.emplace_back(stream, std::move(theirs));
  }
  return streams;
}

Result<std::unique_ptr<Reader>> whole_for(const EventLog& log, std::unique_ptr<Reader> now,
                                          const BundleStreams& streams, WholeLog* history) {
  for (const auto& [stream, theirs] : streams) {
    TRY_ASSIGN(const VersionVector floor, log.floor(*now, stream));
    if (theirs.includes(floor)) continue;
    TRY_ASSIGN(now, put_back(log, std::move(now), stream, history));
  }
  return now;
}

}  // namespace genlock::replication
