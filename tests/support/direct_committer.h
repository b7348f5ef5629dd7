// Carries out jobs at once, on the thread that asks.
#pragma once

#include "engine/committer.h"
#include "eventlog/memory_store.h"

namespace genlock::test {

class DirectCommitter : public Committer {
 public:
  explicit DirectCommitter(MemoryStore& store) : store_(store) {}
  Result<void> run(Job job) override {
    Overlay overlay(store_);
    TRY(job(overlay));
    return store_.commit(overlay.take_batch(), true);
  }

 private:
  MemoryStore& store_;
};

}  // namespace genlock::test
