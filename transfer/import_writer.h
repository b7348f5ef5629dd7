// Writes the rows of an import, several at a time: a node syncs the writes that come together to
// its disk once, and over a long line the waiting is shared.
#pragma once

#include "transfer/import.h"
#include "transfer/show_file.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace genlock::transfer {

enum class Wish { nothing, create, update, restore_and_update };

struct Planned {
  const FileRow* row = nullptr;
  Wish wish = Wish::nothing;
  std::string etag;        // of what is there
  std::string sort_order;  // of a create that does not name one: its place must not depend on luck
};

// What became of one row: neither, it was taken.
struct Written {
  std::optional<Error> failed;         // no answer, a server error: ends the import
  std::optional<std::string> refused;  // the reason
};

class ImportWriter {
 public:
  ImportWriter(ApiClient& client, const ImportOptions& options);

  // One result for each row; `in_order` where one may decide about a later one. `on_progress` is
  // called from the caller's thread.
  std::vector<Written> write(const std::vector<Planned>& rows, bool in_order,
                             const std::function<void()>& on_progress);

 private:
  struct Work;

  Written write_row(ApiClient& client, const Planned& planned) const;
  void work_on(Work& work, ApiClient& client, const std::function<void()>& on_progress) const;

  ApiClient& client_;
  std::vector<std::unique_ptr<ApiClient>> more_;  // connections to the same node
  std::vector<Header> headers_;
  std::stop_token cancelled_;
};

// Of an import that nobody wants any more.
Error was_cancelled();

// "name: reason; .." of a refusal.
std::string reason_of(const Error& error);

}  // namespace genlock::transfer
