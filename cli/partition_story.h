// The story of `genlock demo partition`: two nodes as processes of their own, a link between them
// that is really cut, and people on both sides who go on working. Everything is done and checked
// through the API, as clients do.
#pragma once

#include "cli/served_node.h"
#include "cli/teller.h"

#include <memory>
#include <string>

namespace genlock::cli {

// Somebody with a tablet at one node.
class Editor {
 public:
  Editor(ApiClient& client, std::string user, std::string device)
      : client_(client), user_(std::move(user)), device_(std::move(device)) {}

  Result<Json> create(const std::string& list, const Json& row) { return edit("POST", list, row); }
  Result<Json> change(const std::string& one, const Json& columns) {
    return edit("PUT", one, columns);
  }
  Result<Json> remove(const std::string& one);
  // Writes that are no edits of rows: a lock, a decision.
  Result<Json> post(const std::string& target, const Json& body, std::vector<Header> more = {});

  ApiClient& client() { return client_; }
  const std::string& user() const { return user_; }
  std::size_t edit_count() const { return edits_; }
  void forget_edits() { edits_ = 0; }

 private:
  Result<Json> edit(const std::string& method, const std::string& target, const Json& body);
  std::vector<Header> headers() const;

  ApiClient& client_;
  std::string user_, device_;
  std::size_t edits_ = 0;
};

// Where it is played: two nodes, and what joins them.
class Stage {
 public:
  virtual ~Stage() = default;
  // Once each, the cloud first. The venue knows it as its peer.
  virtual Result<ServedNode> start_cloud(const std::string& name) = 0;
  virtual Result<ServedNode> start_venue(const std::string& name) = 0;
  virtual void cut() = 0;
  virtual void heal() = 0;
};

// How the venue's node is started, on any stage, besides its peer.
std::vector<std::string> venue_arguments(const std::string& peer);

// Both nodes on this machine, and a Link (cli/link.h) between them.
std::unique_ptr<Stage> loopback_stage(const std::string& folder);

// Who and what the story is about.
struct Scene {
  Stage& stage;
  Teller& teller;
  ServedNode cloud, venue;
  std::unique_ptr<Editor> ben;  // in the office, at the cloud
  std::unique_ptr<Editor> ana;  // at the venue, at the LAN node
};

inline constexpr std::size_t edits_per_side = 40;
inline constexpr std::size_t row_count = 40;  // sources, and as many sends
// Sources that both edit; the first 32 are left to one of them alone.
inline constexpr int two_columns = 33, office_format = 34, plain_name = 35, venue_format = 36,
                     deleted_source = 37;

// The chapters, in order. Errors: a node did not answer or refused what it must take.
Result<std::unique_ptr<Scene>> set_scene(Stage& stage, Teller& teller);
Result<void> cut_and_edit(Scene& scene);
Result<void> heal(Scene& scene);
Result<void> check_merged(Scene& scene);
Result<void> check_flagged(Scene& scene);
Result<void> decide(Scene& scene);

// All of them. False: something that was said did not hold.
Result<bool> tell_partition_story(Stage& stage, Teller& teller);

// --- the cast: ids are made from names, so every run has the same -------------------------------
std::string id_of(const std::string& name);
std::string source_path(int number);  // "/api/sources/<id of SRC 7>"
std::string send_path(int number);
extern const char* const gala;       // the show that everybody edits
extern const char* const rehearsal;  // deleted in the office
extern const char* const keynote;    // locked at the venue

}  // namespace genlock::cli
