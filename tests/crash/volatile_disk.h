// A disk whose cache a power cut empties, in memory. What was written is seen at once; what of it
// is still there after a cut is only what was synced, and of the rest what chance draws: a
// beginning, a beginning with zeros behind it (the file grew before its bytes came), or some
// sectors and zeros for the others. So bytes may be missing at the end of a file, or a file be gone
// by its new name and be there by its old one: as on ext4 and xfs, an fsync of a file keeps its
// bytes and its name, one of a directory the names in it, and names change in the order in which
// they were changed.
//
// Each write, sync, creation, renaming and removal is one operation, with a number. At any of them
// the power can be cut or an error be given. A sync that failed has lost what it was to sync: later
// ones say that all is well and bring it back no more (as Linux does it: PostgreSQL's "fsyncgate").
// Thread-safe. REQUIRES: files append only, which is all that RocksDB does.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace genlock::crash {

enum class Failure { none, power_cut, io_error, no_space, not_found };

// Operations first..first + count - 1 fail so; 0: none does. After a power cut all of them fail.
struct Fault {
  Failure failure = Failure::power_cut;
  std::uint64_t first = 0, count = 1;
};

class VolatileDisk {
 public:
  struct File {
    std::string bytes;
    std::size_t synced_bytes = 0;
    bool lost_a_sync = false;
  };
  using FilePtr = std::shared_ptr<File>;

  VolatileDisk() = default;
  // The same files, all of them synced. REQUIRES: no power cut since power_on().
  VolatileDisk(const VolatileDisk& other);
  VolatileDisk& operator=(const VolatileDisk&) = delete;

  // The next operation is number 1 again.
  void plan(Fault fault);
  // The same for reads, which are counted apart.
  void plan_reads(Fault fault);
  std::uint64_t operation_count() const;
  std::uint64_t read_count() const;
  bool is_off() const;
  bool is_full() const;  // the next operation would say no_space
  // The power is cut now, if it is not already.
  void cut();
  // What a cut left, drawn from `seed`. REQUIRES: nobody uses a file from before it.
  void power_on(std::uint64_t seed);

  // The handle of a file stays good when its name changes or goes.
  Failure create(const std::string& name, FilePtr& file);
  Failure open(const std::string& name, FilePtr& file) const;
  Failure append(const FilePtr& file, std::string_view bytes);
  Failure truncate(const FilePtr& file, std::size_t size);
  Failure sync(const FilePtr& file);
  Failure rename(const std::string& from, const std::string& to);
  Failure link(const std::string& from, const std::string& to);
  Failure remove(const std::string& name);
  Failure sync_directory(const std::string& name);
  // Directories are never lost.
  void make_directory(const std::string& name);
  bool is_directory(const std::string& name) const;
  Failure list(const std::string& directory, std::vector<std::string>& names) const;

  // Bytes from `offset` on, at most `size`, into `to`; how many there were.
  Failure read(const FilePtr& file, std::size_t offset, std::size_t size, char* to,
               std::size_t& got);
  std::size_t size(const FilePtr& file) const;

  // False: somebody has it already.
  bool lock(const std::string& name);
  void unlock(const std::string& name);

 private:
  // A change of a name that the disk may not have yet: `file` got the name, or lost it.
  struct Change {
    std::string name;
    FilePtr file;
    bool is_gone = false;
  };
  using Names = std::map<std::string, FilePtr>;

  Failure step();
  void note(const std::string& name, const FilePtr& file, bool is_gone);
  static void apply(const Change& change, Names& names);

  mutable std::mutex mutex_;  // guards everything, also what is in files
  Names names_, durable_names_;
  std::vector<Change> changes_;  // in names_ and not in durable_names_
  std::set<std::string> directories_, locks_;
  Fault fault_{}, read_fault_{};
  std::uint64_t operations_ = 0, reads_ = 0;
  bool is_off_ = false;
};

}  // namespace genlock::crash
