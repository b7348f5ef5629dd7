// What a backup is: one moment of a node, of which files it consists, and what a restored copy must
// agree with. Kept as text; grammar and an example in docs/formats/backups.md.
//   genlock-backup 1
//   <name> <value>                                     one of each in the order of the struct
//   stream <id> <event count> <digest> <heads sum>     one for each stream
//   file <bytes> <sum> <name> <kept as>                one for each file
//   end <sum of all lines before>
// A sum is XXH3-128 as 32 hex digits. What is damaged anywhere is refused whole.
#pragma once

#include "engine/event.h"
#include "engine/event_log.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace genlock {

enum class BackupReason { manual, schedule, lock, download };
const char* to_string(BackupReason reason);
std::optional<BackupReason> parse_backup_reason(std::string_view text);

// What one stream was at that moment.
struct BackedUpStream {
  StreamId stream;
  std::uint64_t events = 0;
  std::string digest;  // of its rows, 32 hex digits
  std::string heads;   // sum over (origin, last sequence, chain value): equal, the same events
  bool operator==(const BackedUpStream&) const = default;
};

struct BackedUpFile {
  std::uint64_t bytes = 0;
  std::string sum;
  std::string name;     // in the data directory
  std::string kept_as;  // in the backup's own folder, or "files/.." among those of all
  bool operator==(const BackedUpFile&) const = default;
};

struct BackupManifest {
  Uuid id;
  UnixMs created_ms = 0;
  BackupReason reason = BackupReason::manual;
  NodeId node;
  OriginId origin;
  std::string program;            // version, without spaces
  std::uint64_t size_bytes = 0;   // of all its files
  std::uint64_t added_bytes = 0;  // of those that no backup before had
  std::vector<BackedUpStream> streams;
  std::vector<BackedUpFile> files;

  std::uint64_t event_count() const;
  bool operator==(const BackupManifest&) const = default;
};

std::string to_text(const BackupManifest& manifest);
// ERRORS: corruption, unsupported (of a newer program). Names of files are checked: they lead to no
// other folder.
Result<BackupManifest> parse_backup_manifest(std::string_view text);

// BackedUpStream::heads of a stream.
std::string sum_of(const StreamHead& head);

}  // namespace genlock
