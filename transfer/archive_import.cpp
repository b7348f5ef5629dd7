#include "engine/record.h"
#include "projections/queries.h"
#include "transfer/api_client.h"
#include "transfer/archive.h"
#include "transfer/show_file.h"

namespace genlock::transfer {

Result<std::vector<std::string>> devices_lacking(const Reader& reader,
                                                 const std::vector<Json>& devices) {
  const Table& equipment = *find_table(table::equipment_specs);
  std::vector<std::string> lacking;
  for (const Json& device : devices) {
    const auto id = RecordId::parse(text_of(device, "id"));
    if (!id) continue;
    TRY_ASSIGN(const auto stream, find_stream(reader, equipment.id, *id));
    if (!stream) lacking.push_back(label_of(equipment, device));
  }
  return lacking;
}

Result<ArchiveReport> import_archive(Engine& engine, Committer& committer, const Store& store,
                                     const std::function<Result<ReadArchiveBytes>()>& open) {
  TRY_ASSIGN(const ReadArchiveBytes once, open());
  TRY_ASSIGN(const ArchiveFacts sound,
             read_archive(once, [](const Chunk&) { return Result<void>(); }));
  ArchiveReport report;
  TRY_ASSIGN(const ReadArchiveBytes again, open());
  auto facts = read_archive(again, [&](const Chunk& chunk) {
    IngestReport taken;
    const Result<void> stored = committer.run([&](Overlay& overlay) -> Result<void> {
      TRY_ASSIGN(taken, engine.ingest(chunk, overlay, OriginId{}));
      return {};
    });
    report.stored += taken.stored;
    report.duplicates += taken.duplicates;
    return stored;
  });
  if (!facts.ok()) return std::move(facts).error();
  report.facts = *std::move(facts);
  const std::unique_ptr<Reader> now = store.snapshot();
  TRY_ASSIGN(const StreamHead head, engine.log().head(*now, report.facts.production));
  TRY_ASSIGN(const Digest digest, engine.projection().digest(*now, report.facts.production));
  const bool same_rows =
      report.facts.fold != fold_version || digest.to_string() == report.facts.digest;
  report.is_same = head.vector() == report.facts.vector && same_rows;
  if (head.vector() == report.facts.vector && !same_rows)
    return Error{
        ErrorCode::corruption,
        "the events are here, but the rows are not those of the archive: rebuild this node"};
  TRY_ASSIGN(report.lacking, devices_lacking(*now, report.facts.devices));
  return report;
}

}  // namespace genlock::transfer
