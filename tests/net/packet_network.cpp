#include "net/packet_network.h"

#include "engine/check.h"
#include "net/namespaces.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace genlock::net {

namespace {

constexpr int look_ms = 2;
constexpr std::size_t max_packet_bytes = 65'536;
constexpr std::size_t max_places = 8;

// Of this thread.
int present_space() { return ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC); }

// The place that an IPv4 packet of our network is for; max_places: it is not for us.
std::size_t destination(std::string_view packet) {
  if (packet.size() < 20 || static_cast<unsigned char>(packet[0]) >> 4 != 4) return max_places;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(packet[at]); };
  const bool is_ours = byte(16) == 10 && byte(17) == 77 && byte(18) == 0;
  return is_ours && byte(19) > 0 ? byte(19) - 1U : max_places;
}

}  // namespace

std::string PacketNetwork::address_of(std::size_t place) {
  return "10.77.0." + std::to_string(place + 1);
}

Result<std::unique_ptr<PacketNetwork>> PacketNetwork::make(std::size_t places, std::uint64_t seed) {
  CHECK(places <= max_places, places);
  std::unique_ptr<PacketNetwork> network(new PacketNetwork(seed));
  for (std::size_t place = 0; place < places; ++place) TRY(network->add_place(place));
  network->thread_ = std::thread([&made = *network] { made.run(); });
  return network;
}

PacketNetwork::~PacketNetwork() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
  for (const Place& place : places_) {
    if (place.tun >= 0) ::close(place.tun);
    if (place.space >= 0) ::close(place.space);
  }
}

Result<void> PacketNetwork::add_place(std::size_t number) {
  const int home = present_space();
  Result<int> tun = Error{ErrorCode::unsupported, "no further network namespace is given", {}};
  if (number == 0 || ::unshare(CLONE_NEWNET) == 0) {
    if (number > 0) TRY(raise_loopback());
    tun = open_tun(address_of(number));
    places_.push_back({present_space(), tun.ok() ? *tun : -1});
  }
  CHECK(::setns(home, CLONE_NEWNET) == 0, errno);
  ::close(home);
  TRY(tun);
  return {};
}

PacketNetwork::Visit::Visit(const PacketNetwork& network, std::size_t place)
    : home_(present_space()) {
  CHECK(home_ >= 0 && ::setns(network.places_[place].space, CLONE_NEWNET) == 0, errno);
}

PacketNetwork::Visit::~Visit() {
  CHECK(::setns(home_, CLONE_NEWNET) == 0, errno);
  ::close(home_);
}

void PacketNetwork::set(std::size_t from, std::size_t to, const Path& path) {
  const std::lock_guard lock(mutex_);
  paths_[{from, to}] = path;
}

void PacketNetwork::set_both(std::size_t a, std::size_t b, const Path& path) {
  set(a, b, path);
  set(b, a, path);
}

void PacketNetwork::heal() {
  const std::lock_guard lock(mutex_);
  paths_.clear();
}

PacketNetwork::Counts PacketNetwork::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

// --- the thread ---------------------------------------------------------------------------------

void PacketNetwork::run() {
  std::vector<pollfd> polled;
  for (const Place& place : places_)
    polled.push_back({.fd = place.tun, .events = POLLIN, .revents = 0});
  while (true) {
    (void)::poll(polled.data(), polled.size(), look_ms);
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    for (std::size_t place = 0; place < polled.size(); ++place)
      if (polled[place].revents) take(place);
    deliver_due();
  }
}

// Every packet that waits to leave a place.
void PacketNetwork::take(std::size_t from) {
  std::array<char, max_packet_bytes> buffer;
  while (true) {
    const auto got = ::read(places_[from].tun, buffer.data(), buffer.size());
    if (got <= 0) return;
    route(from, std::string(buffer.data(), static_cast<std::size_t>(got)));
  }
}

void PacketNetwork::route(std::size_t from, std::string bytes) {
  const std::size_t to = destination(bytes);
  if (to >= places_.size() || to == from) return;
  const auto found = paths_.find({from, to});
  const Path path = found == paths_.end() ? Path{} : found->second;
  if (path.cut || chance(path.loss_percent) || waiting_.size() >= max_waiting) {
    ++counts_.lost;
    return;
  }
  const int copies = chance(path.twice_percent) ? 2 : 1;
  counts_.doubled += copies == 2;
  for (int copy = 0; copy < copies; ++copy) {
    std::int64_t late_ms = path.delay_ms;
    if (path.jitter_ms > 0)
      late_ms += static_cast<std::int64_t>(random_.next_u64() %
                                           static_cast<std::uint64_t>(path.jitter_ms));
    waiting_.emplace(Steady::now() + std::chrono::milliseconds(late_ms), Packet{to, bytes});
  }
}

void PacketNetwork::deliver_due() {
  const auto now = Steady::now();
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    const Packet& packet = waiting_.begin()->second;
    // What the kernel has no room for is lost, as on any network.
    const auto put = ::write(places_[packet.to].tun, packet.bytes.data(), packet.bytes.size());
    put > 0 ? ++counts_.carried : ++counts_.lost;
    waiting_.erase(waiting_.begin());
  }
}

}  // namespace genlock::net
