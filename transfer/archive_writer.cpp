#include "engine/event_codec.h"
#include "engine/ingest.h"
#include "engine/record.h"
#include "projections/json_text.h"
#include "projections/node_names.h"
#include "projections/queries.h"
#include "transfer/archive.h"
#include "transfer/archive_line.h"
#include "transfer/checksum.h"
#include "transfer/show_file.h"

#include <optional>
#include <set>

namespace genlock::transfer {
namespace {

constexpr std::size_t piece_bytes = 64 << 10;
constexpr std::size_t max_remembered_ids = 1 << 16;  // then some are looked up again

// The rows of the library that a show names, however it does: by the id of a device, of a port or
// of a card, in a column or inside opaque JSON.
class NamedDevices {
 public:
  NamedDevices(const EventLog& log, const Reader& reader) : log_(log), reader_(reader) {}

  Result<void> note(const Event& event) {
    for (const Operation& operation : event.operations)
      for (const ColumnValues* values : {&operation.values, &operation.base})
        for (const ColumnValue& one : *values) TRY(note(one.value));
    return {};
  }
  // Ascending by id.
  const std::set<RecordId>& all() const { return devices_; }

 private:
  Result<void> note(const Value& value) {
    if (const auto* id = std::get_if<Uuid>(&value)) return note(*id);
    const auto* text = std::get_if<std::string>(&value);
    if (!text) return {};
    constexpr std::size_t printed = 36, first_dash = 8;
    const std::string_view all = *text;
    for (std::size_t dash = all.find('-', first_dash); dash != std::string_view::npos;
         dash = all.find('-', dash + 1))
      if (const auto id = Uuid::parse(all.substr(dash - first_dash, printed))) TRY(note(*id));
    return {};
  }

  Result<void> note(const Uuid& id) {
    if (looked_up_.size() >= max_remembered_ids) looked_up_.clear();
    if (!looked_up_.insert(id).second || devices_.size() >= max_archive_devices) return {};
    for (const TableId table : {table::equipment_specs, table::equipment_io_ports,
                                table::equipment_cards, table::equipment_card_io}) {
      TRY_ASSIGN(const auto stream, find_stream(reader_, table, RecordId{id}));
      if (stream != library_stream) continue;
      return note_row(table, RecordId{id});
    }
    return {};
  }

  Result<void> note_row(TableId table, RecordId id) {
    if (table == table::equipment_specs) {
      devices_.insert(id);
      return {};
    }
    TRY_ASSIGN(const auto row, get_row({reader_, log_}, library_stream, {table, id}));
    if (!row) return {};
    return note_row(find_table(table)->parent, row->parent);
  }

  const EventLog& log_;
  const Reader& reader_;
  std::set<Uuid> looked_up_;
  std::set<RecordId> devices_;
};

// What people call the show.
Result<std::string> name_of_show(const ReadContext& context, StreamId production) {
  TRY_ASSIGN(const auto row, get_row(context, production, {table::productions, {production.uuid}}));
  if (!row) return std::string();
  TRY_ASSIGN(const Json json, parse_json(row->json));
  return label_of(*find_table(table::productions), json);
}

// "a","b"
template <class Items, class Append>
void append_list(std::string& out, const Items& items, Append append) {
  for (const auto& item : items) {
    if (&item != &*items.begin()) out += ',';
    append(item);
  }
}

}  // namespace

struct ArchiveWriter::Work {
  Work(const EventLog& of, const Projection& rows, const Reader& now, StreamId id,
       CausalReader in_order)
      : log(of),
        projection(rows),
        reader(now),
        production(id),
        events(std::move(in_order)),
        devices(of, now) {}

  Result<std::string> begin() {
    TRY_ASSIGN(const std::string show, name_of_show({reader, log}, production));
    std::string out = "{\"archive\":{\"format\":" + std::to_string(archive_format);
    out += ",\"production\":" + json_string_of(production.to_string());
    out += ",\"show\":" + json_string_of(show);
    out += ",\"schema\":" + std::to_string(schema_version) + "},\"events\":[\n";
    return out;
  }

  // What comes after the events too, once they are over.
  Result<std::string> go_on() {
    std::string out;
    while (out.size() < piece_bytes) {
      TRY_ASSIGN(auto next, events.next());
      if (!next) {
        is_over = true;
        TRY(append_rest(out));
        return out;
      }
      TRY(append(out, next->event));
    }
    return out;
  }

