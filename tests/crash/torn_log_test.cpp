// Logs that end in zeros, in anything, or that are damaged within, as a node meets them when it is
// opened (eventlog/rocks_tails.h).
#include "catch.h"
#include "crash/disk_file_system.h"
#include "crash/trials.h"
#include "eventlog/log_tail.h"

#include <algorithm>

using namespace genlock;
using namespace genlock::crash;

namespace {

const VolatileDisk& venue() {
  static const std::unique_ptr<VolatileDisk> disk = disk_with_show("venue");
  return *disk;
}

// A node whose crew was promised what is in the first `promised` bytes of its newest log; what
// `other` wrote comes after it, and nobody was promised that.
class Torn {
 public:
  Torn() : disk_(venue()), node_(disk_, Role::lan, "venue") {
    REQUIRE(node_.open().ok());
    for (int i = 0; i < 8; ++i) REQUIRE(crew_.write(node_.client()));
    node_.write_witness();
    origin_ = node_.node().identity().origin;
    promised_ = newest(".log").bytes.size();
    // As one batch of some sectors.
    const auto written =
        node_.client().fetch({.method = "PUT",
                              .target = std::string("/api/productions/") + show_id,
                              .body = R"({"show_info_url":")" + std::string(3'000, 'n') + R"("})",
                              .headers = {}});
    INFO((written.ok() ? "" : written.error().message));
    REQUIRE(written.ok());
    node_.close();
    REQUIRE(end() - promised_ > 2'000);
    REQUIRE(end() < LogTail::block_bytes);
  }

  std::string& log() { return newest(".log").bytes; }
  std::string& manifest() { return newest("").bytes; }
  std::size_t promised() const { return promised_; }
  std::size_t end() { return log().size(); }
  CrashNode& node() { return node_; }
  OriginId origin_before() const { return origin_; }
  // RocksDB alone, without a look at the ends of its logs.
  bool rocks_opens() {
    VolatileDisk ours(disk_);
    const auto env = env_on(ours);
    RocksOptions options;
    options.env = env.get();
    return RocksStore::open(node_.data(), options).ok();
  }
  // All that was promised is there.
  Complaint opens() { return node_.open_and_check(crew_); }
  Complaint opens_in_doubt() { return node_.open_and_check(crew_, true); }
  // The reason, by name.
  std::string refused() {
    const auto opened = node_.open();
    REQUIRE_FALSE(opened.ok());
    REQUIRE(opened.error().code == ErrorCode::corruption);
    return opened.error().message;
  }

 private:
  // The file with the highest number: a log, or the manifest.
  VolatileDisk::File& newest(const std::string& extension) {
    std::vector<std::string> names;
    REQUIRE(disk_.list(node_.data().string(), names) == Failure::none);
    std::erase_if(names, [&](const std::string& name) {
      return extension.empty() ? !name.starts_with("MANIFEST-") : !name.ends_with(extension);
    });
    VolatileDisk::FilePtr file;
    REQUIRE(disk_.open(node_.data().string() + '/' + std::ranges::max(names), file) ==
            Failure::none);
    return *file;
  }

  VolatileDisk disk_;
  CrashNode node_;
  Crew crew_{1};
  std::size_t promised_ = 0;
  OriginId origin_;
};

void fill(std::string& bytes, std::size_t from, std::size_t end, char with) {
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(from),
            bytes.begin() + static_cast<std::ptrdiff_t>(end), with);
}

bool is_named(const std::string& message) {
  return message.find(".log at byte ") != std::string::npos &&
         message.find("genlock repair") != std::string::npos;
}

}  // namespace

