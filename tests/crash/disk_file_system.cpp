#include "crash/disk_file_system.h"

#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>

namespace genlock::crash {

namespace {

using namespace rocksdb;
using FilePtr = VolatileDisk::FilePtr;

IOStatus status_of(Failure failure, const std::string& name) {
  switch (failure) {
    case Failure::none:
      return IOStatus::OK();
    case Failure::power_cut:
      return IOStatus::IOError(name, "the power was cut");
    case Failure::io_error:
      return IOStatus::IOError(name, "Input/output error");
    case Failure::no_space:
      return IOStatus::NoSpace(name, "No space left on device");
    case Failure::not_found:
      return IOStatus::PathNotFound(name, "No such file or directory");
  }
  return IOStatus::OK();
}

// "/a//b/" is "/a/b".
std::string plain(const std::string& path) {
  std::string name;
  for (const char c : path)
    if (c != '/' || name.empty() || name.back() != '/') name += c;
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  return name;
}

class SequentialFile : public FSSequentialFile {
 public:
  SequentialFile(VolatileDisk& disk, FilePtr file) : disk_(disk), file_(std::move(file)) {}
  IOStatus Read(size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) override {
    std::size_t got = 0;
    const Failure failure = disk_.read(file_, at_, n, scratch, got);
    at_ += got;
    *result = Slice(scratch, got);
    return status_of(failure, "read");
  }
  IOStatus Skip(uint64_t n) override {
    at_ = std::min<std::size_t>(at_ + n, disk_.size(file_));
    return IOStatus::OK();
  }

 private:
  VolatileDisk& disk_;
  FilePtr file_;
  std::size_t at_ = 0;
};

class RandomAccessFile : public FSRandomAccessFile {
 public:
  RandomAccessFile(VolatileDisk& disk, FilePtr file) : disk_(disk), file_(std::move(file)) {}
  IOStatus Read(uint64_t offset, size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) const override {
    std::size_t got = 0;
    const Failure failure = disk_.read(file_, offset, n, scratch, got);
    *result = Slice(scratch, got);
    return status_of(failure, "read");
  }

 private:
  VolatileDisk& disk_;
  FilePtr file_;
};

class WritableFile : public FSWritableFile {
 public:
  WritableFile(VolatileDisk& disk, FilePtr file) : disk_(disk), file_(std::move(file)) {}
  using FSWritableFile::Append;
  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    return status_of(disk_.append(file_, {data.data(), data.size()}), "write");
  }
  IOStatus Truncate(uint64_t size, const IOOptions&, IODebugContext*) override {
    if (disk_.size(file_) <= size) return IOStatus::OK();
    return status_of(disk_.truncate(file_, size), "truncate");
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    return status_of(disk_.sync(file_), "fdatasync");
  }
  bool IsSyncThreadSafe() const override { return true; }
  uint64_t GetFileSize(const IOOptions&, IODebugContext*) override { return disk_.size(file_); }

 private:
  VolatileDisk& disk_;
  FilePtr file_;
};

class Directory : public FSDirectory {
 public:
  Directory(VolatileDisk& disk, std::string name) : disk_(disk), name_(std::move(name)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return status_of(disk_.sync_directory(name_), name_);
  }

 private:
  VolatileDisk& disk_;
  std::string name_;
};

class Lock : public FileLock {
 public:
  explicit Lock(std::string locked) : name(std::move(locked)) {}
  const std::string name;
};

// What is not about files (paths, options) goes to the machine's own.
class DiskFileSystem : public FileSystemWrapper {
 public:
  explicit DiskFileSystem(VolatileDisk& disk)
      : FileSystemWrapper(FileSystem::Default()), disk_(disk) {}
  const char* Name() const override { return "VolatileDisk"; }

