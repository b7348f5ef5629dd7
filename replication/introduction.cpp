#include "replication/introduction.h"

#include "engine/record.h"
#include "engine/schema.h"
#include "replication/peers.h"

namespace genlock::replication {

Hello make_hello(const SessionPorts& ports, const StreamIndex::Summary& summary) {
  const Identity& self = ports.engine.identity();
  Hello hello;
  hello.role = self.role;
  hello.clock_suspect = ports.clock.suspect();
  hello.schema = schema_version;
  hello.fold = fold_version;
  hello.clock_ms = ports.clock.now();
  hello.name = self.name;
  hello.software = ports.software;
  hello.stream_count = summary.stream_count;
  hello.heads = summary.heads;
  hello.states = summary.states;
  return hello;
}

PeerIdentity identity_of(const Message& message, const Hello& hello) {
  return {message.node, message.origin, hello.role, hello.name, hello.software};
}

bool same_rules(const Hello& theirs) {
  return theirs.schema == schema_version && theirs.fold == fold_version;
}

Result<void> check_protocol(const Identity& self, const Hello& hello) {
  if (hello.protocol == protocol_version) return {};
  return Error{ErrorCode::unsupported,
               "'" + self.name + "' speaks sync protocol " + std::to_string(protocol_version) +
                   " and '" + hello.name + "' speaks " + std::to_string(hello.protocol) +
                   ": update the older of the two"};
}

namespace {

Result<void> renew(SessionPorts& ports, OriginId closed, const Renewal& why) {
  TRY(ports.committer.run(
      [&](Overlay& overlay) { return ports.engine.renew_origin(closed, why, overlay); }));
  ports.observer.on_renewed(closed, why);
  return {};
}

}  // namespace

Result<void> leave_copy(SessionPorts& ports) {
  return renew(ports, ports.engine.identity().origin, {NoticeKind::met_copy});
}

Error part_from_copy(SessionPorts& ports) {
  Result<void> renewed = leave_copy(ports);
  if (!renewed.ok()) return renewed.error();
  return {ErrorCode::fork,
          "this node and its peer run on copies of one data directory: each goes on under a new "
          "origin"};
}

Result<void> note_rollback(SessionPorts& ports, const StreamHead& ours, const StreamState& theirs) {
  const OriginId self = ports.engine.identity().origin;
  const OriginHead* own = ours.find(self);
  const std::uint64_t have = own ? number(own->last) : 0;
  for (const Head& head : theirs.have)
    if (head.origin == self && number(head.last) > have)
      return renew(ports, self, {NoticeKind::rolled_back, {}, number(head.last) - have});
  return {};
}

Result<void> note_agreement(SessionPorts& ports, const Reader& reader, NodeId peer,
                            const Scope& scope, Position position) {
  for (StreamId stream : ports.index.changed_since(ports.peers.agreed(peer, scope))) {
    if (!scope.covers(stream)) continue;
    TRY_ASSIGN(StreamHead head, ports.engine.log().head(reader, stream));
    TRY_ASSIGN(VersionVector shared, ports.peers.shared(reader, peer, stream));
    VersionVector have = head.vector();
    if (!shared.includes(have)) ports.peers.note_shared(peer, stream, have);
    ports.peers.note_to_receive(peer, stream, 0);
    ports.peers.unblock(peer, stream);
  }
  ports.peers.note_agreed(peer, scope, position);
  return {};
}

Result<void> flush_peer(SessionPorts& ports, NodeId peer) {
  if (!ports.peers.dirty(peer)) return {};
  return ports.committer.run([&ports, peer](Overlay& overlay) {
    return ports.peers.flush(peer, overlay, ports.observer);
  });
}

}  // namespace genlock::replication
