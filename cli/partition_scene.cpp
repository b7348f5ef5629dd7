// The scene: people, rows; healing.
#include "cli/api_client.h"
#include "cli/partition_story.h"
#include "transfer/json_print.h"

#include <fmt/format.h>

namespace genlock::cli {
namespace {

constexpr std::chrono::seconds patience{20};

Json source_row(const std::string& name, const std::string& show) {
  return json_object({{"id", json_text(id_of(show + name))},
                      {"production_id", json_text(id_of(show))},
                      {"type", json_text("CAM")},
                      {"name", json_text(name)},
                      {"h_res", json_number(1920)},
                      {"v_res", json_number(1080)},
                      {"rate", json_number(50)}});
}

Result<void> make_show(Editor& ben, const std::string& show, std::size_t rows) {
  TRY(ben.create("/api/productions", json_object({{"id", json_text(id_of(show))},
                                                  {"client", json_text("Acme")},
                                                  {"show_name", json_text(show)}})));
  std::string one = "/api/productions/" + id_of(show);
  for (std::size_t i = 1; i <= rows; ++i) {
    TRY(ben.create(one + "/sources", source_row(fmt::format("SRC {}", i), show)));
    if (show != gala) continue;
    std::string name = fmt::format("SEND {}", i);
    TRY(ben.create(one + "/sends", json_object({{"id", json_text(id_of(show + name))},
                                                {"production_id", json_text(id_of(show))},
                                                {"type", json_text("SCREEN")},
                                                {"name", json_text(name)}})));
  }
  return {};
}

Result<void> make_rows(Editor& ben) {
  TRY(make_show(ben, gala, row_count));
  TRY(make_show(ben, rehearsal, 1));
  TRY(make_show(ben, keynote, 2));
  Json card = json_object(
      {{"id", json_text(id_of("card 1"))}, {"slot_number", json_number(1)}, {"io", json_array()}});
  TRY(ben.create("/api/equipment", json_object({{"id", json_text(id_of("router"))},
                                                {"category", json_text("router")},
                                                {"manufacturer", json_text("Acme")},
                                                {"model", json_text("Frame 8")},
                                                {"io_architecture", json_text("card-based")},
                                                {"card_slots", json_number(8)},
                                                {"cards", json_array({card})}})));
  return {};
}

// Both nodes have the same events and the same rows in all streams that both have.
Result<bool> in_step(Scene& scene) {
  TRY_ASSIGN(auto cloud, stream_digests(*scene.cloud.client));
  TRY_ASSIGN(auto venue, stream_digests(*scene.venue.client));
  return cloud == venue;
}

}  // namespace

const char* const gala = "Gala";
const char* const rehearsal = "Rehearsal";
const char* const keynote = "Keynote";

std::string id_of(const std::string& name) {
  static const Uuid space = *Uuid::parse("c3c8d4be-0b0e-4d61-8a55-0b4f64a0c2d9");
  return Uuid::make_v5(space, name).to_string();
}

std::string source_path(int number) {
  return "/api/sources/" + id_of(fmt::format("{}SRC {}", gala, number));
}

std::string send_path(int number) {
  return "/api/sends/" + id_of(fmt::format("{}SEND {}", gala, number));
}

std::vector<Header> Editor::headers() const {
  return {{"Genlock-User", percent_encoded(user_)}, {"Genlock-Device", percent_encoded(device_)}};
}

Result<Json> Editor::edit(const std::string& method, const std::string& target, const Json& body) {
  ++edits_;
  Result<Json> row = client_.fetch({method, target, dump(body), headers()});
  if (!row.ok()) return std::move(row).error().in(user_ + ": " + method + ' ' + target);
  return row;
}

Result<Json> Editor::remove(const std::string& one) {
  ++edits_;
  return client_.fetch({"DELETE", one, "", headers()});
}

Result<Json> Editor::post(const std::string& target, const Json& body, std::vector<Header> more) {
  for (Header& header : headers()) more.push_back(std::move(header));
  return client_.fetch({"POST", target, dump(body), std::move(more)});
}

Result<std::unique_ptr<Scene>> set_scene(Stage& stage, Teller& teller) {
  teller.chapter("Two nodes, and a link between them");
  auto scene = std::unique_ptr<Scene>(new Scene{stage, teller, {}, {}, {}, {}});
  TRY_ASSIGN(scene->cloud, stage.start_cloud("Cloud"));
  TRY_ASSIGN(scene->venue, stage.start_venue("Truck 2"));
  scene->ben = std::make_unique<Editor>(*scene->cloud.client, "Ben", "office laptop");
  scene->ana = std::make_unique<Editor>(*scene->venue.client, "Ana", "FOH tablet");
  teller.tell(fmt::format("  Cloud    {}   Ben plans here, in the office", scene->cloud.url));
  teller.tell(fmt::format("  Truck 2  {}   Ana works here, at the venue", scene->venue.url));
  TRY(make_rows(*scene->ben));
  TRY(wait_until("the first sync", patience, [&] { return in_step(*scene); }));
  teller.claim("what Ben planned is at the venue: three shows, one router, equal digests", true);
  return scene;
}

Result<void> heal(Scene& scene) {
  scene.teller.chapter("The link is back");
  scene.stage.heal();
  TRY(scene.ana->post("/api/sync/now", json_object()));
  Result<void> synced = wait_until("sync", patience, [&] { return in_step(scene); });
  TRY_ASSIGN(auto cloud, stream_digests(*scene.cloud.client));
  TRY_ASSIGN(auto venue, stream_digests(*scene.venue.client));
  scene.teller.claim("both nodes have the same events and the same rows: equal digests",
                     synced.ok() && cloud == venue);
  return {};
}

Result<bool> tell_partition_story(Stage& stage, Teller& teller) {
  TRY_ASSIGN(std::unique_ptr<Scene> scene, set_scene(stage, teller));
  TRY(cut_and_edit(*scene));
  TRY(heal(*scene));
  TRY(check_merged(*scene));
  TRY(check_flagged(*scene));
  TRY(decide(*scene));
  teller.chapter("The end");
  TRY_ASSIGN(int venue, scene->venue.stop());
  TRY_ASSIGN(int cloud, scene->cloud.stop());
  teller.claim("both nodes stopped cleanly", venue == 0 && cloud == 0);
  return teller.all_hold();
}

}  // namespace genlock::cli
