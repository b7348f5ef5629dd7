#include "http/server/file_names.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace genlock::http {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 33> content_types{{
    {"html", "text/html; charset=utf-8"},
    {"htm", "text/html; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"txt", "text/plain; charset=utf-8"},
    {"md", "text/markdown; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"xml", "text/xml; charset=utf-8"},
    {"svg", "image/svg+xml; charset=utf-8"},
    {"json", "application/json"},  // always UTF-8, and without a charset (RFC 8259)
    {"map", "application/json"},
    {"webmanifest", "application/manifest+json"},
    {"wasm", "application/wasm"},
    {"pdf", "application/pdf"},
    {"gz", "application/gzip"},
    {"zip", "application/zip"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"webp", "image/webp"},
    {"avif", "image/avif"},
    {"ico", "image/x-icon"},
    {"woff2", "font/woff2"},
    {"woff", "font/woff"},
    {"ttf", "font/ttf"},
    {"otf", "font/otf"},
    {"mp4", "video/mp4"},
    {"webm", "video/webm"},
    {"mp3", "audio/mpeg"},
    {"wav", "audio/wav"},
    {"ogg", "audio/ogg"},
}};

constexpr std::size_t least_hash = 8;
constexpr std::size_t longest_ending = 8;

bool is_small(char c) { return c >= 'a' && c <= 'z'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_small(c) || is_capital(c); }

char lower(char c) { return is_capital(c) ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view last_part(std::string_view name) { return name.substr(name.rfind('/') + 1); }

// What follows the last dot, or nothing.
std::string_view ending_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

bool looks_like_hash(std::string_view text) {
  const bool small = std::ranges::any_of(text, is_small);
  const bool capital = std::ranges::any_of(text, is_capital);
  const bool digit = std::ranges::any_of(text, is_digit);
  const bool allowed = std::ranges::all_of(
      text, [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; });
  return text.size() >= least_hash && allowed && small + capital + digit >= 2;
}

bool is_mark(char c) { return c == '-' || c == '.'; }

// Hashes of eight characters may hold a '-' themselves, so those are looked for by their place.
bool ends_with_hash(std::string_view stem) {
  const std::size_t mark = stem.find_last_of("-.");
  if (mark == std::string_view::npos) return false;
  if (looks_like_hash(stem.substr(mark + 1))) return true;
  const std::size_t hash = stem.size() - std::min(stem.size(), least_hash);
  return hash > 0 && is_mark(stem[hash - 1]) && looks_like_hash(stem.substr(hash));
}

bool is_below_assets(std::string_view name) {
  return name.starts_with("assets/") || name.find("/assets/") != std::string_view::npos;
}

}  // namespace

std::string_view content_type_of(std::string_view name) {
  std::string ending(ending_of(last_part(name)));
  std::ranges::transform(ending, ending.begin(), lower);
  for (const auto& [known, type] : content_types)
    if (known == ending) return type;
  return "application/octet-stream";
}

bool is_hashed_name(std::string_view name) {
  std::string_view file = last_part(name);
  for (std::string_view compressed : {".br", ".gz"})
    if (file.ends_with(compressed)) file.remove_suffix(compressed.size());
  if (file.ends_with(".map")) file.remove_suffix(4);  // index-Bx3kQ9aZ.js.map
  const std::size_t dot = file.rfind('.');
  return is_below_assets(name) && dot != std::string_view::npos &&
         ends_with_hash(file.substr(0, dot));
}

bool has_file_ending(std::string_view segment) {
  const std::string_view ending = ending_of(segment);
  return !ending.empty() && ending.size() <= longest_ending &&
         std::ranges::all_of(ending, [](char c) { return is_letter(c) || is_digit(c); }) &&
         std::ranges::any_of(ending, is_letter);
}

bool is_plain_name(std::string_view segment) {
  return !segment.empty() && segment.front() != '.' && std::ranges::none_of(segment, [](char c) {
    return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
  });
}

}  // namespace genlock::http
