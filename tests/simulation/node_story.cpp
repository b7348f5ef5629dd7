#include "simulation/node_story.h"

#include "engine/directory.h"
#include "engine/event_codec.h"
#include "simulation/story.h"

namespace genlock::simulation {
namespace {

using simulation::brief;

std::string brief(const VersionVector& vector) {
  std::string text;
  for (const auto& [origin, last] : vector.entries())
    text += (text.empty() ? "" : " ") + brief(Dot{origin, last});
  return "{" + text + "}";
}

std::string brief(const std::vector<OriginId>& origins) {
  std::string text;
  for (const OriginId& origin : origins) text += " " + brief(origin.uuid);
  return text;
}

class NodeStory {
 public:
  explicit NodeStory(const SimNode& node)
      : node_(node), directory_(read_directory(node.store, node.log()).value()) {}

  std::string run() {
    text_ = node_.name + " is " + brief(node_.identity().origin.uuid) + "\n";
    for (StreamId stream : node_.log().streams(node_.store).value()) tell_stream(stream);
    return std::move(text_);
  }

 private:
  void tell_stream(StreamId stream) {
    const StreamHead head = node_.head(stream);
    const Standing standing = directory_.standing(stream, head, false);
    text_ += "  stream " + brief(stream.uuid) + ", members" + brief(standing.members) + ", floor " +
             brief(node_.log().floor(node_.store, stream).value()) + "\n";
    for (const auto& [origin, said] : standing.said)
      text_ += "    " + brief(origin.uuid) + " promised " + brief(said.stable) + ", held " +
               brief(said.held) + ", with" + brief(said.with) + "\n";
    if (stream == directory_stream) return;
    for (const auto& [origin, at] : head.origins)
      node_.log()
          .read_kept(node_.store, stream, {origin, Sequence{1}, at.last},
                     [&](const EventId& id, const StoredEvent& stored) {
                       tell_event(id, stored);
                       return true;
                     })
          .value();
  }

  void tell_event(const EventId& id, const StoredEvent& stored) {
    const Result<Event> event = decode_stored(stored);
    text_ += "    " + (event.ok() ? tell(*event) : brief(id.dot) + ", damaged");
    const Result<VersionVector> seen = node_.log().context_of(node_.store, id);
    if (seen.ok()) text_ += ", having seen " + brief(*seen);
    text_ += "\n";
  }

  const SimNode& node_;
  const NodeDirectory directory_;
  std::string text_;
};

}  // namespace

std::string tell(const SimNode& node) { return NodeStory(node).run(); }

}  // namespace genlock::simulation
