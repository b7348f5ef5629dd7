// What one client may cost the node, in numbers. Each limit has its unit and its reason; tests
// lower them to be fast.
#pragma once

#include <chrono>
#include <cstddef>

namespace genlock::http {

struct Limits {
  // A request before anybody has looked at it.
  std::size_t head_bytes = 16 * 1024;    // four times what a browser with cookies sends
  std::size_t header_count = 96;         // proxies add about ten; hundreds are an attack
  std::size_t target_bytes = 4 * 1024;   // twenty filters fit
  std::size_t body_bytes = 1024 * 1024;  // one event is at most 1 MiB, so is the command for it
  std::size_t sync_body_bytes = 4 * 1024 * 1024;  // a shipment: `/sync/v1/`, `/api/bundle`
  // `/api/import` only: a browser's storage holds 5 MB, half as much again once it is escaped
  std::size_t import_body_bytes = 16 * 1024 * 1024;
  // Bodies that are collected but not yet handled, all connections together. The first
  // `body_free_bytes` of each are not counted, so a flood of uploads can't keep ordinary edits out.
  std::size_t bodies_total_bytes = 128 * 1024 * 1024;
  std::size_t body_free_bytes = 64 * 1024;

  // How long a client may take. A slow client costs a table entry, never a thread.
  std::chrono::milliseconds head_ms{10'000};   // first to last byte of a head, however it drips
  std::chrono::milliseconds body_ms{60'000};   // 1 MiB over a bad venue Wi-Fi
  std::chrono::milliseconds idle_ms{60'000};   // between requests of one connection
  std::chrono::milliseconds write_ms{30'000};  // without any byte of an answer being taken
  std::chrono::milliseconds linger_ms{1'000};  // after a refusal: else a reset overtakes it

  // How many at once.
  std::size_t connection_count = 4096;           // file descriptors: 4,096 and some for the store
  std::size_t connections_per_ip = 256;          // a whole venue may sit behind one address
  std::size_t requests_per_connection = 10'000;  // then it is closed, so that load spreads again
  unsigned worker_count = 16;                    // handlers wait for the disk, not for clients
  std::size_t queue_count = 512;  // a quarter second of work; beyond it 503 with Retry-After
  int backlog = 511;              // connections the kernel holds; the library says 5

  // Answers that come later.
  std::chrono::milliseconds park_ms{60'000};    // the longest wait of a long poll
  std::size_t feed_count = 500;                 // asked by the handler, who answers 503 `feed-full`
  std::size_t feed_unsent_bytes = 1024 * 1024;  // more than this unread, and the reader is dropped
  std::size_t feed_refill_bytes = 256 * 1024;   // above this a feed is not asked for more
  std::chrono::milliseconds heartbeat_ms{15'000};  // proxies cut silence after 30 to 60 s
};

}  // namespace genlock::http
