// What Ben and Ana do while the link is cut.
#include "cli/api_client.h"
#include "cli/partition_story.h"
#include "transfer/json_print.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

namespace genlock::cli {
namespace {

Json text_column(const char* column, const std::string& text) {
  return json_object({{column, json_text(text)}});
}

Json format(std::int64_t h_res, std::int64_t v_res) {
  return json_object({{"h_res", json_number(h_res)}, {"v_res", json_number(v_res)}});
}

// The router's cards as somebody sees them who puts one more into slot 2.
Json one_more_card(const std::string& id) {
  auto card = [](const std::string& name, std::int64_t slot) {
    return json_object({{"id", json_text(id_of(name))}, {"slot_number", json_number(slot)}});
  };
  return json_object({{"cards", json_array({card("card 1", 1), card(id, 2)})}});
}

// Edits of one row from both sides.
Result<void> edit_the_same_rows(Editor& ben, Editor& ana) {
  TRY(ben.change(source_path(two_columns), text_column("name", "JIB WIDE")));
  TRY(ana.change(source_path(two_columns), text_column("note", "on the jib")));
  TRY(ben.change(source_path(office_format), format(3840, 2160)));
  TRY(ana.change(source_path(office_format), format(2560, 1440)));
  TRY(ben.change(source_path(plain_name), text_column("name", "BEAUTY")));
  // Both may fit into one millisecond, and then neither is the later one.
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  TRY(ana.change(source_path(plain_name), text_column("name", "HANDHELD")));
  TRY(ben.change(source_path(venue_format), format(4096, 2160)));
  TRY(ana.change(source_path(venue_format), format(1280, 720)));
  return {};
}

Result<void> delete_and_edit(Editor& ben, Editor& ana) {
  TRY(ben.remove(source_path(deleted_source)));
  TRY(ana.change(source_path(deleted_source), text_column("note", "we use this one")));
  std::string show = "/api/productions/" + id_of(rehearsal);
  TRY(ben.remove(show));
  TRY(ana.create(show + "/sources", json_object({{"id", json_text(id_of("late source"))},
                                                 {"production_id", json_text(id_of(rehearsal))},
                                                 {"type", json_text("LAPTOP")},
                                                 {"name", json_text("LATE LAPTOP")}})));
  return {};
}

Result<void> take_one_slot_twice(Editor& ben, Editor& ana) {
  std::string router = "/api/equipment/" + id_of("router");
  TRY(ben.change(router, one_more_card("card of Ben")));
  TRY(ana.change(router, one_more_card("card of Ana")));
  return {};
}

Result<void> edit_under_a_lock(Editor& ben, Editor& ana) {
  TRY(ana.post("/api/productions/" + id_of(keynote) + "/lock",
               json_object({{"reason", json_text("show day")}})));
  std::string source = "/api/sources/" + id_of(std::string(keynote) + "SRC 1");
  TRY(ana.change(source, text_column("name", "STAGE LEFT")));
  TRY(ben.change(source, text_column("name", "STAGE RIGHT")));
  return {};
}

// The rest of the forty: rows that only one of them touches.
Result<void> edit_different_rows(Editor& ben, Editor& ana) {
  for (int i = 1; ben.edit_count() < edits_per_side; ++i)
    TRY(ben.change(source_path(i), text_column("note", fmt::format("office {}", i))));
  for (int i = 1; ana.edit_count() < edits_per_side; ++i)
    TRY(ana.change(send_path(i), text_column("note", fmt::format("venue {}", i))));
  return {};
}

}  // namespace

Result<void> cut_and_edit(Scene& scene) {
  Teller& teller = scene.teller;
  teller.chapter("The link is cut");
  scene.stage.cut();
  Editor &ben = *scene.ben, &ana = *scene.ana;
  ben.forget_edits();
  ana.forget_edits();
  TRY(edit_the_same_rows(ben, ana));
  TRY(delete_and_edit(ben, ana));
  TRY(take_one_slot_twice(ben, ana));
  TRY(edit_under_a_lock(ben, ana));
  TRY(edit_different_rows(ben, ana));
  teller.claim(fmt::format("{} edits in the office, {} at the venue, all acknowledged at once",
                           ben.edit_count(), ana.edit_count()),
               ben.edit_count() == edits_per_side && ana.edit_count() == edits_per_side);
  TRY_ASSIGN(Json status, ana.client().get("/api/sync/status"));
  std::int64_t queued = at(status, "queue.events").integer;
  // The lock is an event too.
  teller.claim(fmt::format("the venue's node keeps them for the cloud: {} events wait", queued),
               queued == static_cast<std::int64_t>(edits_per_side) + 1,
               dump(member(status, "queue")));
  TRY_ASSIGN(auto cloud, stream_digests(*scene.cloud.client));
  TRY_ASSIGN(auto venue, stream_digests(*scene.venue.client));
  teller.claim("the nodes have drifted apart", cloud[id_of(gala)] != venue[id_of(gala)]);
  return {};
}

}  // namespace genlock::cli
