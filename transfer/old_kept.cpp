#include "transfer/old_kept.h"

#include "engine/limits.h"
#include "transfer/json_print.h"

#include <algorithm>

namespace genlock::transfer {
namespace {

std::size_t items_in(const Json& content) {
  if (content.is(Json::Kind::array)) return content.items.size();
  return content.is(Json::Kind::object) ? content.members.size() : 1;
}

// A list in pieces that fit a column; anything else whole.
std::vector<Json> pieces_of(const Json& content) {
  if (!content.is(Json::Kind::array)) return {content};
  std::vector<Json> pieces;
  std::size_t size = limits::max_json_bytes;
  for (const Json& item : content.items) {
    std::size_t bytes = dump(item).size() + 1;  // and a comma
    if (pieces.empty() || size + bytes + 2 > limits::max_json_bytes) {
      pieces.push_back(json_array());
      size = 0;
    }
    pieces.back().items.push_back(item);
    size += bytes;
  }
  return pieces;
}

void attach_piece(const std::string& name, const Json& content, std::size_t bytes, ShowFile& show,
                  ImportFile& file) {
  const Table& table = *find_table(table::attachments);
  std::string production = show.production.id.to_string();
  RecordId id{file_id(production + "\nold app\nattachments\n" + name)};
  Json row = json_object({{"id", json_text(id.to_string())},
                          {"production_id", json_text(production)},
                          {"name", json_text(name)},
                          {"content", content}});
  show.children.push_back(
      {.table = &table, .id = id, .json = std::move(row), .pointer = "/" + name, .label = name});
  file.kept.push_back({name, items_in(content), bytes});
}

}  // namespace

void attach(const std::string& name, const Json& content, ShowFile& show, ImportFile& file) {
  std::size_t n = 0;
  for (const Json& piece : pieces_of(content)) {
    std::string piece_name = ++n == 1 ? name : name + " (" + std::to_string(n) + ")";
    std::size_t bytes = dump(piece).size();
    if (bytes <= limits::max_json_bytes) {
      attach_piece(piece_name, piece, bytes, show, file);
      continue;
    }
    const Table& table = *find_table(table::attachments);
    std::string reason = "has " + std::to_string(bytes) + " bytes in one piece, at most " +
                         std::to_string(limits::max_json_bytes) + " can be kept: keep the file";
    file.left_out.push_back({&table, {file.name, "/" + name, piece_name, std::move(reason)}});
  }
}

}  // namespace genlock::transfer
