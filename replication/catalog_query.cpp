#include "replication/catalog_query.h"

#include "replication/introduction.h"
#include "replication/link.h"
#include "replication/subscriptions.h"

namespace genlock::replication {
namespace {

Result<CatalogPage> ask_page(const SessionPorts& ports, Transport& peer, StreamId after,
                             std::int64_t timeout_ms) {
  Message request = make_message(ports, ports.random.next_u64() | 1,
                                 ports.subscriptions.current(ports.index), CatalogWish{after});
  TRY_ASSIGN(Message reply, peer.ask(request, timeout_ms));
  if (const auto* refusal = std::get_if<Refusal>(&reply.body))
    return Error{refusal->code, refusal->message};
  auto* page = std::get_if<CatalogPage>(&reply.body);
  if (!page || reply.exchange != request.exchange)
    return Error{ErrorCode::corruption, "the peer answered something else than its catalog"};
  if (!page->entries.empty() && page->entries.front().production <= after)
    return Error{ErrorCode::corruption, "the peer's catalog goes round in circles"};
  return std::move(*page);
}

}  // namespace

Result<std::vector<CatalogEntry>> ask_catalog(const SessionPorts& ports, Transport& peer,
                                              std::int64_t timeout_ms) {
  const SteadyMs deadline = steady_now() + timeout_ms;
  std::vector<CatalogEntry> all;
  CatalogPage page{{}, true};
  for (std::size_t n = 0; n < CatalogPage::max_pages && page.more; ++n) {
    std::int64_t left_ms = deadline - steady_now();
    if (left_ms <= 0) return Error{ErrorCode::unavailable, "the peer took too long to answer"};
    StreamId after = all.empty() ? StreamId{} : all.back().production;
    TRY_ASSIGN(page, ask_page(ports, peer, after, left_ms));
    all.insert(all.end(), page.entries.begin(), page.entries.end());
  }
  return all;
}

}  // namespace genlock::replication