TEST_CASE("torn log: zeros behind the last record are nothing", "[crash][torn]") {
  Torn venue;
  venue.log().append(70'000, '\0');
  REQUIRE(venue.opens() == std::nullopt);
}

TEST_CASE("torn log: a record that came only in part is cut, and the node goes on as it was",
          "[crash][torn]") {
  Torn venue;
  SECTION("its end is zeros") {
    fill(venue.log(), venue.promised() + 700, venue.end(), '\0');
    REQUIRE_FALSE(venue.rocks_opens());
  }
  SECTION("a sector in its middle is zeros") {
    const std::size_t sector = (venue.promised() + 1'023) / 512 * 512;
    fill(venue.log(), sector, sector + 512, '\0');
    REQUIRE_FALSE(venue.rocks_opens());
  }
  SECTION("its beginning is zeros") {
    fill(venue.log(), venue.promised(), venue.promised() + 600, '\0');
  }
  SECTION("it is too short") { venue.log().resize(venue.end() - 100); }
  REQUIRE(venue.opens() == std::nullopt);
  REQUIRE_FALSE(venue.node().node().renewed());
  REQUIRE(venue.node().node().identity().origin == venue.origin_before());
  REQUIRE(venue.opens() == std::nullopt);
}

TEST_CASE("torn log: where nothing says that it was never written, a new origin begins",
          "[crash][torn]") {
  Torn venue;
  SECTION("other bytes stand there") {
    fill(venue.log(), venue.promised() + 700, venue.end(), '\x5a');
  }
  SECTION("one bit of it is another one") { venue.log()[venue.promised() + 700] ^= 1; }
  const std::string cut = venue.log().substr(venue.promised());
  REQUIRE_FALSE(venue.rocks_opens());
  REQUIRE(venue.opens_in_doubt() == std::nullopt);
  REQUIRE(venue.node().node().renewed()->reason == NoticeKind::lost_tail);
  REQUIRE(std::filesystem::file_size(venue.node().data() / "TORN.kept") == cut.size());
  REQUIRE(venue.opens() == std::nullopt);
  REQUIRE_FALSE(venue.node().node().renewed());
}

TEST_CASE("torn log: what the witness knows is missed, and the directory refused by name",
          "[crash][torn]") {
  Torn venue;
  fill(venue.log(), venue.promised() - 100, venue.end(), '\0');
  const std::string message = venue.refused();
  INFO(message);
  REQUIRE(is_named(message));
  REQUIRE(message.find("acknowledged are missing") != std::string::npos);
}

TEST_CASE("torn log: no flipped bit in what was acknowledged goes unnoticed", "[crash][torn]") {
  Torn venue;
  for (std::size_t place = 0; place < venue.promised(); place += 101) {
    char& byte = venue.log()[place];
    const char was = std::exchange(byte, static_cast<char>(byte ^ 1 << place % 8));
    const std::string message = venue.refused();
    INFO("byte " << place << ": " << message);
    REQUIRE(is_named(message));
    byte = was;
  }
  REQUIRE(venue.opens() == std::nullopt);
}

TEST_CASE("torn log: zeros over a record before others are refused, past which RocksDB reads",
          "[crash][torn]") {
  Torn venue;
  LogTail before;
  before.add(std::string_view(venue.log()).substr(0, venue.promised() / 2));
  const std::size_t record = before.whole_bytes();
  fill(venue.log(), record, record + 64, '\0');
  REQUIRE(venue.rocks_opens());
  const std::string message = venue.refused();
  INFO(message);
  REQUIRE(is_named(message));
}

TEST_CASE("torn log: a manifest that ends in what was never written is cut", "[crash][torn]") {
  Torn venue;
  const std::string entry = venue.manifest().substr(0, 40);
  SECTION("alone") { venue.manifest() += entry + std::string(700, '\0'); }
  SECTION("with an entry behind it that came whole") {
    LogTail first;
    first.add(venue.manifest());
    const std::string all = venue.manifest();
    venue.manifest() += entry + std::string(1'000, '\0') + all.substr(0, first.whole_bytes());
  }
  REQUIRE_FALSE(venue.rocks_opens());
  REQUIRE(venue.opens() == std::nullopt);
  REQUIRE_FALSE(venue.node().node().renewed());
}
