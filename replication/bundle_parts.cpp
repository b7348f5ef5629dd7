#include "replication/bundle.h"
#include "replication/bundle_frames.h"
#include "replication/wire.h"

namespace genlock::replication {
namespace {

// Puts frames together to a bundle: hello, intro, pages, end.
class Part {
 public:
  explicit Part(Message hello) : hello_(std::move(hello)) {}

  // What the pages that follow are of.
  void begin_section(Exchange intro) {
    intro_ = std::move(intro);
    if (!bytes_.empty()) add(*intro_);
  }
  void add_page(Exchange page) {
    begin();
    add(std::move(page));
  }
  std::size_t size() const { return bytes_.size(); }
  // Empty where there was nothing to say.
  std::string take() {
    if (bytes_.empty()) return {};
    add(States{});
    number_ = 0;
    return std::exchange(bytes_, {});
  }
  // Also where no page came: who reads it hears what it would build on.
  void begin() {
    if (!bytes_.empty()) return;
    add(std::get<Hello>(hello_.body));
    if (intro_) add(*intro_);
  }

 private:
  template <class Body>
  void add(Body body) {
    Message message = hello_;
    message.exchange = ++number_;
    message.body = std::move(body);
    bytes_ += encode(message);
  }

  const Message hello_;
  std::optional<Exchange> intro_;
  std::uint64_t number_ = 0;
  std::string bytes_;
};

}  // namespace

Result<void> split_bundle(const ReadBytes& read, std::size_t part_bytes, const TakePart& take) {
  BundleFrames frames(read);
  auto first = frames.next();
  const bool is_bundle = first.ok() && std::get_if<Hello>(&first->body);
  if (!first.ok() && first.error().code != ErrorCode::corruption) return std::move(first).error();
  if (!is_bundle)
    return Error{ErrorCode::bad_request,
                 "this is no bundle" + (first.ok() ? "" : ": " + first.error().message)};
  Part part(*std::move(first));
  bool was_given = false;
  const auto give = [&]() -> Result<void> {
    std::string bytes = part.take();
    was_given = was_given || !bytes.empty();
    return bytes.empty() ? Result<void>{} : take(std::move(bytes));
  };
  for (;;) {
    auto message = frames.next();
    if (!message.ok()) {
      TRY(give());
      return std::move(message).error();
    }
    auto* exchange = std::get_if<Exchange>(&message->body);
    if (!exchange) break;
    if (exchange->chunks.empty()) {
      part.begin_section(std::move(*exchange));
      part.begin();
    } else {
      part.add_page(std::move(*exchange));
    }
    if (part.size() >= part_bytes) TRY(give());
  }
  if (!was_given) part.begin();
  return give();
}

Result<BundleSize> measure_bundle(const ReadBytes& read) {
  BundleSize size;
  BundleFrames frames([&](std::size_t wanted) -> Result<std::string> {
    TRY_ASSIGN(std::string bytes, read(wanted));
    size.bytes += bytes.size();
    return bytes;
  });
  TRY_ASSIGN(const Message first, frames.next());
  if (!std::get_if<Hello>(&first.body)) return Error{ErrorCode::bad_request, "this is no bundle"};
  for (;;) {
    TRY_ASSIGN(const Message message, frames.next());
    const auto* exchange = std::get_if<Exchange>(&message.body);
    if (!exchange) return size;
    if (exchange->chunks.empty()) size.streams += exchange->wants.size();
    if (!exchange->chunks.empty()) ++size.pages;
    for (const Chunk& chunk : exchange->chunks) size.events += chunk.events.size();
  }
}

std::string bundle_of(const Chunk& chunk, const BundleWish& maker) {
  Hello hello;
  hello.role = maker.self.role;
  hello.name = maker.self.name;
  hello.software = maker.software;
  hello.clock_ms = maker.now_ms;
  hello.stream_count = 1;
  Message first;
  first.node = maker.self.node;
  first.origin = maker.self.origin;
  first.body = std::move(hello);
  Part part(std::move(first));
  Exchange intro;
  intro.wants.push_back({chunk.stream, {}, {}});
  part.begin_section(std::move(intro));
  Exchange page;
  page.chunks.push_back(chunk);
  part.add_page(std::move(page));
  return part.take();
}

}  // namespace genlock::replication
