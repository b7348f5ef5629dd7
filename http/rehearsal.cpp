#include "http/rehearsal.h"

#include "http/api_core.h"
#include "http/inner_client.h"
#include "projections/row_projection.h"

namespace genlock::http {
namespace {

// Reads what is there at that moment, whatever is written later: enough for one thread, which reads
// to the end before it writes.
class View : public Reader {
 public:
  explicit View(const Reader& below) : below_(below) {}

  Result<std::optional<std::string>> get(Space space, std::string_view key) const override {
    return below_.get(space, key);
  }
  Result<void> scan(Space space, std::string_view first, std::string_view end,
                    const Visit& visit) const override {
    return below_.scan(space, first, end, visit);
  }
  Result<void> scan_down(Space space, std::string_view first, std::string_view end,
                         const Visit& visit) const override {
    return below_.scan_down(space, first, end, visit);
  }

 private:
  const Reader& below_;
};

// A moment of a store, and in memory what was written since.
class ScratchStore : public Store {
 public:
  explicit ScratchStore(std::unique_ptr<Reader> below)
      : below_(std::move(below)), written_(*below_) {}

  Result<std::optional<std::string>> get(Space space, std::string_view key) const override {
    return written_.get(space, key);
  }
  Result<void> scan(Space space, std::string_view first, std::string_view end,
                    const Visit& visit) const override {
    return written_.scan(space, first, end, visit);
  }
  Result<void> scan_down(Space space, std::string_view first, std::string_view end,
                         const Visit& visit) const override {
    return written_.scan_down(space, first, end, visit);
  }
  Result<void> commit(const Batch& batch, bool) override {
    for (std::size_t i = 0; i < space_count; ++i) {
      for (const auto& [key, value] : batch.spaces[i]) {
        const Space space{static_cast<std::uint8_t>(i)};
        value ? written_.put(space, key, *value) : written_.erase(space, key);
      }
    }
    return {};
  }
  std::unique_ptr<Reader> snapshot() const override { return std::make_unique<View>(written_); }

 private:
  std::unique_ptr<Reader> below_;
  Overlay written_;
};

class ScratchCommitter : public Committer {
 public:
  explicit ScratchCommitter(ScratchStore& store) : store_(store) {}

  Result<void> run(Job job) override {
    Overlay overlay(store_);
    TRY(job(overlay));
    return store_.commit(overlay.batch(), false);
  }

 private:
  ScratchStore& store_;
};

}  // namespace

struct Rehearsal::Inside {
  explicit Inside(const ApiParts& parts)
      : store(parts.store.snapshot()),
        projection(parts.engine.identity().role),
        engine(parts.engine.identity(), parts.engine.log(), projection, parts.clock, parts.random),
        core({.engine = engine,
              .committer = committer,
              .store = store,
              .clock = parts.clock,
              .random = parts.random}) {
    add_row_routes(router, core);
    add_write_routes(router, core);
  }

  ScratchStore store;
  ScratchCommitter committer{store};
  RowProjection projection;
  Engine engine;
  Router router;
  ApiCore core;
  InnerClient client{router, "a rehearsal"};
};

Rehearsal::Rehearsal(const ApiParts& parts) : inside_(std::make_unique<Inside>(parts)) {}
Rehearsal::~Rehearsal() = default;

transfer::ApiClient& Rehearsal::client() { return inside_->client; }

}  // namespace genlock::http
