// A bundle from a USB stick. input = kind bytes: a file as it is; with an odd kind parts (fuzz.h),
// each the payload of a frame still to be sealed, so that checksums do not end every try. A node
// takes what fits: again it takes nothing, and of a whole one it takes the same part by part.
#include "fuzz/fuzz.h"
#include "replication/bundle.h"
#include "replication/frame.h"
#include "simulation/sim_node.h"

using namespace genlock;

namespace {

// A node that nobody has written to.
class Taker {
 public:
  Result<replication::BundleReport> take(std::string_view file) {
    return replication::read_bundle(node_.engine(), node_.ports().committer, node_.store,
                                    reading(file));
  }
  static replication::ReadBytes reading(std::string_view file) {
    return [file](std::size_t size) mutable -> Result<std::string> {
      std::string piece(file.substr(0, size));
      file.remove_prefix(piece.size());
      return piece;
    };
  }
  std::uint64_t events() const { return number(node_.log().last_position(node_.store).value()); }

 private:
  static Identity cloud() {
    Identity identity;
    identity.node.uuid.bytes[0] = 0xaa;
    identity.origin.uuid.bytes[0] = 0xbb;
    identity.role = Role::cloud;
    return identity;
  }

  std::int64_t now_ms_ = 0;
  simulation::SimNode node_{cloud(), now_ms_, 1};
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(fuzz::as_text(data, size));
  const bool has_parts = input.byte() % 2 == 1;
  std::string file;
  if (!has_parts) file = input.rest();
  while (has_parts && !input.empty()) file += replication::seal(std::string(input.part()));

  Taker whole, in_parts;
  const std::uint64_t before = whole.events();
  const auto first = whole.take(file);
  if (!first.ok()) {
    CHECK(!first.error().message.empty());
    return 0;
  }
  const std::uint64_t after = whole.events();
  CHECK(after == before + first->stored(), before, after);
  const auto again = whole.take(file);
  CHECK(again.ok() && again->stored() == 0 && whole.events() == after);
  if (!first->complete()) return 0;
  (void)replication::split_bundle(Taker::reading(file), 1, [&](const std::string& part) {
    CHECK(in_parts.take(part).ok());
    return Result<void>();
  });
  CHECK(in_parts.events() == after, in_parts.events(), after);
  return 0;
}
