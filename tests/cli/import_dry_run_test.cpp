// A dry run says what the run then does: of files drawn from few ids, so that they are taken here,
// elsewhere, twice in a file, or by rows that were deleted.
#include "local_node.h"
#include "support/seeded_random.h"
#include "transfer/json_print.h"

using namespace genlock;
using namespace genlock::cli;

namespace {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t count) { return random_.next_u64() % count; }
  bool one_in(std::uint64_t count) { return below(count) == 0; }

  Json id(char kind, std::uint64_t count) {
    std::string text = "00000000-0000-4000-8000-000000000000";
    text[0] = kind;
    text.back() = static_cast<char>('1' + below(count));
    return json_text(text);
  }
  Json word(std::initializer_list<const char*> words) {
    return json_text(*(words.begin() + below(words.size())));
  }

  Json output() {
    Json made = json_object({{"connector", word({"SDI", "HDMI", ""})}});
    if (!one_in(4)) made.members.emplace_back("id", id('d', 8));
    if (one_in(3)) made.members.emplace_back("output_index", number(below(4)));
    return made;
  }
  Json source() {
    Json made = json_object({{"type", word({"CAM", "LAPTOP"})}, {"name", word({"A", "B", "C"})}});
    if (!one_in(5)) made.members.emplace_back("id", id('c', 6));
    if (one_in(4)) made.members.emplace_back("h_res", number(below(3) * 1920));
    Json outputs = json_array();
    for (auto n = below(3); n > 0; --n) outputs.items.push_back(output());
    if (!one_in(3)) made.members.emplace_back("outputs", std::move(outputs));
    return made;
  }
  Json connection() {
    Json made = json_object({{"note", word({"x", "y"})}});
    if (one_in(2)) made.members.emplace_back("id", id('e', 4));
    if (one_in(2)) made.members.emplace_back("source_id", id('c', 7));
    if (one_in(3)) made.members.emplace_back("source_output_id", id('d', 9));
    return made;
  }
  Json card() {
    Json made = json_object({{"slot_number", number(below(3))}});
    if (one_in(2)) made.members.emplace_back("id", id('a', 4));
    return made;
  }
  Json device() {
    Json made = json_object({{"category", json_text("ccu")},
                             {"manufacturer", word({"Sony", "Grass Valley"})},
                             {"model", word({"A", "B"})},
                             {"cards", json_array({card(), card()})}});
    if (one_in(2)) made.members.emplace_back("id", id('b', 3));
    return made;
  }
  std::string file() {
    if (one_in(4)) return dump(json_object({{"equipment", json_array({device(), device()})}}));
    Json sources = json_array(), connections = json_array();
    for (auto n = 1 + below(4); n > 0; --n) sources.items.push_back(source());
    for (auto n = below(3); n > 0; --n) connections.items.push_back(connection());
    return dump(json_object({{"production", json_object({{"id", id('f', 3)},
                                                         {"client", word({"Acme", ""})},
                                                         {"show_name", word({"Gala", "Expo"})}})},
                             {"sources", std::move(sources)},
                             {"connections", std::move(connections)}}));
  }

 private:
  static Json number(std::uint64_t n) { return json_number(static_cast<std::int64_t>(n)); }

  SeededRandom random_;
};

std::string told(ApiClient& client, const ImportFile& file, const ImportOptions& options) {
  auto report = import_files(client, {file}, options);
  INFO((report.ok() ? "" : report.error().message));
  REQUIRE(report.ok());
  report->dry_run = false;
  return pretty(to_json(*report));
}

}  // namespace

TEST_CASE("a dry run and the run that follows report the same", "[cli][laws]") {
  Draw draw(20261123);
  LocalNode node;
  std::size_t refused = 0;
  for (int i = 0; i < 120; ++i) {
    const std::string text = draw.file();
    INFO(text);
    const auto file = parse_import_file("inline", text);
    REQUIRE(file.ok());
    const ImportOptions options{.update = draw.one_in(3)};
    ImportOptions dry = options;
    dry.dry_run = true;
    const Position before = *node.node().log().last_position(node.node().store());
    const std::string expected = told(*rehearsal_of(node.node()), *file, dry);
    REQUIRE(*node.node().log().last_position(node.node().store()) == before);
    const std::string really = told(node.client(), *file, options);
    REQUIRE(expected == really);
    refused += really.find("of another parent") != std::string::npos ||
               really.find("of another production") != std::string::npos;
    if (draw.one_in(6))
      (void)node.client().fetch({"DELETE", "/api/sources/" + draw.id('c', 6).text, "", {}});
  }
  REQUIRE(refused > 5);  // else the draw is too tame
}

TEST_CASE("a dry run sees that an output's id belongs to another show", "[cli]") {
  LocalNode node;
  const auto show = [](const char* production, const char* source) {
    return std::string(R"({"production":{"id":")") + production +
           R"(","client":"Acme","show_name":"Gala"},"sources":[{"id":")" + source +
           R"(","type":"CAM","name":"A","outputs":[{"connector":"SDI","id":"d0000000-0000-4000-8000-000000000001"}]}]})";
  };
  node.take({show("f0000000-0000-4000-8000-000000000001", "c0000000-0000-4000-8000-000000000001")});
  const auto other = parse_import_file("inline", show("f0000000-0000-4000-8000-000000000002",
                                                      "c0000000-0000-4000-8000-000000000002"));
  const auto rehearsal = rehearsal_of(node.node());
  const auto dry = import_files(*rehearsal, {*other}, {.dry_run = true});
  REQUIRE(dry.ok());
  REQUIRE(dry->left_out.size() == 1);
  REQUIRE(dry->left_out[0].reason.find("/outputs/0/id") != std::string::npos);
  REQUIRE(node.client().list("/api/productions")->size() == 1);
}
