#include "http/download.h"

#include "http/api_problem.h"

#include <stdexcept>

namespace genlock::http {
namespace {

constexpr std::size_t step_bytes = 256 << 10;  // an event spelt out may have megabytes

// What is being sent, and its place among the downloads.
class Sending {
 public:
  Sending(Download download, FeedSlots::Slot slot)
      : download_(std::move(download)), slot_(std::move(slot)) {}

  FeedStep step(Wake wake) {
    if (wake == Wake::stopping) return {.bytes = {}, .end = true};
    while (!is_over_ && held_.size() < step_bytes) {
      Result<std::string> more = download_.next();
      if (!more.ok()) throw std::runtime_error("a download ends: " + more.error().message);
      is_over_ = more->empty();
      held_ += *more;
    }
    FeedStep step{.bytes = held_.substr(0, step_bytes)};
    held_.erase(0, step.bytes.size());
    step.end = is_over_ && held_.empty();
    step.more = !step.end;
    return step;
  }

 private:
  const Download download_;
  const FeedSlots::Slot slot_;
  std::string held_;
  bool is_over_ = false;
};

}  // namespace

HttpResponse download_answer(ApiCore& core, const HttpRequest& request, Download download) {
  FeedSlots::Slot slot = core.downloads.take();
  if (!slot) {
    HttpResponse full =
        problem_answer(request, make_problem("overloaded",
                                             "as many files are being sent as this node sends at "
                                             "once: try again when one is done"));
    full.headers.emplace_back("Retry-After", "5");
    return full;
  }
  std::string type = download.content_type;
  std::string name = "attachment; filename=\"" + download.file_name + "\"";
  const auto sending = std::make_shared<Sending>(std::move(download), std::move(slot));
  HttpResponse response = HttpResponse::stream(
      {.topics = {}, .next = [sending](Wake wake) { return sending->step(wake); }});
  response.content_type = std::move(type);
  response.headers.emplace_back("Content-Disposition", std::move(name));
  return response;
}

}  // namespace genlock::http
