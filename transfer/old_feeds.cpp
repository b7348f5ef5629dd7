#include "transfer/old_feeds.h"

#include "transfer/api_client.h"
#include "transfer/file_ids.h"
#include "transfer/json_print.h"

#include <algorithm>
#include <functional>

namespace genlock::transfer {
namespace {

struct DeviceList {
  std::string_view name, kind;
};
constexpr DeviceList device_lists[] = {{"videoSwitchers", "switcher"},
                                       {"visionSwitchers", "switcher"},
                                       {"camSwitchers", "switcher"},
                                       {"routers", "router"}};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool same_text(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool ends_with_word(std::string_view text, std::string_view word) {
  return !word.empty() && text.size() > word.size() &&
         same_text(text.substr(text.size() - word.size()), word) &&
         text[text.size() - word.size() - 1] == ' ';
}

// What stands in the last brackets, or "".
std::string_view in_brackets(std::string_view feed) {
  auto open = feed.rfind('['), close = feed.rfind(']');
  if (open == feed.npos || close == feed.npos || close < open) return {};
  return trimmed(feed.substr(open + 1, close - open - 1));
}

using Rows = std::vector<const FileRow*>;

Rows matching(std::span<const FileRow> rows, const std::function<bool(const Json&)>& test) {
  Rows found;
  for (const FileRow& row : rows)
    if (test(row.json)) found.push_back(&row);
  return found;
}

// Of several with one label the one whose name stands in the feed, too.
const FileRow* the_one(const Rows& found, std::string_view feed) {
  if (found.size() == 1) return found.front();
  const FileRow* named = nullptr;
  for (const FileRow* row : found) {
    std::string name = text_of(row->json, "name");
    if (name.empty() || !feed.starts_with(name)) continue;
    if (named) return nullptr;
    named = row;
  }
  return named;
}

Rows with_longest_label(Rows found) {
  std::size_t longest = 0;
  for (const FileRow* row : found) longest = std::max(longest, text_of(row->json, "label").size());
  std::erase_if(found,
                [&](const FileRow* row) { return text_of(row->json, "label").size() != longest; });
  return found;
}

Json hop(int n, std::string_view kind, const std::string& id, const std::string& name) {
  return json_object({{"hop", json_number(n)},
                      {"kind", json_text(std::string(kind))},
                      {"id", json_text(id)},
                      {"name", json_text(name)}});
}

void add_text(Json& object, std::string key, const std::string& text) {
  if (!text.empty()) object.members.emplace_back(std::move(key), json_text(text));
}

// The output that a feed leaves a source by: the only one, or the only one of that connector.
const Json* output_of(const Json& source, const std::string& connector) {
  const auto& outputs = member(source, "outputs").items;
  if (outputs.size() == 1) return &outputs.front();
  const Json* found = nullptr;
  for (const Json& output : outputs) {
    if (text_of(output, "connector") != connector) continue;
    if (found) return nullptr;
    found = &output;
  }
  return found;
}

// One switcher or router.
class Device {
 public:
  Device(const Json& json, const DeviceList& list, const std::string& production_id)
      : json_(json), kind_(list.kind), production_id_(production_id) {
    auto own = RecordId::parse(text_of(json, "uuid"));
    std::string name = production_id + "\nold app\n" + std::string(list.name) + '\n';
    id_ = own ? own->to_string() : file_id(name + text_of(json, "id")).to_string();
    name_ = text_of(json, "name").empty() ? text_of(json, "id") : text_of(json, "name");
  }

  Json into(const Json& port, const FileRow& source) const {
    std::string input = text_of(port, "id");
    const Json* output = output_of(source.json, text_of(port, "connector"));
    Json from = hop(1, "source", source.id.to_string(), text_of(source.json, "name"));
    if (output) add_text(from, "port", text_of(*output, "connector"));
    Json here = hop(2, kind_, id_, name_);
    add_text(here, "model", text_of(json_, "type"));
    add_text(here, "in", input);
    Json row = begin("in", input);
    set_member(row, "source_id", json_text(source.id.to_string()));
    if (output) set_member(row, "source_output_id", json_text(text_of(*output, "id")));
    set_member(row, "destination_type", json_text(std::string(kind_)));
    set_member(row, "destination_id", json_text(id_));
    set_member(row, "signal_path", json_array({std::move(from), std::move(here)}));
    return row;
  }

  Json out_of(const Json& port, const FileRow& send) const {
    std::string output = text_of(port, "id");
    Json here = hop(1, kind_, id_, name_);
    add_text(here, "model", text_of(json_, "type"));
    add_text(here, "out", output);
    Json to = hop(2, "send", send.id.to_string(), text_of(send.json, "name"));
    add_text(to, "port", text_of(send.json, "output_connector"));
    Json row = begin("out", output);
    set_member(row, "intermediate_type", json_text(std::string(kind_)));
    set_member(row, "intermediate_id", json_text(id_));
    if (!output.empty()) set_member(row, "intermediate_output", json_text(output));
    set_member(row, "destination_type", json_text("send"));
    set_member(row, "destination_id", json_text(send.id.to_string()));
    set_member(row, "signal_path", json_array({std::move(here), std::move(to)}));
    return row;
  }

  std::string port_name(const Json& port) const {
    std::string id = text_of(port, "id");
    return id.empty() ? name_ : id;
  }

 private:
  // The same port of the same device is the same connection, whatever it carries by now.
  Json begin(const std::string& side, const std::string& port) const {
    std::string name = production_id_ + "\nold app\nconnections\n" + id_ + '\n' + side + '\n';
    return json_object({{"id", json_text(file_id(name + port).to_string())},
                        {"production_id", json_text(production_id_)}});
  }

  const Json& json_;
  std::string_view kind_;
  const std::string& production_id_;
  std::string id_, name_;
};

}  // namespace

const FileRow* named_by(std::string_view feed, std::span<const FileRow> rows) {
  feed = trimmed(feed);
  std::string_view label = in_brackets(feed);
  if (label.empty()) label = feed;
  auto has_label = [&](const Json& row) { return same_text(text_of(row, "label"), label); };
  if (const FileRow* row = the_one(matching(rows, has_label), feed)) return row;
  auto ends_with_label = [&](const Json& row) {
    return ends_with_word(feed, text_of(row, "label"));
  };
  Rows ending = with_longest_label(matching(rows, ends_with_label));
  if (const FileRow* row = the_one(ending, feed)) return row;
  auto has_name = [&](const Json& row) { return same_text(text_of(row, "name"), feed); };
  Rows named = matching(rows, has_name);
  return named.size() == 1 ? named.front() : nullptr;
}

std::vector<FileRow> connections_of(const Json& state, const std::string& production_id,
                                    std::span<const FileRow> sources,
                                    std::span<const FileRow> sends, ImportFile& file) {
  const Table& table = *find_table(table::connections);
  std::vector<FileRow> made;
  std::vector<RecordId> seen;
  const auto add = [&](Json json, std::string pointer, std::string label) {
    RecordId id = *RecordId::parse(text_of(json, "id"));
    if (std::ranges::find(seen, id) != seen.end()) return;  // two ports of one name
    seen.push_back(id);
    made.push_back({.table = &table,
                    .id = id,
                    .json = std::move(json),
                    .pointer = std::move(pointer),
                    .label = std::move(label)});
  };
  const auto take_ports = [&](const Device& device, const Json& ports, std::string_view place,
                              bool is_input) {
    for (std::size_t i = 0; i < ports.items.size(); ++i) {
      const Json& port = ports.items[i];
      std::string feed = text_of(port, "feed");
      if (trimmed(feed).empty()) continue;
      const FileRow* row = named_by(feed, is_input ? sources : sends);
      std::string label = device.port_name(port) + (is_input ? " < " : " > ") + feed;
      std::string pointer = std::string(place) + '/' + std::to_string(i) + "/feed";
      if (row)
        add(is_input ? device.into(port, *row) : device.out_of(port, *row), pointer, label);
      else
        file.notes.push_back(label + ": names no one " + (is_input ? "source" : "send") +
                             ", so no connection was made; the text is kept");
    }
  };
  for (const DeviceList& list : device_lists) {
    const Json& devices = member(state, list.name);
    for (std::size_t i = 0; i < devices.items.size(); ++i) {
      if (!devices.items[i].is(Json::Kind::object)) continue;
      Device device(devices.items[i], list, production_id);
      std::string place = "/state/" + std::string(list.name) + '/' + std::to_string(i);
      take_ports(device, member(devices.items[i], "inputs"), place + "/inputs", true);
      take_ports(device, member(devices.items[i], "outputs"), place + "/outputs", false);
    }
  }
  return made;
}

}  // namespace genlock::transfer
