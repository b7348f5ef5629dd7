#include "engine/notice.h"

#include "engine/bytes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace genlock {

namespace {

constexpr std::string_view prefix = "notices/";

struct Words {
  NoticeKind kind;
  const char* name;
  const char* what;
  const char* remedy;
};

constexpr std::array<Words, 9> all_words = {{
    {NoticeKind::copied, "copied",
     "This data directory is a copy, or was moved to another disk or machine.",
     "Nothing is lost. If the directory it was copied from still runs, stop one of the two."},
    {NoticeKind::replaced, "replaced",
     "The database in this data directory is another one than the last time.",
     "Nothing is lost that is still on a peer: let this node sync, then look at what is missing."},
    {NoticeKind::lost_tail, "lost_tail",
     "The database holds less than this node had acknowledged: an older state came back, or the "
     "disk lost its last writes.",
     "Let this node sync: what its peers have comes back by itself. Check the disk."},
    {NoticeKind::restored, "restored", "A backup was restored into this data directory.",
     "Let this node sync: what was written since the backup comes back from its peers."},
    {NoticeKind::repaired, "repaired", "This data directory was damaged and has been repaired.",
     "Let this node sync, run `genlock verify`, and check the disk."},
    {NoticeKind::rolled_back, "rolled_back",
     "A peer had events of this node that were missing here: this data directory is an older "
     "state. They have come back, and what was written meanwhile is kept.",
     "Look at the open conflicts, and find out who restored this node."},
    {NoticeKind::met_copy, "met_copy",
     "Another node runs on a copy of this node's data. Each goes on under a new origin.",
     "Stop one of the two, or give it an empty data directory and let it sync."},
    {NoticeKind::fork, "fork",
     "The events of one node went on twice, differently: a copy or a restored state of it was "
     "used. Both are kept and merged like the work of two nodes.",
     "Look at the open conflicts, and find out which node was copied or restored."},
    {NoticeKind::returned, "returned",
     "This node was away for so long that the others had closed the books on what it did not know. "
     "It has taken over their state; what had been edited only here was written again.",
     "Look at the open conflicts: where a row has moved on, both sides stand there."},
}};

const Words& words_of(NoticeKind kind) {
  const auto at = std::find_if(all_words.begin(), all_words.end(),
                               [&](const Words& words) { return words.kind == kind; });
  return at == all_words.end() ? all_words.front() : *at;
}

std::string key_of(const Uuid& id) { return std::string(prefix).append(id.view()); }

Uuid id_of(const Notice& notice) {
  std::string name = "notice ";
  name += to_string(notice.kind);
  name += notice.stream.view();
  return Uuid::make_v5(notice.origin.uuid, name);
}

std::string encode(const Notice& notice) {
  ByteWriter out;
  out.byte(static_cast<std::uint8_t>(notice.kind));
  out.zigzag(notice.at_ms);
  out.raw(notice.origin.view());
  out.raw(notice.stream.view());
  out.varint(notice.events);
  out.zigzag(notice.acknowledged_ms);
  out.text(notice.detail);
  return out.take();
}

std::optional<Notice> decode(const Uuid& id, std::string_view bytes) {
  ByteReader in(bytes);
  Notice notice;
  notice.id = id;
  notice.kind = static_cast<NoticeKind>(in.byte());
  notice.at_ms = in.zigzag();
  notice.origin = OriginId{in.uuid()};
  notice.stream = StreamId{in.uuid()};
  notice.events = in.varint();
  notice.acknowledged_ms = in.zigzag();
  notice.detail = in.text();
  if (!in.ok()) return std::nullopt;
  return notice;
}

Result<std::optional<Notice>> find_notice(const Reader& reader, const Uuid& id) {
  TRY_ASSIGN(auto bytes, reader.get(Space::meta, key_of(id)));
  return bytes ? decode(id, *bytes) : std::optional<Notice>{};
}

}  // namespace

const char* to_string(NoticeKind kind) { return words_of(kind).name; }
const char* what_of(NoticeKind kind) { return words_of(kind).what; }
const char* remedy_of(NoticeKind kind) { return words_of(kind).remedy; }

Result<void> put_notice(Overlay& overlay, Notice notice) {
  notice.id = id_of(notice);
  TRY_ASSIGN(std::optional<Notice> before, find_notice(overlay, notice.id));
  if (before && before->acknowledged_ms == 0) {
    notice.events += before->events;
    if (notice.detail.empty()) notice.detail = before->detail;
  } else if (!before) {
    TRY_ASSIGN(std::vector<Notice> all, notices(overlay));
    if (all.size() >= max_notices) {
      const auto oldest = std::find_if(all.rbegin(), all.rend(),
                                       [](const Notice& n) { return n.acknowledged_ms != 0; });
      if (oldest == all.rend()) return {};
      overlay.erase(Space::meta, key_of(oldest->id));
    }
  }
  overlay.put(Space::meta, key_of(notice.id), encode(notice));
  return {};
}

Result<std::vector<Notice>> notices(const Reader& reader) {
  std::vector<Notice> found;
  TRY(reader.scan_prefix(Space::meta, prefix, [&](std::string_view key, std::string_view value) {
    const std::string_view id = key.substr(prefix.size());
    if (id.size() != 16) return true;
    if (auto notice = decode(Uuid::from_bytes(id), value)) found.push_back(*std::move(notice));
    return true;
  }));
  std::stable_sort(found.begin(), found.end(),
                   [](const Notice& a, const Notice& b) { return a.at_ms > b.at_ms; });
  return found;
}

Result<std::optional<Notice>> acknowledge_notice(Overlay& overlay, const Uuid& id, UnixMs now) {
  TRY_ASSIGN(std::optional<Notice> notice, find_notice(overlay, id));
  if (!notice || notice->acknowledged_ms != 0) return notice;
  notice->acknowledged_ms = now;
  overlay.put(Space::meta, key_of(id), encode(*notice));
  return notice;
}

}  // namespace genlock
