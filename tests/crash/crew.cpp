#include "crash/crew.h"

#include "engine/event_codec.h"

#include <fmt/format.h>

#include <set>

namespace genlock::crash {

namespace {

constexpr std::uint64_t row_kind = 1, key_kind = 2;
constexpr std::size_t max_rows = 12;

// The node may not have taken it, or may: nobody knows.
bool leaves_open(const Result<cli::ApiAnswer>& answer) {
  return !answer.ok() || answer->status >= 500;
}

class Counting {
 public:
  EventLog::Visit visitor() {
    return [this](const EventId& id, const StoredEvent& stored) { return add(id, stored); };
  }
  Result<Commands> finish() {
    TRY(std::move(outcome_));
    return std::move(commands_);
  }

 private:
  bool add(const EventId& id, const StoredEvent& stored) {
    const Result<Event> event = decode(stored.bytes);
    if (!event.ok()) outcome_ = event.error();
    if (!event.ok()) return false;
    if (event->command_key == Uuid{}) return true;
    ++commands_.count;
    if (!keys_.insert(event->command_key).second)
      commands_.doubled = "a command is in the log twice, again as " + id.to_string();
    return true;
  }

  Commands commands_;
  std::set<Uuid> keys_;
  Result<void> outcome_;
};

}  // namespace

Result<void> make_show(cli::ApiClient& client) {
  TRY(client.fetch({"POST",
                    "/api/productions",
                    fmt::format(R"({{"id":"{}","client":"Acme","show_name":"Gala"}})", show_id),
                    {}}));
  return {};
}

Crew::Crew(std::uint64_t number) : number_(number), random_(number) {}

std::string Crew::id(std::uint64_t kind, std::uint64_t n) const {
  return fmt::format("{:08x}-{:04x}-4000-8000-{:012x}", kind << 28 | (number_ & 0xfffffff),
                     number_ >> 28 & 0xffff, n);
}

Crew::Write Crew::draw() {
  const std::uint64_t n = ++drawn_;
  const bool creates = ids_.empty() || (ids_.size() < max_rows && random_.next_u64() % 4 == 0);
  // Some names are long, so that a write is more than one sector.
  std::string name = fmt::format("{}.{}", number_, n);
  if (random_.next_u64() % 4 == 0) name += ' ' + std::string(random_.next_u64() % 200, 'x');
  const std::string row = creates ? id(row_kind, n) : ids_[random_.next_u64() % ids_.size()];
  return {row, std::move(name), id(key_kind, n), creates};
}

bool Crew::write(cli::ApiClient& client) {
  if (!open_) {
    open_ = draw();
    if (open_->creates) ids_.push_back(open_->row), rows_[open_->row] = {};
  }
  cli::ApiCall call{.method = "PATCH",
                    .target = "/api/sources/" + open_->row,
                    .body = fmt::format(R"({{"name":"{}"}})", open_->name),
                    .headers = {{"Idempotency-Key", open_->key}}};
  if (open_->creates) {
    call.method = "POST";
    call.target = fmt::format("/api/productions/{}/sources", show_id);
    call.body = fmt::format(R"({{"id":"{}","type":"CAM","name":"{}"}})", open_->row, open_->name);
  }
  const auto answer = client.send(call);
  if (leaves_open(answer)) return false;
  if (!answer->ok()) {
    refused_ = fmt::format("{} {} was refused: {} {}", call.method, call.target, answer->status,
                           answer->body);
    return false;
  }
  rows_[open_->row].name = open_->name;
  last_row_ = open_->row;
  open_.reset();
  ++acknowledged_;
  return true;
}

Complaint Crew::check(cli::ApiClient& client) {
  if (refused_) return refused_;
  for (const std::string& row : ids_)
    if (Complaint wrong = check_row(client, row)) return wrong;
  return std::nullopt;
}

Complaint Crew::check_last(cli::ApiClient& client) {
  const auto answer = client.send({.target = "/api/sources/" + last_row_});
  if (leaves_open(answer)) return std::nullopt;
  return judge(last_row_, *answer);
}

Complaint Crew::check_row(cli::ApiClient& client, const std::string& row) {
  const auto answer = client.send({.target = "/api/sources/" + row});
  if (!answer.ok()) return "a read failed: " + answer.error().message;
  return judge(row, *answer);
}

Complaint Crew::judge(const std::string& row, const cli::ApiAnswer& answer) {
  const std::optional<std::string>& promised = rows_[row].name;
  const bool is_open = open_ && open_->row == row;
  if (answer.status == 404) {
    if (!promised) return std::nullopt;
    return fmt::format("row {} is gone; it was acknowledged as \"{}\"", row, *promised);
  }
  if (!answer.ok()) return fmt::format("row {}: {} {}", row, answer.status, answer.body);
  const Result<Json> shown = parse_json(answer.body);
  if (!shown.ok()) return fmt::format("row {}: no JSON", row);
  const std::string name = cli::text_of(*shown, "name");
  if (promised == name || (is_open && open_->name == name)) return std::nullopt;
  return fmt::format("row {} shows \"{}\"; acknowledged was \"{}\"{}", row, name,
                     promised.value_or("nothing"),
                     is_open ? ", open is \"" + open_->name + '"' : "");
}

Result<Commands> commands_in(const Reader& reader, const EventLog& log) {
  Counting counting;
  TRY(log.read_after(reader, Position::none, counting.visitor()));
  return counting.finish();
}

Result<Commands> commands_of(const Reader& reader, const EventLog& log, StreamId stream) {
  Counting counting;
  TRY_ASSIGN(const StreamHead head, log.head(reader, stream));
  for (const auto& [origin, last] : head.origins)
    TRY(log.read_range(reader, stream, {origin, Sequence{1}, last.last}, counting.visitor()));
  return counting.finish();
}

}  // namespace genlock::crash
