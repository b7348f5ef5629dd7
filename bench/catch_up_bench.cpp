// Catch-up: an empty node takes a whole log over HTTP, durable and with its rows current, beside a
// bare program that scans as many values of 200 bytes out of one RocksDB, ships them in HTTP pages
// of 1 MiB and writes each page as one synced batch into another. The log is that of many shows,
// each with as many rows as the large real one (tests/data/show-large.json). Usage: catch_up_bench
// [EVENTS=1000000] [SHOWS=100] [ROUNDS=5]
#include "engine/bytes.h"
#include "sync_pair.h"

#include <httplib.h>
#include <rocksdb/db.h>

#include <cstring>
#include <thread>

namespace genlock::bench {
namespace {

constexpr std::size_t page_bytes = 1 << 20;
constexpr std::size_t value_bytes = 200;
constexpr std::size_t rows_of_show = 1'170;

std::unique_ptr<rocksdb::DB> open_raw(const std::filesystem::path& path) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  CHECK(rocksdb::DB::Open(options, path.string(), &db).ok());
  return std::unique_ptr<rocksdb::DB>(db);
}

std::string key_of(std::uint64_t n) {
  std::string key;
  append_be64(key, n);
  return key;
}

class Floor {
 public:
  Floor(const std::filesystem::path& path, std::uint64_t events)
      : path_(path), events_(events), source_(open_raw(path / "source")) {
    rocksdb::WriteOptions unlogged;
    unlogged.disableWAL = true;
    for (std::uint64_t n = 0; n < events;) {
      rocksdb::WriteBatch batch;
      for (std::uint64_t end = std::min(events, n + 1'000); n < end; ++n) {
        std::string value = "source " + std::to_string(n * 2654435761u) + " patch via rack " +
                            std::to_string(n % 40);
        value.resize(value_bytes, static_cast<char>('a' + n % 26));
        batch.Put(key_of(n), value);
      }
      CHECK(source_->Write(unlogged, &batch).ok());
    }
    CHECK(source_->Flush({}).ok());
    server_.set_tcp_nodelay(true);
    server_.set_keep_alive_max_count(1u << 30);
    server_.Get("/page", [this](const httplib::Request& request, httplib::Response& response) {
      response.set_content(page(std::stoull(request.get_param_value("from"))),
                           "application/octet-stream");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~Floor() {
    server_.stop();
    thread_.join();
  }

  double events_per_second() {
    std::filesystem::path target_path = path_ / ("target" + std::to_string(++runs_));
    std::unique_ptr<rocksdb::DB> target = open_raw(target_path);
    httplib::Client client("127.0.0.1", port_);
    client.set_keep_alive(true);
    client.set_tcp_nodelay(true);
    double start = now_s();
    for (std::uint64_t got = 0; got < events_;) {
      auto reply = client.Get("/page?from=" + std::to_string(got));
      CHECK(reply && reply->status == 200);
      got += store(*target, reply->body);
    }
    double seconds = now_s() - start;
    target.reset();
    std::filesystem::remove_all(target_path);
    return static_cast<double>(events_) / seconds;
  }

 private:
  std::string page(std::uint64_t from) const {
    std::string out;
    std::unique_ptr<rocksdb::Iterator> at(source_->NewIterator({}));
    for (at->Seek(key_of(from)); at->Valid() && out.size() < page_bytes; at->Next()) {
      out.append(at->key().data(), 8);
      out.append(at->value().data(), value_bytes);
    }
    return out;
  }
  static std::uint64_t store(rocksdb::DB& target, const std::string& page) {
    rocksdb::WriteBatch batch;
    std::uint64_t count = 0;
    for (std::size_t at = 0; at < page.size(); at += 8 + value_bytes, ++count)
      batch.Put({page.data() + at, 8}, {page.data() + at + 8, value_bytes});
    rocksdb::WriteOptions synced;
    synced.sync = true;
    CHECK(target.Write(synced, &batch).ok());
    return count;
  }

  std::filesystem::path path_;
  std::uint64_t events_;
  std::unique_ptr<rocksdb::DB> source_;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  int runs_ = 0;
};

// A show, edited until it has `events` events.
void fill(SyncNode& node, std::uint64_t events) {
  StreamId show{node.random.uuid()};
  const std::vector<RecordId> sources = make_show(node, show, rows_of_show);
  edit_until(node, show, sources, events);
}

int run(int argc, char** argv) {
  std::uint64_t events = argc > 1 ? std::stoull(argv[1]) : 1'000'000;
  std::uint64_t shows = argc > 2 ? std::stoull(argv[2]) : 100;
  int rounds = argc > 3 ? std::stoi(argv[3]) : 5;
  ScratchDir dir;
  SyncNode full(dir / "full", Role::cloud, 1);
  std::printf("writing a log of %llu events in %llu shows of %zu rows ...\n",
              static_cast<unsigned long long>(events), static_cast<unsigned long long>(shows),
              rows_of_show);
  for (std::uint64_t i = 0; i < shows; ++i) fill(full, events / shows);
  events = events / shows * shows;
  full.store->flush().value();
  std::filesystem::create_directories(dir / "floor");
  Floor floor(dir / "floor", events);
  SyncServer server(full);
  int round = 0;
  std::uint64_t wire_bytes = 0;
  Paired result = paired(
      rounds, [&] { return floor.events_per_second(); },
      [&] {
        std::filesystem::path path = dir / ("empty" + std::to_string(++round));
        double rate = 0;
        {
          SyncNode empty(path, Role::lan, 100 + static_cast<std::uint64_t>(round));
          SyncServer::Traffic traffic = server.run(empty);
          CHECK(traffic.report.ok() && traffic.report.received_events >= events,
                traffic.report.error ? traffic.report.error->message : "",
                traffic.report.received_events);
          wire_bytes = traffic.received_bytes;
          rate = static_cast<double>(events) / traffic.seconds;
        }
        std::filesystem::remove_all(path);
        return rate;
      });
  std::printf(
      "catch-up of %llu events: floor %.0f/s, genlock %.0f/s, ratio %.3f, %.1f bytes on the wire "
      "per event\n",
      static_cast<unsigned long long>(events), result.floor, result.ours, result.ratio,
      static_cast<double>(wire_bytes) / static_cast<double>(events));
  return 0;
}

}  // namespace
}  // namespace genlock::bench

int main(int argc, char** argv) { return genlock::bench::run(argc, argv); }
