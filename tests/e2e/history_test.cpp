// A directory whose log was compacted, for those who audit it: with its history files it tells all
// that it told before.
#include "cli/compactor.h"
#include "engine/compaction.h"
#include "nodes.h"
#include "support/places.h"
#include "transfer/json_print.h"

#include <filesystem>
#include <fstream>
#include <regex>

using namespace genlock;
using namespace genlock::cli;

namespace {

namespace fs = std::filesystem;

constexpr int edit_count = 40;

Nodes::Ran run(const std::vector<std::string>& arguments) {
  const Nodes::Ran ran = Nodes::run(arguments);
  INFO(ran.output);
  REQUIRE(ran.status == 0);
  return ran;
}

std::string history_of_show(const ServedNode& node) {
  const auto items = node.client->list(
      std::string("/api/productions/") + small_show + "/history?limit=1000", SIZE_MAX);
  REQUIRE(items.ok());
  return dump(json_array(*items));
}

// Their names do not come with an archive.
std::string without_nodes(const std::string& history) {
  return std::regex_replace(history, std::regex(R"("node":\{[^}]*\})"), "");
}

// What `compact_every` does, at once. Returns how many events went.
std::uint64_t compact(const fs::path& data, const HistoryFiles& history) {
  NodeOptions options;
  options.data = data;
  options.role = Role::cloud;
  const auto node = Node::open(options).value();
  const StreamId stream = StreamId::parse(small_show).value();
  const VersionVector all = node->log().head(node->store(), stream).value().vector();
  return compact_stream(node->store(), node->log(), node->writer(), stream, all, {},
                        [&](StreamId of, const std::vector<DroppedEvent>& events) {
                          return history.keep(of, events);
                        })
      .value();
}

// A show with edits that compaction will drop, in a directory that nobody serves any more.
struct Audited {
  Audited() {
    ServedNode node = nodes.start(Role::cloud, "cloud");
    run({"import", "--url", node.url, test_data("show-small.json")});
    for (int n = 0; n < edit_count; ++n)
      REQUIRE(node.client
                  ->fetch({.method = "PUT",
                           .target = std::string("/api/productions/") + small_show,
                           .body = R"({"client": "Client )" + std::to_string(n) + R"("})"})
                  .ok());
    history = history_of_show(node);
    REQUIRE(node.stop().value() == 0);
  }

  Nodes::Ran look(const std::string& command, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{command, "--data", data.string()};
    if (command != "verify") arguments.insert(arguments.end(), {"--production", small_show});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Nodes::run(arguments);
  }

  Nodes nodes;
  fs::path data = nodes.data_of("cloud");
  fs::path folder = default_history_directory(data);
  std::string history;
};

}  // namespace

TEST_CASE("audits of a compacted directory tell what they told before", "[e2e][history]") {
  Audited show;
  const std::string log = show.look("log").output, replay = show.look("replay").output;
  const std::string event = "Client 7\" -> \"Client 8\"";
  REQUIRE(replay.find(event) != std::string::npos);

  REQUIRE(compact(show.data, HistoryFiles(show.folder)) >= edit_count - 1);
  REQUIRE(show.look("log").output == log);
  REQUIRE(show.look("replay").output == replay);
  const Nodes::Ran verified = show.look("verify");
  INFO(verified.output);
  REQUIRE(verified.status == 0);
  REQUIRE(verified.output.find(std::string(small_show) + " was compacted until 20") !=
          std::string::npos);
  REQUIRE(verified.output.find("all in its history files") != std::string::npos);

  // A node that serves it, too.
  ServedNode node = show.nodes.start(Role::cloud, "cloud");
  REQUIRE(history_of_show(node) == show.history);
  const Nodes::Ran itself = run({"verify", "--url", node.url});
  REQUIRE(itself.output.find("all in its history files") != std::string::npos);
  REQUIRE(node.stop().value() == 0);

  // The files are elsewhere.
  const fs::path elsewhere = show.nodes.path("elsewhere");
  fs::rename(show.folder, elsewhere);
  REQUIRE(show.look("replay", {"--history-dir", elsewhere.string()}).output == replay);
}

