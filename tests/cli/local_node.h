// A data directory of its own and a client of it, in this process.
#pragma once

#include "catch.h"
#include "cli/api_client.h"
#include "cli/local_client.h"
#include "support/places.h"
#include "support/temp_dir.h"
#include "transfer/import.h"

#include <string>

namespace genlock::cli {

class LocalNode {
 public:
  explicit LocalNode(const std::string& name = "Truck 2", Role role = Role::lan) {
    NodeOptions options;
    options.data = folder_.path() / "data";
    options.role = role;
    options.name = name;
    auto opened = Node::open(options);
    REQUIRE(opened.ok());
    node_ = *std::move(opened);
    auto client = client_of(*node_, "test");
    REQUIRE(client.ok());
    client_ = *std::move(client);
  }

  ImportReport take(const std::vector<std::string>& files, bool update = false) {
    std::vector<ImportFile> read;
    for (const std::string& file : files) {
      auto one = file.front() == '{' || file.front() == '[' ? parse_import_file("inline", file)
                                                            : read_import_file(test_data(file));
      REQUIRE(one.ok());
      read.push_back(*std::move(one));
    }
    auto report = import_files(*client_, read, {.update = update, .user = "Ana"});
    REQUIRE(report.ok());
    return *std::move(report);
  }

  Node& node() { return *node_; }
  ApiClient& client() { return *client_; }
  std::string folder() const { return folder_.path().string(); }
  // Closes the directory; what was there stays.
  void close() {
    client_.reset();
    node_.reset();
  }

 private:
  TempDir folder_;
  std::unique_ptr<Node> node_;
  std::unique_ptr<ApiClient> client_;
};

}  // namespace genlock::cli
