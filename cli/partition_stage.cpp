// The stage of `genlock demo partition`.
#include "cli/link.h"
#include "cli/partition_story.h"

namespace genlock::cli {
namespace {

class LoopbackStage : public Stage {
 public:
  explicit LoopbackStage(std::string folder) : folder_(std::move(folder)) {}

  Result<ServedNode> start_cloud(const std::string& name) override {
    TRY_ASSIGN(ServedNode cloud, start(Role::cloud, name, "cloud", {}));
    TRY_ASSIGN(link_, Link::open(cloud.port));
    return cloud;
  }
  Result<ServedNode> start_venue(const std::string& name) override {
    const std::string peer = "http://127.0.0.1:" + std::to_string(link_->port());
    return start(Role::lan, name, "venue", venue_arguments(peer));
  }
  void cut() override { link_->cut(); }
  void heal() override { link_->heal(); }

 private:
  Result<ServedNode> start(Role role, const std::string& name, const std::string& place,
                           std::vector<std::string> more) const {
    const std::string path = folder_ + '/' + place;
    return ServedNode::start({.program = own_program(),
                              .role = role,
                              .name = name,
                              .data = path,
                              .log = path + ".log",
                              .more = std::move(more)});
  }

  const std::string folder_;
  std::unique_ptr<Link> link_;
};

}  // namespace

std::vector<std::string> venue_arguments(const std::string& peer) {
  return {"--peer", peer, "--subscribe", "all", "--sync-interval-ms", "300"};
}

std::unique_ptr<Stage> loopback_stage(const std::string& folder) {
  return std::make_unique<LoopbackStage>(folder);
}

}  // namespace genlock::cli
