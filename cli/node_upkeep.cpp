#include "cli/node_upkeep.h"

#include "cli/api_client.h"
#include "cli/stoppable.h"
#include "transfer/json_print.h"

#include <algorithm>

namespace genlock::cli {
namespace {

std::string result_of(const MendReport& report) {
  auto count = [](std::uint64_t n) { return json_number(static_cast<std::int64_t>(n)); };
  return dump(json_object({{"streams", count(report.progress.streams_done)},
                           {"events", count(report.progress.events)},
                           {"keys", count(report.keys)},
                           {"mended", count(report.mended_keys)}}));
}

const char* name_of(http::Upkeep work) {
  return work == http::Upkeep::verify ? "verify" : "rebuild";
}

}  // namespace

Result<bool> NodeUpkeep::begin(http::Upkeep work, http::UpkeepProgress progress) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return Error{ErrorCode::unavailable, "the node is stopping"};
  if (busy_) return false;
  if (thread_.joinable()) thread_.join();
  busy_ = true;
  if (work == http::Upkeep::rebuild) percent_ = 0;
  thread_ = std::thread([this, work, progress = std::move(progress)] { run(work, progress); });
  return true;
}

std::optional<int> NodeUpkeep::rebuilding_percent() const {
  int percent = percent_;
  return percent < 0 ? std::nullopt : std::optional(percent);
}

http::Ready NodeUpkeep::ready() const {
  std::optional<int> percent = rebuilding_percent();
  std::string rows = percent ? "rebuilding " + std::to_string(*percent) + "%" : "ok";
  return {.ready = !percent, .components = {{"log", "ok"}, {"projections", rows}}};
}

void NodeUpkeep::end() {
  std::thread last;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    last = std::move(thread_);
  }
  if (last.joinable()) last.join();
}

void NodeUpkeep::run(http::Upkeep work, const http::UpkeepProgress& progress) {
  log_.info("upkeep begins", {{"work", name_of(work)}});
  Result<std::string> result =
      work == http::Upkeep::verify ? verify_now(progress) : rebuild_now(progress);
  log_.info("upkeep ends", {{"work", name_of(work)}, {"finished", result.ok()}});
  percent_ = -1;
  {
    const std::lock_guard lock(mutex_);
    busy_ = false;
  }
  progress.finished(std::move(result));
}

Result<std::string> NodeUpkeep::verify_now(const http::UpkeepProgress& progress) {
  std::unique_ptr<Reader> moment = node_.store().snapshot();
  TRY_ASSIGN(CheckReport report,
             check_node(node_, Stoppable(*moment, stopping_, progress.cancelled), progress.advance,
                        history_));
  if (report.difference) ++mismatches_;
  return dump(to_json(report));
}

Result<std::string> NodeUpkeep::rebuild_now(const http::UpkeepProgress& progress) {
  MendReport report;
  Folder folder(node_);
  TRY(node_.writer().run([&](Overlay& overlay) -> Result<void> {
    TRY_ASSIGN(std::uint64_t total, event_count(node_, overlay));
    Stoppable stored(overlay, stopping_, progress.cancelled);
    Overlay mended(stored);
    TRY_ASSIGN(report, mend(mended, folder.engine(), [&](const RebuildProgress& now) {
                 percent_ = static_cast<int>(100 * now.events / std::max<std::uint64_t>(total, 1));
                 progress.advance(now.events, total);
               }));
    overlay.absorb(std::move(mended));
    return {};
  }));
  return result_of(report);
}

}  // namespace genlock::cli