TEST_CASE("archives and bundles of a compacted show bring all of it", "[e2e][history]") {
  Audited show;
  const std::string archive = show.nodes.path("gala.json"), bundle = show.nodes.path("gala"),
                    replay = show.look("replay").output;
  compact(show.data, HistoryFiles(show.folder));
  const auto write = [&](const std::vector<std::string>& where, const std::string& ending) {
    std::vector<std::string> out{"export", "--production", small_show, "--history"},
        stick{"bundle", "export", "--production", small_show};
    out.insert(out.end(), where.begin(), where.end());
    stick.insert(stick.end(), where.begin(), where.end());
    out.insert(out.end(), {"--to", archive + ending});
    stick.insert(stick.end(), {"--to", bundle + ending});
    return std::pair(Nodes::run(out), Nodes::run(stick));
  };
  const auto wrote = [&](const std::vector<std::string>& where, const std::string& ending) {
    const auto [out, stick] = write(where, ending);
    INFO(out.output << stick.output);
    REQUIRE(out.status == 0);
    REQUIRE(stick.status == 0);
  };
  wrote({"--data", show.data.string()}, ".directory");
  ServedNode node = show.nodes.start(Role::cloud, "cloud");
  wrote({"--url", node.url}, ".url");

  int count = 0;
  for (const std::string& file : {archive + ".directory", archive + ".url"}) {
    ServedNode empty = show.nodes.start(Role::cloud, "archive" + std::to_string(++count));
    run({"import", "--url", empty.url, file});
    REQUIRE(without_nodes(history_of_show(empty)) == without_nodes(show.history));
  }
  for (const std::string& file : {bundle + ".directory", bundle + ".url"}) {
    ServedNode empty = show.nodes.start(Role::cloud, "bundle" + std::to_string(++count));
    run({"bundle", "import", file, "--url", empty.url});
    REQUIRE(history_of_show(empty) == show.history);
  }

  // Without the files neither is begun, and what was written before stays.
  fs::rename(show.folder, show.nodes.path("elsewhere"));
  for (const std::vector<std::string>& where :
       {std::vector<std::string>{"--data", show.data.string()}, {"--url", node.url}}) {
    const auto [out, stick] = write(where, ".url");
    for (const Nodes::Ran& ran : {out, stick}) {
      INFO(ran.output);
      REQUIRE(ran.status != 0);
      REQUIRE(ran.output.find("is in no history file of this node") != std::string::npos);
    }
  }
  REQUIRE(fs::file_size(archive + ".url") == fs::file_size(archive + ".directory"));
}

TEST_CASE("what lacks of a compacted history is said, and what is damaged is found",
          "[e2e][history]") {
  Audited show;
  const std::string replay = show.look("replay").output;
  compact(show.data, HistoryFiles(show.folder));
  const fs::path file = fs::directory_iterator(show.folder)->path();
  const auto size = fs::file_size(file);
  fs::resize_file(file, size - 1);
  const Nodes::Ran damaged = show.look("verify");
  INFO(damaged.output);
  REQUIRE(damaged.status == 1);
  REQUIRE(damaged.output.find("history WRONG: history file " + file.filename().string()) !=
          std::string::npos);
  REQUIRE(show.look("replay").status == 1);
  REQUIRE(show.look("log").status != 0);

  fs::remove(file);
  const Nodes::Ran lacking = show.look("verify");
  INFO(lacking.output);
  REQUIRE(lacking.status == 0);
  REQUIRE(lacking.output.find("not all in history files") != std::string::npos);
  const Nodes::Ran rest = show.look("replay");
  INFO(rest.output);
  REQUIRE(rest.status == 0);
  REQUIRE(rest.output.find("the beginning is not shown") != std::string::npos);
  const auto digest = [](const std::string& text) { return text.substr(text.rfind("digest ")); };
  REQUIRE(digest(rest.output) == digest(replay));
  REQUIRE(show.look("replay", {"--until", "2020-01-01T00:00:00Z"}).status == 2);
}
