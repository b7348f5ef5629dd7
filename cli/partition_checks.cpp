// What came of it: looked up on both nodes, after the link was healed.
#include "cli/api_client.h"
#include "cli/partition_story.h"
#include "transfer/json_print.h"

#include <fmt/format.h>

namespace genlock::cli {
namespace {

constexpr std::chrono::seconds patience{20};

// A row, or what else was answered.
Json look(Editor& editor, const std::string& one) {
  Result<Json> row = editor.client().get(one);
  return row.ok() ? *std::move(row) : json_text(row.error().message);
}

Json conflict_of(Editor& editor, const std::string& filter) {
  Result<std::vector<Json>> found = editor.client().list("/api/sync/conflicts?" + filter);
  if (!found.ok()) return json_text(found.error().message);
  return found->empty() ? Json{} : found->front();
}

// Does `holds` say yes of what both nodes answer? Keeps the last answer that it denied.
class OnBoth {
 public:
  explicit OnBoth(Scene& scene) : scene_(scene) {}

  template <class Look, class Holds>
  bool check(Look look_at, Holds holds) {
    for (Editor* editor : {scene_.ben.get(), scene_.ana.get()}) {
      Json answer = look_at(*editor);
      if (holds(answer)) continue;
      seen_ = editor->user() + " sees " + dump(answer).substr(0, 600);
      return false;
    }
    return true;
  }
  template <class Holds>
  bool row(const std::string& one, Holds holds) {
    return check([&](Editor& editor) { return look(editor, one); }, holds);
  }
  template <class Holds>
  bool conflict(const std::string& filter, Holds holds) {
    return check([&](Editor& editor) { return conflict_of(editor, filter); }, holds);
  }
  const std::string& seen() const { return seen_; }

