// The stores that the contract suites run over, each behind the same handle: open, reopen, look
// behind its back.
#pragma once

#include "catch.h"
#include "eventlog/memory_store.h"
#include "eventlog/rocks_store.h"
#include "support/temp_dir.h"

#include <memory>
#include <string>

namespace genlock {

class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual Store& store() = 0;
  // Closes it in good order and opens it again.
  virtual void reopen() = 0;
};

class MemoryUnderTest : public StoreUnderTest {
 public:
  Store& store() override { return store_; }
  void reopen() override { store_.reopen(); }

 private:
  MemoryStore store_;
};

class RocksUnderTest : public StoreUnderTest {
 public:
  RocksUnderTest() { reopen(); }
  Store& store() override { return *store_; }
  void reopen() override {
    store_.reset();
    auto opened = RocksStore::open(dir_.path());
    INFO((opened.ok() ? std::string() : opened.error().message));
    REQUIRE(opened.ok());
    store_ = std::move(opened).value();
  }
  const TempDir& dir() const { return dir_; }

 private:
  TempDir dir_;
  std::unique_ptr<RocksStore> store_;
};

}  // namespace genlock

// A TEST_CASE for both: `TestType` is the handle.
#define STORE_TEST_CASE(name, tags) \
  TEMPLATE_TEST_CASE(name, tags, genlock::MemoryUnderTest, genlock::RocksUnderTest)
