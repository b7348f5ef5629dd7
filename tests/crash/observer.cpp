#include "crash/observer.h"

#include <fmt/format.h>

#include <charconv>

namespace genlock::crash {

namespace {

std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// "7.31 xxx" is 31.
std::uint64_t age_of(const std::string& name) { return number_in(name.substr(name.find('.') + 1)); }

}  // namespace

bool Observer::look(cli::ApiClient& client) { return look_at_rows(client) && look_at_feed(client); }

bool Observer::look_at_rows(cli::ApiClient& client) {
  const auto rows = client.list(fmt::format("/api/productions/{}/sources", show_id));
  if (!rows.ok()) return false;
  std::set<std::string> shown;
  for (const Json& row : *rows) {
    const std::string id = cli::text_of(row, "id"), name = cli::text_of(row, "name");
    shown.insert(id);
    std::uint64_t& age = ages_[id];
    if (age_of(name) < age)
      complaint_ = fmt::format("row {} showed number {} and now \"{}\"", id, age, name);
    age = age_of(name);
  }
  for (const auto& [id, age] : ages_)
    if (!shown.contains(id)) complaint_ = fmt::format("row {} was there and is gone", id);
  return true;
}

bool Observer::look_at_feed(cli::ApiClient& client) {
  std::string target = fmt::format("/api/changes?production_id={}&limit=50", show_id);
  if (!cursor_.empty()) target += "&since=" + cursor_;
  const auto page = client.get(target);
  if (!page.ok()) return false;
  cursor_ = cli::text_of(*page, "cursor");
  if (cli::member(*page, "reset").boolean) {
    ++resets_;
    last_.clear();
    return true;
  }
  const Json& changes = cli::member(*page, "changes");
  for (const Json& change : changes.items) take_event(cli::text_of(change, "event"));
  return !changes.items.empty();
}

// "stream.origin.sequence"
void Observer::take_event(const std::string& event) {
  const auto dot = event.rfind('.');
  const std::string origin = event.substr(0, dot);
  const std::uint64_t sequence = number_in(event.substr(dot + 1));
  const auto [known, is_new] = last_.try_emplace(origin, sequence);
  if (!is_new && sequence > known->second + 1)
    complaint_ = fmt::format("the feed went from {} of {} to {}", known->second, origin, sequence);
  if (is_new || sequence > known->second) ++events_;
  known->second = std::max(known->second, sequence);
}

}  // namespace genlock::crash
