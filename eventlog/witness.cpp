#include "eventlog/witness.h"

#include "eventlog/log.h"
#include "eventlog/rocks_tails.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace genlock {

namespace {

constexpr const char* head_name = "HEAD";
constexpr const char* place_name = "PLACE";

Error unwritten(const std::filesystem::path& path) {
  return {ErrorCode::unavailable, "can't write " + path.string()};
}

std::string hex_of(const ChainHash& hash) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (std::uint8_t byte : hash) {
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 15]);
  }
  return text;
}

std::optional<ChainHash> parse_hash(const std::string& text) {
  ChainHash hash;
  if (text.size() != 2 * hash.size()) return std::nullopt;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    unsigned byte = 0;
    for (char digit : {text[2 * i], text[2 * i + 1]}) {
      const bool is_number = digit >= '0' && digit <= '9';
      if (!is_number && (digit < 'a' || digit > 'f')) return std::nullopt;
      byte = byte << 4 | static_cast<unsigned>(is_number ? digit - '0' : digit - 'a' + 10);
    }
    hash[i] = static_cast<std::uint8_t>(byte);
  }
  return hash;
}

// A file descriptor that is closed at the end.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  bool ok() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

bool sync_directory(const std::filesystem::path& path) {
  const File directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return directory.ok() && ::fsync(directory.get()) == 0;
}

std::string machine_id() {
  std::ifstream in("/etc/machine-id");
  std::string id;
  in >> id;
  return id;
}

}  // namespace

std::optional<Witness> read_witness(const std::filesystem::path& data) {
  std::ifstream in(data / head_name);
  std::string origin, hash;
  std::uint64_t position = 0;
  if (!(in >> origin >> position >> hash)) return std::nullopt;
  const auto parsed_origin = OriginId::parse(origin);
  const auto parsed_hash = parse_hash(hash);
  if (!parsed_origin || !parsed_hash) return std::nullopt;
  return Witness{*parsed_origin, Position{position}, *parsed_hash};
}

Result<void> write_witness(const std::filesystem::path& data, const Witness& witness) {
  const std::filesystem::path path = data / head_name, fresh = data / "HEAD.new";
  const std::string text = witness.origin.to_string() + " " +
                           std::to_string(number(witness.position)) + " " + hex_of(witness.hash) +
                           "\n";
  {
    const File file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file.ok() ||
        ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::fsync(file.get()) != 0)
      return unwritten(fresh);
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0 || !sync_directory(data)) return unwritten(path);
  return {};
}

// Not the number of the device: with some file systems that is another one after each mount.
std::string place_of(const std::filesystem::path& data) {
  const std::filesystem::path path = data / place_name;
  const File file(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0644));
  struct statx facts {};
  if (!file.ok() || ::statx(file.get(), "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &facts) != 0)
    return {};
  std::ostringstream text;
  text << machine_id() << ' ' << facts.stx_ino;
  if (facts.stx_mask & STATX_BTIME)
    text << ' ' << facts.stx_btime.tv_sec << '.' << facts.stx_btime.tv_nsec;
  return text.str();
}

Result<Reopened> keep_continuity(const std::filesystem::path& data, Store& store,
                                 const std::string& database_identity, Random& random, UnixMs now) {
  const std::filesystem::path torn = torn_file(data);
  std::error_code ignored;
  const Surroundings around{database_identity, place_of(data), read_witness(data),
                            std::filesystem::exists(torn, ignored)};
  TRY_ASSIGN(Reopened reopened, keep_continuity(store, around, random, now));
  if (!reopened.renewed) return reopened;
  // Else the next opening would find the same again.
  TRY_ASSIGN(const auto witness, witness_of(Log(), store, reopened.identity.origin));
  if (witness) {
    TRY(write_witness(data, *witness));
  } else {
    std::filesystem::remove(data / head_name, ignored);
  }
  // Should it come back after a power cut, another new origin begins.
  std::filesystem::rename(torn, torn.string() + ".kept", ignored);
  return reopened;
}

}  // namespace genlock
