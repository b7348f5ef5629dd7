#include "engine/record.h"

#include "engine/past_events.h"
#include "engine/state_bytes.h"

#include <algorithm>

namespace genlock {

const GroupState* RecordState::group(GroupId wanted) const {
  auto at = std::lower_bound(groups.begin(), groups.end(), wanted,
                             [](const GroupState& g, GroupId least) { return g.id < least; });
  return at != groups.end() && at->id == wanted ? &*at : nullptr;
}

bool RecordState::deleted() const {
  bool trusted = std::any_of(life.deletes.begin(), life.deletes.end(),
                             [](const StandingDelete& d) { return !d.held; });
  return trusted && !life.witness;
}

bool RecordState::life_pending() const {
  if (deleted()) return false;
  return !life.deletes.empty() || (life.create.held && !life.decision);
}

namespace {

// The sibling that shows in place of another; nullptr where that one shows, or is part of what
// does.
const Write* hidden_by(const GroupState& group, const Write& write, const Shown& now) {
  if (!group.merged || write.held) return write.value == *now.value ? nullptr : now.write;
  for (const Loss& loss : group.merged->overruled) {
    if (loss.loser != write.dot) continue;
    for (const Write& winner : group.siblings)
      if (winner.dot == loss.winner) return &winner;
    return now.write;
  }
  return nullptr;
}

}  // namespace

bool Shown::shows(const Write& sibling) const {
  return std::none_of(not_shown.begin(), not_shown.end(),
                      [&](const Hidden& hidden) { return hidden.write == &sibling; });
}

Shown shown(const Table* table, const GroupState& group) {
  Shown result;
  if (group.siblings.empty()) return result;
  const Write* best = nullptr;
  for (const Write& write : group.siblings)
    if (!best || best->held >= write.held)
      best = &write;  // ascending rank: later is higher; trusted before held off
  result.write = best;
  result.value = group.merged ? &group.merged->value : &best->value;
  bool suspect = best->suspect;
  bool trusted_differ = false;
  for (const Write& write : group.siblings) {
    const Write* by = hidden_by(group, write, result);
    if (!by) continue;
    result.not_shown.push_back({&write, by});
    suspect |= write.suspect;
    if (write.held) result.lock_pending = true;
    trusted_differ |= !write.held && !group.merged;
  }
  const Group* rules = table ? table->group(group.id) : nullptr;
  bool flagged = rules && rules->policy == Policy::flagged;
  bool undecided = trusted_differ && (flagged || suspect);
  result.pending = undecided || result.lock_pending;
  return result;
}

namespace {

enum : std::uint8_t { flag_cloud = 1, flag_suspect = 2, flag_held = 4 };

void write_write(ByteWriter& out, DotWriter& dots, const Write& write) {
  dots.dot(write.dot);
  out.fixed64(number(write.time));
  out.byte(static_cast<std::uint8_t>((write.role == Role::cloud ? flag_cloud : 0) |
                                     (write.suspect ? flag_suspect : 0) |
                                     (write.held ? flag_held : 0)));
  write_values(out, write.value);
}

void read_write(ByteReader& in, DotReader& dots, Write& write) {
  write.dot = dots.dot();
  write.time = HybridTime{in.fixed64()};
  std::uint8_t flags = in.byte();
  write.role = flags & flag_cloud ? Role::cloud : Role::lan;
  write.suspect = flags & flag_suspect;
  write.held = flags & flag_held;
  write.value = read_values(in);
}

void write_dots(ByteWriter& out, DotWriter& dots, const std::vector<Dot>& list) {
  out.varint(list.size());
  for (const Dot& dot : list) dots.dot(dot);
}

std::vector<Dot> read_dots(ByteReader& in, DotReader& dots) {
  std::vector<Dot> list(in.count(2));
  for (Dot& dot : list) dot = dots.dot();
  return list;
}

void write_decision(ByteWriter& out, DotWriter& dots, const std::optional<Decision>& decision) {
  out.byte(decision.has_value());
  if (!decision) return;
  dots.dot(decision->by);
  out.fixed64(number(decision->time));
  out.byte(static_cast<std::uint8_t>(decision->resolution));
  write_dots(out, dots, decision->sides);
}

std::optional<Decision> read_decision(ByteReader& in, DotReader& dots) {
  if (!in.byte()) return std::nullopt;
  Decision decision;
  decision.by = dots.dot();
  decision.time = HybridTime{in.fixed64()};
  decision.resolution = Resolution{in.byte()};
  decision.sides = read_dots(in, dots);
  return decision;
}

void write_losses(ByteWriter& out, DotWriter& dots, const std::vector<Loss>& losses) {
  out.varint(losses.size());
  for (const Loss& loss : losses) {
    dots.dot(loss.loser);
    dots.dot(loss.winner);
    out.byte(static_cast<std::uint8_t>(loss.winner_role));
  }
}

std::vector<Loss> read_losses(ByteReader& in, DotReader& dots) {
  std::vector<Loss> losses(in.count(5));
  for (Loss& loss : losses) {
    loss.loser = dots.dot();
    loss.winner = dots.dot();
    loss.winner_role = Role{in.byte()};
  }
  return losses;
}

void write_merged(ByteWriter& out, DotWriter& dots, const std::optional<Merged>& merged) {
  out.byte(merged.has_value());
  if (!merged) return;
  write_values(out, merged->value);
  write_losses(out, dots, merged->overruled);
}

std::optional<Merged> read_merged(ByteReader& in, DotReader& dots) {
  if (!in.byte()) return std::nullopt;
  Merged merged{read_values(in), {}};
  merged.overruled = read_losses(in, dots);
  return merged;
}

void write_group(ByteWriter& out, DotWriter& dots, const GroupState& group) {
  out.varint(number(group.id));
  out.varint(group.siblings.size());
  for (const Write& write : group.siblings) write_write(out, dots, write);
  if (group.siblings.size() > 1) write_merged(out, dots, group.merged);
  write_losses(out, dots, group.losses);
  write_decision(out, dots, group.decision);
}

void read_group(ByteReader& in, DotReader& dots, GroupState& group) {
  group.id = GroupId{static_cast<std::uint16_t>(in.varint())};
  group.siblings.resize(in.count(12));
  for (Write& write : group.siblings) read_write(in, dots, write);
  if (group.siblings.size() > 1) group.merged = read_merged(in, dots);
  group.losses = read_losses(in, dots);
  group.decision = read_decision(in, dots);
}

void write_life(ByteWriter& out, DotWriter& dots, const LifeState& life) {
  out.byte(life.created);
  if (life.created) write_write(out, dots, life.create);
  out.varint(life.deletes.size());
  for (const StandingDelete& d : life.deletes) {
    dots.dot(d.dot);
    out.fixed64(number(d.time));
    out.zigzag(d.wall_ms);
    out.byte(d.held);
  }
  out.byte(life.witness.has_value());
  if (life.witness) {
    dots.dot(life.witness->dot);
    out.fixed64(number(life.witness->time));
  }
  out.fixed64(number(life.restored));
  if (life.restored != HybridTime::zero) dots.dot(life.restored_by);
  write_decision(out, dots, life.decision);
}

void read_life(ByteReader& in, DotReader& dots, LifeState& life) {
  life.created = in.byte();
  if (life.created) read_write(in, dots, life.create);
  life.deletes.resize(in.count(12));
  for (StandingDelete& d : life.deletes) {
    d.dot = dots.dot();
    d.time = HybridTime{in.fixed64()};
    d.wall_ms = in.zigzag();
    d.held = in.byte();
  }
  if (in.byte()) {
    Dot dot = dots.dot();
    life.witness = Touch{dot, HybridTime{in.fixed64()}};
  }
  life.restored = HybridTime{in.fixed64()};
  if (life.restored != HybridTime::zero) life.restored_by = dots.dot();
  life.decision = read_decision(in, dots);
}

}  // namespace

std::string encode(const RecordState& record) {
  ByteWriter out;
  DotWriter dots(out);
  out.varint(number(record.table));
  out.raw(record.id.view());
  out.raw(record.parent.view());
  out.varint(record.version);
  dots.dot({record.first.origin, Sequence{1}});
  out.fixed64(number(record.first.time));
  out.zigzag(record.created_ms);
  dots.dot({record.latest.origin, record.latest_sequence});
  out.fixed64(number(record.latest.time));
  out.zigzag(record.updated_ms);
  write_person(out, record.latest_by);
  write_dots(out, dots, record.heads);
  write_dots(out, dots, record.document_heads);
  write_recent(out, dots, record.recent);
  out.varint(record.groups.size());
  for (const GroupState& group : record.groups) write_group(out, dots, group);
  write_life(out, dots, record.life);
  return out.take();
}

Result<RecordState> decode_record(std::string_view bytes) {
  ByteReader in(bytes);
  DotReader dots(in);
  Result<RecordState> result{RecordState{}};
  RecordState& record = *result;
  record.table = TableId{static_cast<std::uint16_t>(in.varint())};
  record.id = RecordId{in.uuid()};
  record.parent = RecordId{in.uuid()};
  record.version = in.varint();
  record.first.origin = dots.dot().origin;
  record.first.time = HybridTime{in.fixed64()};
  record.created_ms = in.zigzag();
  Dot latest = dots.dot();
  record.latest.origin = latest.origin;
  record.latest_sequence = latest.sequence;
  record.latest.time = HybridTime{in.fixed64()};
  record.updated_ms = in.zigzag();
  record.latest_by = read_person(in);
  record.heads = read_dots(in, dots);
  record.document_heads = read_dots(in, dots);
  record.recent = read_recent(in, dots);
  record.groups.resize(in.count(4));
  for (GroupState& group : record.groups) read_group(in, dots, group);
  read_life(in, dots, record.life);
  if (!in.ok() || !in.at_end())
    return Error{ErrorCode::corruption,
                 "the stored state of a record is damaged; run `genlock rebuild`"};
  return result;
}

}  // namespace genlock
