#include "http/rehearsal.h"

#include "http/api_core.h"
#include "http/inner_client.h"
#include "projections/row_projection.h"

namespace genlock::http {
namespace {

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
    written_.absorb(Overlay(written_, batch));
    return {};
  }
  // Shows what is written later, too: enough for one thread, which reads to the end before it
  // writes.
  std::unique_ptr<Reader> snapshot() const override {
    return std::make_unique<Overlay>(static_cast<const Reader&>(written_));
  }

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
