// A drawn story of real nodes and bad networks: crews work at all of them, trouble comes and goes,
// and once all is well again every node has the same events and rows, and every acknowledged write
// once.
#pragma once

#include "cli/served_node.h"
#include "crash/crew.h"
#include "support/seeded_random.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace genlock::net {

using crash::Complaint;
// How often what happened.
using Tally = std::map<std::string, std::uint64_t>;

struct Actor {
  cli::ServedNode served;
  std::filesystem::path data;
};

// Where it is played. The first node is the office, the others sync with it.
class Network {
 public:
  virtual ~Network() = default;
  virtual std::vector<Actor>& actors() = 0;
  // Draws a trouble, or an end of one; what it was, in few words.
  virtual std::string disturb(SeededRandom& random) = 0;
  // All is well from here on; nobody is left waiting for what never comes.
  virtual void heal() = 0;
};

// An office and two venues, on loopback, with a TcpProxy in each line.
Result<std::unique_ptr<Network>> bad_lines(const std::string& program,
                                           const std::filesystem::path& folder);
// The same with a third venue, in network namespaces; one venue syncs with another one, too.
// REQUIRES: enter_namespaces(). ERRORS: also unsupported.
Result<std::unique_ptr<Network>> bad_packets(const std::string& program,
                                             const std::filesystem::path& folder,
                                             std::uint64_t seed);

// Ends the nodes. From one seed; when what happens within the nodes is the machine's to say.
Complaint play(Network& network, std::uint64_t seed, Tally& tally);

}  // namespace genlock::net
