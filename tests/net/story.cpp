#include "net/story.h"

#include "cli/node_check.h"

#include <fmt/format.h>

#include <deque>
#include <thread>

namespace genlock::net {

namespace {

using cli::Node;
using cli::ServedNode;
using crash::Crew;

constexpr std::chrono::seconds patience{90};
constexpr int rounds = 8;
constexpr int max_writes = 12;     // of a round
constexpr int max_pause_ms = 250;  // of a round, so that trouble has time to do harm

Complaint complaint_of(const Result<void>& result) {
  return result.ok() ? Complaint() : Complaint(result.error().message);
}

// Everybody at work, and what all of them are held to.
class Play {
 public:
  Play(Network& network, std::uint64_t seed, Tally& tally)
      : network_(network), random_(seed), tally_(tally) {
    for (std::size_t i = 0; i < actors().size(); ++i) crews_.emplace_back(seed * 16 + i);
  }

  Complaint run() {
    if (Complaint wrong = begin()) return wrong;
    for (int round = 0; round < rounds; ++round) {
      ++tally_[network_.disturb(random_)];
      if (Complaint wrong = work()) return wrong;
      std::this_thread::sleep_for(std::chrono::milliseconds(random_.next_u64() % max_pause_ms));
    }
    network_.heal();
    if (Complaint wrong = complaint_of(cli::wait_until("that all nodes have the same", patience,
                                                       [&] { return are_in_step(true); })))
      return wrong;
    if (Complaint wrong = check_promises()) return wrong;
    return check_logs();
  }

 private:
  std::vector<Actor>& actors() { return network_.actors(); }

  Complaint begin() {
    if (auto made = crash::make_show(*actors().front().served.client); !made.ok())
      return made.error().message;
    return complaint_of(cli::wait_until("that all nodes have the show", patience,
                                        [&] { return are_in_step(false); }));
  }

  // Whatever the network does, a node takes the writes of those who reach it.
  Complaint work() {
    const auto writes = random_.next_u64() % max_writes;
    for (std::uint64_t i = 0; i < writes; ++i) {
      const std::size_t at = random_.next_u64() % actors().size();
      cli::ApiClient& client = *actors()[at].served.client;
      if (!crews_[at].write(client))
        return crews_[at].check(client).value_or("a write was not acknowledged");
    }
    if (random_.next_u64() % 3 == 0) return edit_the_same_row();
    return std::nullopt;
  }

  // By two people at two nodes: which of them shows is the same everywhere.
  Complaint edit_the_same_row() {
    const std::string room = fmt::format("Hall {}", random_.next_u64() % 1'000);
    for (const Actor* actor : {&actors().front(), &actors().back()}) {
      const auto answer = actor->served.client->send(
          {.method = "PATCH",
           .target = std::string("/api/productions/") + crash::show_id,
           .body = fmt::format(R"({{"room":"{} {}"}})", room, actor->served.name)});
      if (!answer.ok() || !answer->ok()) return "an edit of the shared row was not taken";
    }
    ++tally_["edits of one row at two nodes"];
    return std::nullopt;
  }

  // `hurry`: and asks for a sync, as a person would.
  Result<bool> are_in_step(bool hurry) {
    TRY_ASSIGN(const auto office, cli::stream_digests(*actors().front().served.client));
    bool same = true;
    for (const Actor& actor : actors()) {
      TRY_ASSIGN(const auto digests, cli::stream_digests(*actor.served.client));
      if (digests == office) continue;
      same = false;
      if (hurry && &actor != &actors().front())
        TRY(actor.served.client->send({.method = "POST", .target = "/api/sync/now"}));
    }
    return same;
  }

  Complaint check_promises() {
    for (const Actor& actor : actors())
      for (Crew& crew : crews_)
        if (Complaint wrong = crew.check(*actor.served.client))
          return actor.served.name + ": " + *wrong;
    return std::nullopt;
  }

  Complaint check_logs() {
    std::uint64_t acknowledged = 0;
    for (const Crew& crew : crews_) acknowledged += crew.acknowledged_count();
    tally_["writes acknowledged"] += acknowledged;
    // The office last: the others would notice that it goes.
    for (auto actor = actors().rbegin(); actor != actors().rend(); ++actor) {
      const auto status = actor->served.stop();
      if (!status.ok() || *status != 0) return actor->served.name + " did not stop well";
      if (Complaint wrong = check_log(*actor, acknowledged))
        return actor->served.name + ": " + *wrong;
    }
    return std::nullopt;
  }

  static Complaint check_log(const Actor& actor, std::uint64_t acknowledged) {
    cli::NodeOptions options;
    options.data = actor.data;
    options.read_only = true;
    const auto node = Node::open(options);
    if (!node.ok()) return node.error().message;
    const auto commands = crash::commands_in((*node)->store(), (*node)->log());
    if (!commands.ok()) return commands.error().message;
    if (commands->doubled) return commands->doubled;
    if (commands->count != acknowledged)
      return fmt::format("{} writes were acknowledged, {} are in the log", acknowledged,
                         commands->count);
    const auto report = cli::check_node(**node, (*node)->store(), [](auto, auto) {});
    if (!report.ok()) return report.error().message;
    return report->damage ? report->damage : report->difference;
  }

  Network& network_;
  SeededRandom random_;
  Tally& tally_;
  std::deque<Crew> crews_;  // one at each node
};

}  // namespace

Complaint play(Network& network, std::uint64_t seed, Tally& tally) {
  const Complaint wrong = Play(network, seed, tally).run();
  if (wrong) return fmt::format("seed {}: {}", seed, *wrong);
  ++tally["seeds"];
  return std::nullopt;
}

}  // namespace genlock::net
