#include "http/change_reader.h"

#include "projections/change_message.h"
#include "projections/change_note.h"

#include <algorithm>

namespace genlock::http {
namespace {

constexpr std::size_t max_looked_at = 4'096;     // events a page: some milliseconds
constexpr std::size_t max_kept_bytes = 8 << 20;  // for feeds that are woken by the same commit
constexpr std::chrono::seconds max_age{1};

}  // namespace

Result<ChangePage> ChangeReader::read(const ReadContext& context, Position after,
                                      const Narrowing& only, const Bounds& bounds) {
  ChangePage page;
  page.reached = after;
  TRY_ASSIGN(const Position end, context.log.last_position(context.reader));
  if (after >= end) return page;
  TRY_ASSIGN(const Position horizon, note_horizon(context.reader));
  TRY_ASSIGN(const Position dropped, context.log.last_dropped(context.reader));
  if (after < std::max(horizon, dropped)) {
    page.reached = end;
    page.lost = true;
    return page;
  }
  std::size_t looked_at = 0, bytes = 0;
  Result<void> outcome;
  TRY(context.log.read_after(
      context.reader, after, [&](const EventId& id, const StoredEvent& stored) {
        page.more = looked_at == max_looked_at || page.messages.size() >= bounds.messages ||
                    bytes >= bounds.bytes;
        if (page.more) return false;
        ++looked_at;
        if (only.takes(id.stream)) {
          Result<Text> text = message(context, end, id, stored);
          if (!text.ok()) {
            outcome = std::move(text).error();
            return false;
          }
          bytes += (*text)->size();
          page.messages.push_back({stored.position, *std::move(text)});
        }
        page.reached = stored.position;
        return true;
      }));
  TRY(std::move(outcome));
  return page;
}

Result<ChangeReader::Text> ChangeReader::message(const ReadContext& context, Position end,
                                                 const EventId& id, const StoredEvent& stored) {
  if (Text known = find(end, stored.position)) return known;
  TRY_ASSIGN(std::string json, change_message(context, id, stored));
  Text text = std::make_shared<const std::string>(std::move(json));
  keep(end, stored.position, text);
  return text;
}

ChangeReader::Text ChangeReader::find(Position end, Position at) {
  const std::lock_guard lock(mutex_);
  if (kept_.end != end || std::chrono::steady_clock::now() - kept_.since > max_age) return nullptr;
  const auto found = kept_.messages.find(at);
  return found == kept_.messages.end() ? nullptr : found->second;
}

void ChangeReader::keep(Position end, Position at, const Text& text) {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  if (end < kept_.end) return;  // read from an older snapshot
  if (end > kept_.end || now - kept_.since > max_age) kept_ = {end, now, {}, 0};
  if (kept_.bytes + text->size() > max_kept_bytes) return;
  if (kept_.messages.emplace(at, text).second) kept_.bytes += text->size();
}

}  // namespace genlock::http