  Result<void> append(std::string& out, const Event& event) {
    const EventId id = event.id();
    TRY_ASSIGN(StoredEvent stored, log.read(reader, id));
    ArchivedEvent line{.id = id, .chain = stored.chain, .bytes = std::move(stored.bytes)};
    const Dot before = branches.before(id.dot);
    if (number(id.dot.sequence) == 1 && before.sequence != Sequence::none) {
      TRY_ASSIGN(const StoredEvent followed, log.read(reader, {production, before}));
      line.follows = followed.chain;
    }
    TRY_ASSIGN(const std::string text, archive_line(line));
    if (count > 0) out += ",\n";
    out += text;
    ++count;
    return devices.note(event);
  }

  Result<void> append_rest(std::string& out) {
    out += "\n],\"writers\":[";
    NodeNames names(reader);
    const VersionVector vector = head.vector();
    const char* separator = "\n";
    for (const auto& entry : vector.entries()) {
      const OriginId written = branches.origin_of(entry.origin);
      TRY_ASSIGN(const NodeName node, names.of(written));
      out += std::string(separator) + "{\"origin\":" + json_string_of(entry.origin.to_string());
      if (written != entry.origin) out += ",\"written_as\":" + json_string_of(written.to_string());
      out += ",\"node\":";
      append_json(out, node);
      out += '}';
      separator = ",\n";
    }
    out += "\n],\"equipment\":[\n";
    separator = "";
    for (const RecordId& id : devices.all()) {
      TRY_ASSIGN(const auto row,
                 get_row({reader, log}, library_stream, {table::equipment_specs, id}));
      if (!row) continue;
      TRY_ASSIGN(const Json json, parse_json(row->json));
      out += separator + dump(file_row(*find_table(table::equipment_specs), json));
      separator = ",\n";
    }
    if (*separator) out += '\n';
    TRY_ASSIGN(const Digest digest, projection.digest(reader, production));
    end = "],\"end\":{\"events\":" + std::to_string(count) + ",\"vector\":{";
    append_list(end, vector.entries(), [&](const VersionVector::Entry& entry) {
      end += json_string_of(entry.origin.to_string()) + ':' + std::to_string(number(entry.last));
    });
    end += "},\"digest\":\"" + digest.to_string() + "\",\"fold\":" + std::to_string(fold_version);
    return {};
  }

  const EventLog& log;
  const Projection& projection;
  const Reader& reader;
  const StreamId production;
  CausalReader events;
  NamedDevices devices;
  StreamHead head = {};
  Branches branches = {};
  Checksum checksum = {};
  std::uint64_t count = 0;
  std::string end = {};  // of the archive, without its checksum
  bool has_begun = false, is_over = false, is_done = false;
};

ArchiveWriter::ArchiveWriter(std::unique_ptr<Work> work) : work_(std::move(work)) {}
ArchiveWriter::ArchiveWriter(ArchiveWriter&&) noexcept = default;
ArchiveWriter::~ArchiveWriter() = default;

Result<ArchiveWriter> ArchiveWriter::open(const EventLog& log, const Projection& projection,
                                          const Reader& reader, StreamId production) {
  TRY_ASSIGN(StreamHead head, log.head(reader, production));
  const bool is_show = production != library_stream && production != directory_stream;
  if (head.origins.empty() || !is_show)
    return Error{ErrorCode::not_found, "there is no show " + production.to_string() + " here"};
  TRY_ASSIGN(CausalReader events, CausalReader::open(log, reader, production, nullptr));
  auto work = std::make_unique<Work>(log, projection, reader, production, std::move(events));
  work->head = std::move(head);
  TRY_ASSIGN(work->branches, log.branches(reader, production));
  return ArchiveWriter(std::move(work));
}

Result<std::string> ArchiveWriter::next() {
  if (work_->is_done) return std::string();
  Result<std::string> piece = work_->has_begun ? work_->go_on() : work_->begin();
  if (!piece.ok()) return piece;
  work_->has_begun = true;
  *piece += work_->end;  // once it is known
  work_->checksum.add(*piece);
  if (!work_->is_over) return piece;
  work_->is_done = true;
  return *piece + ",\"sha256\":\"" + work_->checksum.hex() + "\"}}\n";
}

std::uint64_t ArchiveWriter::event_count() const { return work_->count; }

}  // namespace genlock::transfer
