#include "eventlog/backup_manifest.h"

#include "eventlog/file_sum.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace genlock {

namespace {

constexpr std::string_view first_line = "genlock-backup 1", kind = "genlock-backup ";
constexpr std::size_t max_lines = 1'000'000;
constexpr std::array reasons{BackupReason::manual, BackupReason::schedule, BackupReason::lock,
                             BackupReason::download};

Error damaged(const std::string& what) {
  return {ErrorCode::corruption, "the backup's manifest is damaged: " + what, {}};
}

// --- writing ------------------------------------------------------------------------------------

void add(std::string& out, std::string_view name, const std::string& value) {
  out.append(name).append(" ").append(value).append("\n");
}

void add_stream(std::string& out, const BackedUpStream& stream) {
  add(out, "stream",
      stream.stream.to_string() + ' ' + std::to_string(stream.events) + ' ' + stream.digest + ' ' +
          stream.heads);
}

void add_file(std::string& out, const BackedUpFile& file) {
  add(out, "file",
      std::to_string(file.bytes) + ' ' + file.sum + ' ' + file.name + ' ' + file.kept_as);
}

// --- reading ------------------------------------------------------------------------------------

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

template <class Number>
bool read(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

template <class Id>
bool read_id(std::string_view text, Id& id) {
  const auto parsed = Id::parse(text);
  if (parsed) id = *parsed;
  return parsed.has_value();
}

bool read_sum(std::string_view text, std::string& sum) {
  sum = text;
  return text.size() == 32 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_plain_name(std::string_view name) {
  const auto is_fine = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.';
  };
  return !name.empty() && name.front() != '.' && name.size() <= 200 &&
         std::ranges::all_of(name, is_fine);
}

bool is_kept_name(std::string_view name) {
  if (name.starts_with("files/")) name.remove_prefix(6);
  return is_plain_name(name);
}

bool read_stream(const std::vector<std::string_view>& words, BackupManifest& manifest) {
  BackedUpStream stream;
  if (words.size() != 5 || !read_id(words[1], stream.stream) || !read(words[2], stream.events) ||
      !read_sum(words[3], stream.digest) || !read_sum(words[4], stream.heads))
    return false;
  manifest.streams.push_back(std::move(stream));
  return true;
}

bool read_file(const std::vector<std::string_view>& words, BackupManifest& manifest) {
  BackedUpFile file;
  if (words.size() != 5 || !read(words[1], file.bytes) || !read_sum(words[2], file.sum) ||
      !is_plain_name(words[3]) || !is_kept_name(words[4]))
    return false;
  file.name = words[3];
  file.kept_as = words[4];
  manifest.files.push_back(std::move(file));
  return true;
}

bool read_reason(std::string_view text, BackupReason& reason) {
  const auto parsed = parse_backup_reason(text);
  if (parsed) reason = *parsed;
  return parsed.has_value();
}

// The line `at` of those that stand once.
bool read_fact(std::size_t at, std::string_view name, std::string_view value,
               BackupManifest& into) {
  switch (at) {
    case 1:
      return name == "id" && read_id(value, into.id);
    case 2:
      return name == "created_ms" && read(value, into.created_ms);
    case 3:
      return name == "reason" && read_reason(value, into.reason);
    case 4:
      return name == "node" && read_id(value, into.node);
    case 5:
      return name == "origin" && read_id(value, into.origin);
    case 6:
      into.program = value;
      return name == "program";
    case 7:
      return name == "size_bytes" && read(value, into.size_bytes);
    default:
      return name == "added_bytes" && read(value, into.added_bytes);
  }
}

constexpr std::size_t fact_count = 8;

bool read_line(std::size_t at, std::string_view line, BackupManifest& manifest) {
  const auto words = split(line, ' ');
  if (at <= fact_count) return words.size() == 2 && read_fact(at, words[0], words[1], manifest);
  if (words[0] == "stream") return manifest.files.empty() && read_stream(words, manifest);
  return words[0] == "file" && read_file(words, manifest);
}

}  // namespace

const char* to_string(BackupReason reason) {
  switch (reason) {
    case BackupReason::manual:
      return "manual";
    case BackupReason::schedule:
      return "schedule";
    case BackupReason::lock:
      return "lock";
    case BackupReason::download:
      return "download";
  }
  return "";
}

std::optional<BackupReason> parse_backup_reason(std::string_view text) {
  for (const BackupReason reason : reasons)
    if (text == to_string(reason)) return reason;
  return std::nullopt;
}

std::uint64_t BackupManifest::event_count() const {
  std::uint64_t count = 0;
  for (const BackedUpStream& stream : streams) count += stream.events;
  return count;
}

std::string to_text(const BackupManifest& manifest) {
  std::string out;
  out.append(first_line).append("\n");
  add(out, "id", manifest.id.to_string());
  add(out, "created_ms", std::to_string(manifest.created_ms));
  add(out, "reason", to_string(manifest.reason));
  add(out, "node", manifest.node.to_string());
  add(out, "origin", manifest.origin.to_string());
  add(out, "program", manifest.program);
  add(out, "size_bytes", std::to_string(manifest.size_bytes));
  add(out, "added_bytes", std::to_string(manifest.added_bytes));
  for (const BackedUpStream& stream : manifest.streams) add_stream(out, stream);
  for (const BackedUpFile& file : manifest.files) add_file(out, file);
  add(out, "end", file_sum(out));
  return out;
}

Result<BackupManifest> parse_backup_manifest(std::string_view text) {
  if (text.starts_with(kind) && !text.starts_with(std::string(first_line) + "\n"))
    return Error{ErrorCode::unsupported, "the backup was made by a newer genlock", {}};
  const auto end = text.rfind("\nend ");
  if (end == std::string_view::npos) return damaged("its end is missing");
  const std::string_view body = text.substr(0, end + 1);
  if (text.substr(end + 1) != "end " + file_sum(body) + "\n")
    return damaged("it does not fit its checksum");
  const auto lines = split(body.substr(0, end), '\n');
  if (lines.size() <= fact_count || lines.size() > max_lines || lines[0] != first_line)
    return damaged("line 1");
  BackupManifest manifest;
  for (std::size_t i = 1; i < lines.size(); ++i)
    if (!read_line(i, lines[i], manifest)) return damaged("line " + std::to_string(i + 1));
  // "007" is no number of ours.
  if (to_text(manifest) != text) return damaged("it is spelt in another way");
  return manifest;
}

std::string sum_of(const StreamHead& head) {
  FileSum sum;
  for (const auto& [origin, last] : head.origins) {
    sum.add(origin.view());
    sum.add(std::to_string(number(last.last)) + ' ');
    sum.add({reinterpret_cast<const char*>(last.chain.data()), last.chain.size()});
  }
  return sum.finish();
}

}  // namespace genlock
