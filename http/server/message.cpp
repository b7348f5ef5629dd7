#include "http/server/message.h"

#include <algorithm>

namespace genlock::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view or_empty(const std::string* value) {
  return value ? std::string_view(*value) : std::string_view();
}

}  // namespace

void Headers::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

const std::string* Headers::find(std::string_view name) const {
  for (const auto& [field, value] : fields_)
    if (same_name(field, name)) return &value;
  return nullptr;
}

std::string_view Headers::get(std::string_view name) const { return or_empty(find(name)); }

std::size_t Headers::count(std::string_view name) const {
  const auto same = [&](const NameValue& field) { return same_name(field.first, name); };
  return static_cast<std::size_t>(std::count_if(fields_.begin(), fields_.end(), same));
}

void Parameters::add(std::string name, std::string value) {
  items_.emplace_back(std::move(name), std::move(value));
}

const std::string* Parameters::find(std::string_view name) const {
  for (const auto& [item, value] : items_)
    if (item == name) return &value;
  return nullptr;
}

std::string_view Parameters::get(std::string_view name) const { return or_empty(find(name)); }

std::vector<std::string_view> Parameters::values(std::string_view name) const {
  std::vector<std::string_view> found;
  for (const auto& [item, value] : items_)
    if (item == name) found.push_back(value);
  return found;
}

HttpResponse HttpResponse::later(LongPoll poll) {
  HttpResponse response;
  response.long_poll = std::make_shared<LongPoll>(std::move(poll));
  return response;
}

HttpResponse HttpResponse::stream(Feed feed) {
  HttpResponse response;
  response.feed = std::make_shared<Feed>(std::move(feed));
  return response;
}

}  // namespace genlock::http