 private:
  Scene& scene_;
  std::string seen_;
};

std::string of_record(const std::string& one, const std::string& more) {
  return "record_id=eq." + one.substr(one.rfind('/') + 1) + more;
}

bool is_pending(const Json& conflict, std::string_view kind) {
  return text_of(conflict, "kind") == kind && text_of(conflict, "resolution") == "pending";
}

bool has_side(const Json& conflict, std::string_view column, const Json& value) {
  for (const Json& side : member(conflict, "sides").items)
    if (dump(at(side, "value." + std::string(column))) == dump(value)) return true;
  return false;
}

// The first of each list are Ben's sources and Ana's sends; the rest of their forty edits was
// elsewhere.
void check_different_rows(Scene& scene, OnBoth& both) {
  int standing = 0;
  auto stands = [&](const std::string& one, const std::string& note) {
    standing += both.row(one, [&](const Json& row) { return text_of(row, "note") == note; });
  };
  for (int i = 1; i < two_columns; ++i) {
    stands(source_path(i), fmt::format("office {}", i));
    stands(send_path(i), fmt::format("venue {}", i));
  }
  scene.teller.claim(
      fmt::format("different rows: all {} edits stand, no questions asked", standing),
      standing == 2 * (two_columns - 1), both.seen());
}

}  // namespace

Result<void> check_merged(Scene& scene) {
  Teller& teller = scene.teller;
  teller.chapter("What merged by itself");
  OnBoth both(scene);
  check_different_rows(scene, both);
  bool holds = both.row(source_path(two_columns), [](const Json& row) {
    return text_of(row, "name") == "JIB WIDE" && text_of(row, "note") == "on the jib" &&
           at(row, "_meta.conflicts").integer == 0;
  });
  teller.claim("one row, different columns: Ben's new name and Ana's note are both there", holds,
               both.seen());
  holds = both.row(source_path(plain_name),
                   [](const Json& row) { return text_of(row, "name") == "HANDHELD"; });
  teller.claim("the same plain field: the later name shows, HANDHELD", holds, both.seen());
  holds = both.conflict(of_record(source_path(plain_name), "&resolution=neq.pending"),
                        [](const Json& c) { return has_side(c, "name", json_text("BEAUTY")); });
  teller.claim("... and BEAUTY is not lost: it stands in sync_conflicts, decided", holds,
               both.seen());
  return {};
}

Result<void> check_flagged(Scene& scene) {
  Teller& teller = scene.teller;
  teller.chapter("What waits for somebody to decide");
  OnBoth both(scene);
  for (int source : {office_format, venue_format}) {
    bool holds = both.conflict(of_record(source_path(source), ""), [&](const Json& c) {
      std::int64_t office = source == office_format ? 3840 : 4096,
                   venue = source == office_format ? 2560 : 1280;
      return is_pending(c, "field") && has_side(c, "h_res", json_number(office)) &&
             has_side(c, "h_res", json_number(venue));
    });
    teller.claim(fmt::format("SRC {}: two video formats; a wrong one means a black screen, so both "
                             "are kept and flagged",
                             source),
                 holds, both.seen());
  }
  bool holds = both.conflict(of_record(source_path(deleted_source), ""), [](const Json& c) {
    return is_pending(c, "life");
  }) && both.row(source_path(deleted_source), [](const Json& row) {
    return text_of(row, "note") == "we use this one";
  });
  teller.claim(fmt::format("SRC {}: Ben deleted it, Ana edited it: it stays until somebody decides",
                           deleted_source),
               holds, both.seen());
  holds = both.conflict("kind=eq.unique", [](const Json& c) {
    return is_pending(c, "unique") && member(c, "sides").items.size() == 2 &&
           at(c, "proposed.slot_number").integer > 0;
  });
  teller.claim(
      "slot 2 of the router was filled twice: both cards are kept, a free slot is proposed", holds,
      both.seen());
  std::string show = "/api/productions/" + id_of(rehearsal);
  holds = both.conflict(of_record(show, ""), [](const Json& c) { return is_pending(c, "life"); }) &&
          both.row("/api/sources/" + id_of("late source"),
                   [](const Json& row) { return text_of(row, "name") == "LATE LAPTOP"; });
  teller.claim(
      "Ben deleted the Rehearsal, Ana added a source to it: the show stays, with a question", holds,
      both.seen());
  std::string locked = "/api/sources/" + id_of(std::string(keynote) + "SRC 1");
  holds = both.conflict(of_record(locked, ""), [](const Json& c) {
    return is_pending(c, "lock") && has_side(c, "name", json_text("STAGE RIGHT"));
  }) && both.row(locked, [](const Json& row) { return text_of(row, "name") == "STAGE LEFT"; });
  teller.claim("Ana had locked the Keynote: what she wrote shows, Ben's edit is held off and kept",
               holds, both.seen());
  TRY_ASSIGN(ApiAnswer refused,
             scene.ben->client().send({"PUT", locked, R"({"name":"STAGE MIDDLE"})", {}}));
  teller.claim("from now on the cloud answers 423 to edits of the Keynote, and says who locked it",
               refused.status == 423, refused.body);
  return {};
}

namespace {

// Decides a conflict at one node and looks at the outcome on both.
Result<void> decide_one(Scene& scene, Editor& who, int source, const std::string& winner,
                        std::int64_t h_res) {
  Json conflict = conflict_of(who, of_record(source_path(source), ""));
  std::string target = "/api/sync/conflicts/" + text_of(conflict, "id") + "/resolve";
  Result<Json> answer = who.post(target, json_object({{"resolution", json_text(winner)}}),
                                 {{"If-Match", at(conflict, "_meta.etag").text}});
  OnBoth both(scene);
  bool holds = answer.ok() && wait_until("the decision", patience, [&]() -> Result<bool> {
                                return both.row(source_path(source), [&](const Json& row) {
                                  return integer_of(row, "h_res") == h_res &&
                                         at(row, "_meta.conflicts").integer == 0;
                                });
                              }).ok();
  scene.teller.claim(fmt::format("{} decides SRC {}: {}; {} wide on both nodes, nothing open",
                                 who.user(), source, winner, h_res),
                     holds, answer.ok() ? both.seen() : answer.error().message);
  return {};
}

}  // namespace

Result<void> decide(Scene& scene) {
  Teller& teller = scene.teller;
  teller.chapter("Two decisions");
  TRY(decide_one(scene, *scene.ben, office_format, "cloud_wins", 3840));
  TRY(decide_one(scene, *scene.ana, venue_format, "local_wins", 1280));
  auto pending = [&](Editor& editor) -> std::size_t {
    auto list = editor.client().list("/api/sync/conflicts?resolution=eq.pending");
    return list.ok() ? list->size() : 0;
  };
  std::size_t office = pending(*scene.ben), venue = pending(*scene.ana);
  teller.claim(fmt::format("{} questions are left, the same on both nodes", office),
               office == venue && office == 4, fmt::format("{} and {}", office, venue));
  Result<void> same = wait_until("equal digests", patience, [&]() -> Result<bool> {
    TRY_ASSIGN(auto cloud, stream_digests(*scene.cloud.client));
    TRY_ASSIGN(auto lan, stream_digests(*scene.venue.client));
    return cloud == lan;
  });
  TRY_ASSIGN(auto digests, stream_digests(*scene.cloud.client));
  teller.claim("equal digests again, in every stream", same.ok());
  for (const char* show : {gala, rehearsal, keynote}) {
    const std::string& digest = digests[id_of(show)];
    teller.tell(fmt::format("         {:<10} {}", show, digest.substr(digest.rfind(' ') + 1)));
  }
  return {};
}

}  // namespace genlock::cli
