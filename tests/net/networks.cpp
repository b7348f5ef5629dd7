// The two networks that a story is played on.
#include "net/packet_network.h"
#include "net/story.h"
#include "net/tcp_proxy.h"

#include <fmt/format.h>

namespace genlock::net {

namespace {

using cli::ServedNode;

// What trouble does is seen within a fraction of a second.
const std::vector<std::string> impatient = {"--subscribe", "all", "--sync-interval-ms", "200"};

Result<Actor> start(const std::string& program, const std::filesystem::path& folder,
                    const std::string& name, const std::string& host,
                    std::vector<std::string> more) {
  Actor actor;
  actor.data = folder / name;
  TRY_ASSIGN(actor.served, ServedNode::start({.program = program,
                                              .role = name == "office" ? Role::cloud : Role::lan,
                                              .name = name,
                                              .data = actor.data.string(),
                                              .host = host,
                                              .log = (folder / (name + ".log")).string(),
                                              .more = std::move(more)}));
  return actor;
}

std::vector<std::string> venue_of(const std::vector<std::string>& peers) {
  std::vector<std::string> more = impatient;
  for (const std::string& peer : peers) more.insert(more.end(), {"--peer", peer});
  return more;
}

// --- TCP through proxies ------------------------------------------------------------------------

class BadLines : public Network {
 public:
  static constexpr int venues = 2;

  Result<void> begin(const std::string& program, const std::filesystem::path& folder) {
    TRY_ASSIGN(Actor office, start(program, folder, "office", "127.0.0.1", {}));
    actors_.push_back(std::move(office));
    for (int i = 1; i <= venues; ++i) {
      TRY_ASSIGN(auto line, TcpProxy::open(actors_.front().served.port));
      const std::string peer = fmt::format("http://127.0.0.1:{}", line->port());
      lines_.push_back(std::move(line));
      TRY_ASSIGN(Actor venue,
                 start(program, folder, fmt::format("venue {}", i), "127.0.0.1", venue_of({peer})));
      actors_.push_back(std::move(venue));
    }
    return {};
  }

  std::vector<Actor>& actors() override { return actors_; }

  std::string disturb(SeededRandom& random) override {
    const auto below = [&](std::uint64_t n) { return random.next_u64() % n; };
    TcpProxy& line = *lines_[below(lines_.size())];
    const Direction direction = below(2) == 0 ? Direction::forth : Direction::back;
    line.refuse(false);
    switch (below(9)) {
      case 0:
        line.set(direction, {.cut_at = 1 + below(6'000), .cut_resets = below(2) == 0});
        return "lines cut at a byte";
      case 1:
        line.set(direction, {.flip_at = 1 + below(6'000)});
        return "bits flipped, one";
      case 2:
        line.set(direction, {.flip_every = 500 + below(5'000)});
        return "bits flipped, many";
      case 3:
        line.set(direction, {.stalled = true});
        return "lines silent in one direction";
      case 4:
        line.set_both({.delay_ms = static_cast<std::int64_t>(10 + below(150))});
        return "late lines";
      case 5:
        line.set_both({.bytes_per_s = 5'000 + below(50'000)});
        return "slow lines";
      case 6:
        line.reset_all();
        return "resets";
      case 7:
        line.refuse(true);
        return "lines that take nobody";
      default:
        line.set_both({});
        return "lines good again";
    }
  }

  void heal() override {
    for (const auto& line : lines_) {
      line->refuse(false);
      line->set_both({});
      line->reset_all();
    }
  }

 private:
  std::vector<std::unique_ptr<TcpProxy>> lines_;
  std::vector<Actor> actors_;  // gone before the lines
};

// --- IP packets between namespaces --------------------------------------------------------------

class BadPackets : public Network {
 public:
  static constexpr std::size_t venues = 3;

  Result<void> begin(const std::string& program, const std::filesystem::path& folder,
                     std::uint64_t seed) {
    TRY_ASSIGN(packets_, PacketNetwork::make(venues + 2, seed));
    TRY(add(program, folder, "office", {}));
    const std::string office = actors_.front().served.url;
    TRY(add(program, folder, "venue 1", venue_of({office})));
    TRY(add(program, folder, "venue 2", venue_of({office})));
    return add(program, folder, "venue 3", venue_of({office, actors_[1].served.url}));
  }

  std::vector<Actor>& actors() override { return actors_; }

  // Places from 1 on; what people say to their own node, from place 0, is never disturbed.
  std::string disturb(SeededRandom& random) override {
    const auto below = [&](std::uint64_t n) { return random.next_u64() % n; };
    const std::size_t from = 1 + below(actors_.size());
    std::size_t to = 1 + below(actors_.size() - 1);
    to += to >= from;
    switch (below(6)) {
      case 0:
        packets_->set_both(from, to, {.cut = true});
        return "links cut";
      case 1:
        packets_->set(from, to, {.cut = true});
        return "links cut in one direction";
      case 2:
        packets_->set_both(from, to, {.loss_percent = static_cast<unsigned>(5 + below(35))});
        return "links that lose packets";
      case 3:
        packets_->set_both(from, to,
                           {.twice_percent = 20,
                            .delay_ms = static_cast<std::int64_t>(below(80)),
                            .jitter_ms = static_cast<std::int64_t>(1 + below(80))});
        return "links with packets late, twice, in disorder";
      case 4:
        for (std::size_t other = 1; other <= actors_.size(); ++other)
          if (other != from) packets_->set_both(from, other, {.cut = true});
        return "nodes that nobody reaches";
      default:
        packets_->set_both(from, to, {});
        return "links good again";
    }
  }

  void heal() override { packets_->heal(); }

 private:
  Result<void> add(const std::string& program, const std::filesystem::path& folder,
                   const std::string& name, std::vector<std::string> more) {
    const std::size_t place = actors_.size() + 1;
    const PacketNetwork::Visit there(*packets_, place);
    TRY_ASSIGN(Actor actor,
               start(program, folder, name, PacketNetwork::address_of(place), std::move(more)));
    actors_.push_back(std::move(actor));
    return {};
  }

  std::unique_ptr<PacketNetwork> packets_;
  std::vector<Actor> actors_;  // gone before the network
};

}  // namespace

Result<std::unique_ptr<Network>> bad_lines(const std::string& program,
                                           const std::filesystem::path& folder) {
  auto network = std::make_unique<BadLines>();
  TRY(network->begin(program, folder));
  return std::unique_ptr<Network>(std::move(network));
}

Result<std::unique_ptr<Network>> bad_packets(const std::string& program,
                                             const std::filesystem::path& folder,
                                             std::uint64_t seed) {
  auto network = std::make_unique<BadPackets>();
  TRY(network->begin(program, folder, seed));
  return std::unique_ptr<Network>(std::move(network));
}

}  // namespace genlock::net
