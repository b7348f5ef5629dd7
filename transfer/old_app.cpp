#include "transfer/old_app.h"

#include "transfer/api_client.h"
#include "transfer/json_print.h"
#include "transfer/old_feeds.h"
#include "transfer/old_kept.h"
#include "transfer/old_rows.h"

#include <algorithm>
#include <array>

namespace genlock::transfer {
namespace {

constexpr std::string_view storage_key = "video-production-storage";
// Where the store may stand in an object: what the app really used, and what its own notes said.
constexpr std::array store_keys{storage_key, std::string_view("productions"),
                                std::string_view("production-store")};

constexpr const char* how_to_get_it =
    "in the browser that has the show, open the old app, then the console, and run "
    "copy(JSON.stringify(localStorage)); the show is under \"video-production-storage\"";

// What only the screen had use for.
constexpr std::string_view screen_members[] = {"isLoading",        "error",
                                               "isConnected",      "activeTab",
                                               "searchQuery",      "theme",
                                               "accentColor",      "collapsedCategories",
                                               "selectedSource",   "expandedCategories",
                                               "sidebarCollapsed", "expandedCategoriesByProject",
                                               "userRole"};
// What belongs to one browser or one person: settings, addresses, tokens.
constexpr std::string_view browser_keys[] = {"app-preferences",
                                             "user_id",
                                             "user_name",
                                             "auth_token",
                                             "api_server_url",
                                             "connection_type",
                                             "is_lan_server",
                                             "viddept-migrated-v2",
                                             "settings-expanded-sections"};

template <class List>
bool contains(const List& list, std::string_view key) {
  return std::ranges::find(list, key) != std::end(list);
}

bool is_store(const Json& json) { return json.find("state") != nullptr; }

// A state by itself, as a person might copy it out.
bool is_state(const Json& json) { return member(json, "production").find("showName") != nullptr; }

Error bad(std::string message) { return {ErrorCode::bad_request, std::move(message)}; }

// The store, out of whatever it is wrapped in.
Result<Json> unwrap(const Json& json, int depth = 0) {
  if (json.is(Json::Kind::text) && depth < 4) {
    Result<Json> inner = parse_json(json.text);
    if (!inner.ok()) return std::move(inner).error().in("the JSON text inside the file");
    return unwrap(*inner, depth + 1);
  }
  if (!json.is(Json::Kind::object))
    return bad("the store of the old app must be an object, not " +
               std::string(to_string(json.kind)));
  if (is_state(json)) return json_object({{"state", json}});
  if (is_store(json)) return json;
  for (std::string_view key : store_keys) {
    const Json* value = json.find(key);
    if (!value) continue;
    if (value->is(Json::Kind::null))
      return bad('"' + std::string(key) + "\" is null: nothing was exported; " + how_to_get_it);
    Result<Json> store = unwrap(*value, depth + 1);
    return store.ok() ? std::move(store) : std::move(store).error().in(std::string(key));
  }
  return bad(std::string("the JSON inside holds no store of the old app; ") + how_to_get_it);
}

bool is_nothing(const Json& value) {
  switch (value.kind) {
    case Json::Kind::null:
      return true;
    case Json::Kind::text:
      return value.text.empty();
    case Json::Kind::array:
      return value.items.empty();
    case Json::Kind::object:
      return value.members.empty();
    default:
      return false;
  }
}

class OldApp {
 public:
  OldApp(const std::string& name, const Json& file, const Json& state)
      : json_(file), state_(state) {
    file_.name = name;
  }

  Result<ImportFile> read() {
    TRY(check_lists());
    OldRows rows(file_);
    file_.equipment = rows.equipment(member(state_, "equipmentSpecs"));
    const Json& production = member(state_, "production");
    if (production.is(Json::Kind::object)) {
      ShowFile show = show_of(rows, production);
      file_.shows.push_back(std::move(show));
    } else if (has_show_data()) {
      return bad(
          "/state/production is empty, so nobody can say which show the lists belong to: "
          "open the show in the old app and export again");
    }
    if (file_.shows.empty() && file_.equipment.empty())
      return bad(std::string("there is no show and no equipment in the store; ") + how_to_get_it);
    rows.add_notes();
    if (file_.shows.empty() && !rows.leftovers().empty())
      file_.notes.push_back(
          "members of equipment that no column takes were not kept: there is no "
          "production to keep them with");
    if (!not_taken_.empty())
      file_.notes.push_back("not taken, because they belong to a screen or one browser: " +
                            not_taken_);
    return std::move(file_);
  }

 private:
  Result<void> check_lists() const {
    for (const char* list : {"sources", "sends", "equipmentSpecs"}) {
      const Json& value = member(state_, list);
      if (!value.is(Json::Kind::null) && !value.is(Json::Kind::array))
        return bad("/state/" + std::string(list) + " must be a list, not " +
                   std::string(to_string(value.kind)));
    }
    return {};
  }

  bool has_show_data() const {
    return std::ranges::any_of(std::array{"sources", "sends", "videoSwitchers"},
                               [&](auto* list) { return !is_nothing(member(state_, list)); });
  }

  ShowFile show_of(OldRows& rows, const Json& production) {
    ShowFile show;
    show.production = rows.production(production);
    std::vector<FileRow> sources = rows.children(table::sources, member(state_, "sources"));
    std::vector<FileRow> sends = rows.children(table::sends, member(state_, "sends"));
    std::vector<FileRow> connections =
        connections_of(state_, rows.production_id(), sources, sends, file_);
    for (auto* list : {&sources, &sends, &connections})
      std::ranges::move(*list, std::back_inserter(show.children));
    for (auto& [list, left] : rows.leftovers())
      attach(list, json_array(std::move(left)), show, file_);
    keep_lists(show);
    keep_storage(show);
    return show;
  }

  void keep_lists(ShowFile& show) {
    for (const auto& [key, value] : state_.members) {
      bool is_row =
          key == "production" || key == "sources" || key == "sends" || key == "equipmentSpecs";
      if (is_row || is_nothing(value)) continue;
      if (contains(screen_members, key))
        pass_over(key);
      else
        attach(key, value, show, file_);
    }
  }

  // What else the browser's storage held.
  void keep_storage(ShowFile& show) {
    if (!json_.is(Json::Kind::object) || is_store(json_) || is_state(json_)) return;
    for (const auto& [key, value] : json_.members) {
      if (contains(store_keys, key) || is_nothing(value)) continue;
      if (contains(browser_keys, key))
        pass_over(key);
      else
        attach("localStorage/" + key, value, show, file_);
    }
  }

  void pass_over(const std::string& name) { not_taken_ += (not_taken_.empty() ? "" : ", ") + name; }

  const Json& json_;
  const Json& state_;
  ImportFile file_;
  std::string not_taken_;
};

}  // namespace

bool is_old_app(const Json& json) {
  if (json.is(Json::Kind::text)) return true;
  if (!json.is(Json::Kind::object)) return false;
  if (json.find(storage_key) || json.find("production-store") || is_state(json)) return true;
  if (json.find("production")) return false;
  const Json* wrapped = json.find("productions");
  return is_store(json) || (wrapped && !wrapped->is(Json::Kind::array) && !json.find("shows"));
}

Result<ImportFile> read_old_app(const std::string& name, Json json) {
  TRY_ASSIGN(Json store, unwrap(json));
  const Json& state = member(store, "state");
  if (!state.is(Json::Kind::object))
    return bad("/state must be an object, not " + std::string(to_string(state.kind)) + "; " +
               how_to_get_it);
  return OldApp(name, json, state).read();
}

}  // namespace genlock::transfer
