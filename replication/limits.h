// Every bound of replication, with its unit and its reason.
#pragma once

#include "engine/limits.h"

#include <cstddef>
#include <cstdint>

namespace genlock::replication::limits {

// A message after decompression: a page of events, its vectors and acknowledgements.
inline constexpr std::size_t max_message_bytes = 3 << 20;
// A message as sent. Pages that do not shrink are sent as they are, so the bound is the same.
inline constexpr std::size_t max_frame_bytes = max_message_bytes + 64;
// Honest pages shrink up to 40 times; a sender that reaches this sends them uncompressed.
inline constexpr std::size_t max_compression_ratio = 200;
inline constexpr std::size_t max_page_bytes = genlock::limits::max_page_bytes;
// Pages that a session holds before it stores them as one batch: much enough that most records of a
// show are written once, little enough for a small box and for a cut link.
inline constexpr std::size_t max_held_bytes = 8 << 20;
inline constexpr std::int64_t max_hold_ms = 500;
// Blocks of a snapshot (snapshot.h): about 64 KiB each, so that a cut costs little and a moved
// floor leaves most of them as they were; one may hold an event of max_event_bytes.
inline constexpr std::size_t max_block_bytes = 512 << 10;
inline constexpr std::size_t max_snapshot_blocks = 16'384;
// A snapshot is installed as one batch, so that no reader sees half a show.
inline constexpr std::size_t max_snapshot_bytes = 256 << 20;
// Streams named in one message; more go into the next.
inline constexpr std::size_t max_streams_in_message = 1'024;
// Bytes of vectors in one message: 4,096 origins in one stream are 160 KiB.
inline constexpr std::size_t max_vector_bytes = 512 << 10;
// Ids a partial subscription may list; who wants more subscribes to everything.
inline constexpr std::size_t max_subscriptions = 50'000;
// Differing streams that one round works on; the rest follow in the next one.
inline constexpr std::size_t max_streams_in_round = 8'192;
// Rounds (hello, compare, exchange until dry) of a session, so that two busy nodes cannot hold one
// open for good.
inline constexpr int max_rounds = 4;
// A request that was damaged or answered nonsense is repeated this often; a stream whose page was
// refused is asked for again as often, then left alone until its back-off ends.
inline constexpr int max_tries = 3;
// Exchanges in a row that bring neither an event nor an acknowledgement.
inline constexpr int max_idle_exchanges = 4;
inline constexpr std::int64_t min_stream_backoff_ms = 2'000;
inline constexpr std::int64_t max_stream_backoff_ms = 600'000;
// Of a back-off, for each session but a few in which its stream is passed over: a clock may stand
// still.
inline constexpr std::int64_t passed_over_ms = 10'000;
// How often in a row what a peer sends of a stream is kept out for what events were withdrawn for
// (replication/withdrawal.h), as nobody may hold to that any more.
inline constexpr int max_stands = 4;
// How long an answer to `wait` is withheld when nothing happens. Proxies cut silent requests after
// 30 s or 60 s.
inline constexpr std::int64_t park_ms = 25'000;
// Peers whose knowledge is kept in memory, and scopes whose digests are.
inline constexpr std::size_t max_peers = 10'000;
inline constexpr std::size_t max_cached_scopes = 256;
// Text from a peer: names, messages.
inline constexpr std::size_t max_peer_text_bytes = 1'000;

}  // namespace genlock::replication::limits
