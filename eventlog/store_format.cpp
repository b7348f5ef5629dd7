#include "eventlog/store_format.h"

#include <charconv>

namespace genlock {

namespace {

constexpr std::string_view format_key = "format";

Error damaged(const char* what) {
  return {ErrorCode::corruption,
          std::string(what) + ": restore a backup or sync into a new directory",
          {}};
}

Result<bool> is_empty(const Reader& reader) {
  bool empty = true;
  for (Space space : {Space::meta, Space::events}) {
    TRY(reader.scan(space, "", "",
                    [&](std::string_view, std::string_view) { return empty = false; }));
  }
  return empty;
}

Result<void> check_format(std::string_view text) {
  std::uint64_t format = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), format);
  if (error != std::errc{} || end != text.data() + text.size() || format == 0) {
    return damaged("the format version of the data directory is unreadable");
  }
  if (format >= oldest_store_format && format <= store_format) return {};
  if (format < oldest_store_format) {
    return Error{ErrorCode::unsupported,
                 "the data directory has format " + std::to_string(format) +
                     ", of before the first release: sync or import into a new directory",
                 {}};
  }
  return Error{ErrorCode::unsupported,
               "the data directory has format " + std::to_string(format) +
                   ", this program reads format " + std::to_string(store_format) +
                   ": start a newer genlock",
               {}};
}

}  // namespace

Result<void> check_store_format(const Reader& reader) {
  TRY_ASSIGN(auto format, reader.get(Space::meta, format_key));
  if (format) return check_format(*format);
  TRY_ASSIGN(const bool empty, is_empty(reader));
  if (!empty) return damaged("the data directory has lost its format version");
  return {};
}

Result<void> ensure_store_format(Store& store) {
  TRY(check_store_format(store));
  TRY_ASSIGN(auto format, store.get(Space::meta, format_key));
  if (format == std::to_string(store_format)) return {};
  Batch batch;
  batch.at(Space::meta)[std::string(format_key)] = std::to_string(store_format);
  return store.commit(batch, true);
}

}  // namespace genlock
