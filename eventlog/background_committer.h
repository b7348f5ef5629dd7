// Another committer whose start() leaves the sync to a thread: a caller with a row of large jobs
// (the pages of a download) runs the next one while the one before goes to the disk.
#pragma once

#include "engine/committer.h"

namespace genlock {

class BackgroundCommitter : public Committer {
 public:
  // `committer` lets a job run upon one that is on its way to the disk (log_writer.h) and outlives
  // every future of start().
  explicit BackgroundCommitter(Committer& committer) : committer_(committer) {}

  Result<void> run(Job job) override { return committer_.run(std::move(job)); }
  // A thread for each call, that ends with its future: for jobs of many milliseconds.
  std::future<Result<void>> start(Job job) override;

 private:
  Committer& committer_;
};

}  // namespace genlock
