// Every bound of the engine, with its unit and its reason. The simulator may lower them, nobody
// raises them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace genlock::limits {

inline constexpr std::size_t max_event_bytes = 1 << 20;  // an event fits in a page
inline constexpr std::size_t max_operations =
    20'000;  // of one event: a show of 2,000 rows with their outputs
inline constexpr std::size_t max_batch_steps = 2'000;   // of one batch: a show, pasted
inline constexpr std::size_t max_page_bytes = 1 << 20;  // of events in a page, before compression
inline constexpr std::size_t max_context_entries = 4'096;   // origins of one stream
inline constexpr std::size_t max_replaces = 1'024;          // sides named by one write
inline constexpr std::size_t max_text_bytes = 1'000;        // ordinary text columns
inline constexpr std::size_t max_long_text_bytes = 10'000;  // note, show_info_url
inline constexpr std::size_t max_json_bytes = 256 << 10;    // one opaque JSON column
inline constexpr std::size_t max_json_depth = 32;           // nesting of any JSON from outside
// Of merging finer than a group (rule 8); beyond them the group merges as a whole. They are part of
// the rule: other bounds, another fold_version.
inline constexpr std::size_t max_merge_words = 8'192;  // of one text; a note has about 3,500
inline constexpr std::size_t max_merge_steps = 1'000;  // words in and out of one text
inline constexpr std::size_t max_merge_siblings = 16;  // as many nodes wrote it, none knowing
inline constexpr std::size_t max_merge_bases = 64;     // each a round of edits side by side
inline constexpr std::size_t max_sort_order_bytes = 64;
inline constexpr std::size_t max_person_bytes = 200;  // user, device: they stand in every event
inline constexpr std::size_t max_pending_commands = 1'024;  // waiting for the log writer; then 503
inline constexpr std::size_t max_group_commands = 256;      // gathered into one synced batch
inline constexpr std::size_t max_group_bytes = 8 << 20;     // of one synced batch

}  // namespace genlock::limits
