// Runs one target without libFuzzer: every file of the corpus, then changes of them drawn from a
// seed. A crash leaves the input's bytes in hex on standard error.
//
//   event_fuzz CORPUS_FOLDER [RUNS [SEED]]
#include "fuzz/fuzz.h"
#include "support/seeded_random.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

constexpr std::size_t max_input_bytes = 64 * 1024;

std::string running;  // what a crash is about

void put_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string line = "crashed on ";
  for (unsigned char byte : bytes) line += {digits[byte / 16], digits[byte % 16]};
  line += '\n';
  if (::write(STDERR_FILENO, line.data(), line.size()) < 0) return;
}

extern "C" void on_crash(int signal) {
  put_hex(running);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(std::string input) {
  running = std::move(input);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(running.data()), running.size());
}

class Mutator {
 public:
  Mutator(const std::vector<std::string>& corpus, std::uint64_t seed)
      : corpus_(corpus), chance_(seed) {}

  std::string next() {
    std::string bytes = some();
    for (std::uint64_t left = 1 + below(4); left > 0; --left) change(bytes);
    if (bytes.size() > max_input_bytes) bytes.resize(max_input_bytes);
    return bytes;
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return bound ? chance_.next_u64() % bound : 0; }
  const std::string& some() { return corpus_[below(corpus_.size())]; }

  void change(std::string& bytes) {
    std::size_t at = below(bytes.size() + 1);
    switch (below(6)) {
      case 0:
        if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 1:
        if (at < bytes.size()) bytes[at] = static_cast<char>(below(256));
        break;
      case 2:
        bytes.insert(at, 1 + below(4), static_cast<char>(below(256)));
        break;
      case 3:
        bytes.erase(at, 1 + below(16));
        break;
      case 4:
        bytes.resize(at);
        break;
      case 5: {  // a piece of another one
        const std::string& other = some();
        std::size_t from = below(other.size());
        bytes.insert(at, other.substr(from, 1 + below(64)));
        break;
      }
    }
  }

  const std::vector<std::string>& corpus_;
  genlock::SeededRandom chance_;
};

std::vector<std::string> read_corpus(const char* folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry);
  std::ranges::sort(paths);
  std::vector<std::string> corpus;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return corpus;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s CORPUS_FOLDER [RUNS [SEED]]\n", argv[0]);
    return 2;
  }
  std::uint64_t runs = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  std::uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  const std::vector<std::string> corpus = read_corpus(argv[1]);
  if (corpus.empty()) {
    std::fprintf(stderr, "%s: no inputs in %s\n", argv[0], argv[1]);
    return 1;
  }
  for (int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGBUS}) std::signal(signal, on_crash);
  for (const std::string& input : corpus) run(input);
  Mutator mutator(corpus, seed);
  for (std::uint64_t n = 0; n < runs; ++n) run(mutator.next());
  std::printf("%zu inputs and %llu drawn ones\n", corpus.size(),
              static_cast<unsigned long long>(runs));
  return 0;
}