  IOStatus NewSequentialFile(const std::string& path, const FileOptions&,
                             std::unique_ptr<FSSequentialFile>* result, IODebugContext*) override {
    return opened<SequentialFile>(path, result);
  }
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions&,
                               std::unique_ptr<FSRandomAccessFile>* result,
                               IODebugContext*) override {
    return opened<RandomAccessFile>(path, result);
  }
  IOStatus NewWritableFile(const std::string& path, const FileOptions&,
                           std::unique_ptr<FSWritableFile>* result, IODebugContext*) override {
    FilePtr file;
    const Failure failure = disk_.create(plain(path), file);
    if (failure == Failure::none) *result = std::make_unique<WritableFile>(disk_, file);
    return status_of(failure, path);
  }
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions& options,
                              std::unique_ptr<FSWritableFile>* result,
                              IODebugContext* debug) override {
    FilePtr file;
    if (disk_.open(plain(path), file) == Failure::not_found)
      return NewWritableFile(path, options, result, debug);
    return opened<WritableFile>(path, result);
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions&,
                        std::unique_ptr<FSDirectory>* result, IODebugContext*) override {
    if (disk_.is_off()) return status_of(Failure::power_cut, path);
    *result = std::make_unique<Directory>(disk_, plain(path));
    return IOStatus::OK();
  }

  IOStatus FileExists(const std::string& path, const IOOptions&, IODebugContext*) override {
    FilePtr file;
    if (disk_.is_directory(plain(path))) return IOStatus::OK();
    const Failure failure = disk_.open(plain(path), file);
    return failure == Failure::not_found ? IOStatus::NotFound() : status_of(failure, path);
  }
  IOStatus GetChildren(const std::string& path, const IOOptions&, std::vector<std::string>* names,
                       IODebugContext*) override {
    names->clear();
    const Failure failure = disk_.list(plain(path), *names);
    return failure == Failure::not_found ? IOStatus::NotFound() : status_of(failure, path);
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override {
    return status_of(disk_.remove(plain(path)), path);
  }
  IOStatus CreateDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    disk_.make_directory(plain(path));
    return IOStatus::OK();
  }
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions& options,
                              IODebugContext* debug) override {
    return CreateDir(path, options, debug);
  }
  IOStatus DeleteDir(const std::string&, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* is_directory,
                       IODebugContext*) override {
    *is_directory = disk_.is_directory(plain(path));
    return IOStatus::OK();
  }
  IOStatus GetFileSize(const std::string& path, const IOOptions&, uint64_t* size,
                       IODebugContext*) override {
    FilePtr file;
    const Failure failure = disk_.open(plain(path), file);
    if (failure == Failure::none) *size = disk_.size(file);
    return status_of(failure, path);
  }
  IOStatus GetFileModificationTime(const std::string&, const IOOptions&, uint64_t* time,
                                   IODebugContext*) override {
    *time = 0;
    return IOStatus::OK();
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    return status_of(disk_.rename(plain(from), plain(to)), from);
  }
  IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions&,
                    IODebugContext*) override {
    return status_of(disk_.link(plain(from), plain(to)), from);
  }
  IOStatus Truncate(const std::string& path, size_t size, const IOOptions&,
                    IODebugContext*) override {
    FilePtr file;
    Failure failure = disk_.open(plain(path), file);
    if (failure == Failure::none) failure = disk_.truncate(file, size);
    return status_of(failure, path);
  }
  IOStatus GetFreeSpace(const std::string&, const IOOptions&, uint64_t* bytes,
                        IODebugContext*) override {
    *bytes = disk_.is_full() ? 0 : std::uint64_t{1} << 40;
    return IOStatus::OK();
  }
  IOStatus LockFile(const std::string& path, const IOOptions&, FileLock** lock,
                    IODebugContext*) override {
    if (!disk_.lock(plain(path))) return IOStatus::IOError("LOCK", path);
    *lock = new Lock(plain(path));
    return IOStatus::OK();
  }
  IOStatus UnlockFile(FileLock* lock, const IOOptions&, IODebugContext*) override {
    const std::unique_ptr<Lock> ours(static_cast<Lock*>(lock));
    disk_.unlock(ours->name);
    return IOStatus::OK();
  }

 private:
  template <class File, class Port>
  IOStatus opened(const std::string& path, std::unique_ptr<Port>* result) {
    FilePtr file;
    const Failure failure = disk_.open(plain(path), file);
    if (failure == Failure::none) *result = std::make_unique<File>(disk_, file);
    return status_of(failure, path);
  }

  VolatileDisk& disk_;
};

// RocksDB sleeps for a second when a flush or a compaction failed. Here a moment is enough.
class ImpatientClock : public SystemClockWrapper {
 public:
  ImpatientClock() : SystemClockWrapper(SystemClock::Default()) {}
  const char* Name() const override { return "ImpatientClock"; }
  void SleepForMicroseconds(int micros) override { target_->SleepForMicroseconds(micros / 1'000); }
};

class DiskEnv : public EnvWrapper {
 public:
  explicit DiskEnv(VolatileDisk& disk)
      : EnvWrapper(NewCompositeEnv(std::make_shared<DiskFileSystem>(disk))) {
    system_clock_ = std::make_shared<ImpatientClock>();
  }
};

}  // namespace

std::unique_ptr<rocksdb::Env> env_on(VolatileDisk& disk) { return std::make_unique<DiskEnv>(disk); }

}  // namespace genlock::crash
