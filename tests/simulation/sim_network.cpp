// The simulated network between nodes, and the answering end: what HTTP would do there.
#include "replication/limits.h"
#include "replication/wire.h"
#include "simulation/simulator.h"

namespace genlock::simulation {
namespace {

using replication::Message;

constexpr std::size_t remembered_letters = 200;
// Polls that a node may have parked: one for each link to it, and copies that the network made.
constexpr std::size_t max_parked = 400;

}  // namespace

// As the version of the program writes it that runs there. What the other end would say of another
// version is the same from both sides.
std::string Simulator::encode(std::size_t from, std::size_t to, Message message) const {
  const Version &ours = versions_[from], &theirs = versions_[to];
  if (auto* hello = std::get_if<replication::Hello>(&message.body)) {
    if (ours.other_protocol != theirs.other_protocol) ++hello->protocol;
    if (ours.other_rules != theirs.other_rules) ++hello->schema;
  }
  return replication::encode(message);
}

void Simulator::send(Letter letter) {
  ++outcome_.messages;
  trace_bytes(letter.bytes);
  if (letter.bytes.size() > replication::limits::max_frame_bytes)
    fail("a message of " + std::to_string(letter.bytes.size()) + " bytes");
  if (swarm_.has(Fault::replay)) remember(letter);
  if (hits(Fault::duplicate, swarm_.duplicate_percent, letter.from, letter.to)) travel(letter);
  const std::size_t from = letter.from, to = letter.to;
  travel(std::move(letter));
  if (hits(Fault::replay, swarm_.replay_percent, from, to))
    travel(old_letters_[below(old_letters_.size())]);
}

// Some old ones stay for the whole run: a replay may be of hours ago.
void Simulator::remember(const Letter& letter) {
  if (old_letters_.size() == remembered_letters)
    old_letters_.erase(old_letters_.begin() +
                       static_cast<std::ptrdiff_t>(below(remembered_letters)));
  old_letters_.push_back(letter);
}

void Simulator::travel(Letter letter) {
  if (hits(Fault::loss, swarm_.loss_percent, letter.from, letter.to)) return;
  damage(letter);
  std::int64_t delay =
      1 + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(swarm_.delay_ms)));
  const SimLink& slow = *links_[slow_link_];
  bool is_slow = (slow.from == letter.from && slow.to == letter.to) ||
                 (slow.to == letter.from && slow.from == letter.to);
  if (is_slow && hits(Fault::slow, 100, letter.from, letter.to))
    delay += static_cast<std::int64_t>(letter.bytes.size()) / 2;
  std::uint64_t life = lives_[letter.to];
  at(now_ms_ + delay, [this, letter = std::move(letter), life]() mutable {
    // A connection does not outlive the process; an old request may still find the next one.
    if (letter.is_reply && lives_[letter.to] != life) return;
    deliver(std::move(letter));
  });
}

void Simulator::damage(Letter& letter) {
  if (letter.bytes.empty()) return;
  std::size_t place = below(letter.bytes.size());
  if (hits(Fault::truncate, swarm_.damage_percent, letter.from, letter.to)) {
    letter.bytes.resize(place);
  } else if (hits(Fault::flip, swarm_.damage_percent, letter.from, letter.to)) {
    letter.bytes[place] = static_cast<char>(letter.bytes[place] ^ (1 << below(8)));
  }
}

void Simulator::deliver(Letter letter) {
  if (cuts_[letter.from][letter.to] > 0 || !nodes_[letter.to]->up()) return;
  if (paused_until_[letter.to] > now_ms_) {
    at(paused_until_[letter.to], [this, letter] { deliver(letter); });
    return;
  }
  if (print_trace_)
    trace(name(letter.from) + " -> " + name(letter.to) + ": " +
          (letter.is_reply ? "reply " : "request ") + std::to_string(letter.request) + ", " +
          std::to_string(letter.bytes.size()) + " bytes");
  if (letter.is_reply) {
    hear(letter);
  } else {
    serve(letter);
  }
  if (nodes_[letter.to]->has_new_origin()) keep_lineage_soon(letter.to);
  drive_all();
}

void Simulator::serve(const Letter& letter) {
  SimNode& node = *nodes_[letter.to];
  Result<Message> request = replication::decode(letter.bytes);
  if (request.ok() && std::holds_alternative<replication::Wait>(request->body)) {
    park(letter, std::move(request).value());
    return;
  }
  replication::SyncSession session = replication::SyncSession::responder(node.ports());
  std::uint64_t before = number(node.log().last_position(node.store).value());
  session.receive(std::move(request));
  std::optional<Message> reply = session.next();
  if (!reply) return fail("a request without a reply");
  Letter answer{letter.to,
                letter.from,
                letter.request,
                true,
                letter.is_wait,
                letter.link,
                encode(letter.to, letter.from, std::move(*reply))};
  if (stopped(letter.to)) return;
  send(std::move(answer));
  if (number(node.log().last_position(node.store).value()) != before) wrote(letter.to);
}

void Simulator::park(const Letter& letter, Message request) {
  Letter reply{letter.to, letter.from, letter.request, true, true, letter.link, {}};
  std::int64_t until = now_ms_ + replication::limits::park_ms;
  std::size_t node = letter.to;
  parked_[node].push_back(
      {replication::ParkedWait(nodes_[node]->ports(), std::move(request)), reply, until});
  if (parked_[node].size() > max_parked) fail(name(node) + " has parked too many polls");
  at(until, [this, node] {
    if (nodes_[node]->up()) look_at_parked(node);
  });
  look_at_parked(node);
}

void Simulator::look_at_parked(std::size_t node) {
  std::list<Parked>& parked = parked_[node];
  for (auto at = parked.begin(); at != parked.end();) {
    std::optional<Message> answer = at->wait.look(now_ms_ >= at->until_ms);
    if (stopped(node)) return;
    if (!answer) {
      ++at;
      continue;
    }
    Letter reply = at->reply;
    reply.bytes = encode(node, reply.to, std::move(*answer));
    at = parked.erase(at);
    send(std::move(reply));
  }
}

}  // namespace genlock::simulation
