// The API of a node whose writes are forgotten, for dry runs: a dry run is then the run itself, and
// finds what the run would find.
//
//   Rehearsal rehearsal(parts);
//   transfer::import_files(rehearsal.client(), files, options);
//
// It sees the store as it was when it was made, with what was written through it since. One thread.
#pragma once

#include "http/api.h"
#include "transfer/api_client.h"

#include <memory>

namespace genlock::http {

class Rehearsal {
 public:
  // Of rows alone: their lists, and writing them. `parts` outlives this.
  explicit Rehearsal(const ApiParts& parts);
  ~Rehearsal();
  Rehearsal(const Rehearsal&) = delete;
  Rehearsal& operator=(const Rehearsal&) = delete;

  transfer::ApiClient& client();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace genlock::http
