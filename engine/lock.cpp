#include "engine/lock.h"

#include "engine/state_bytes.h"

#include <algorithm>

namespace genlock {

namespace {

bool concurrent(const Dot& a, const VersionVector& a_context, const Dot& b,
                const VersionVector& b_context) {
  return !a_context.contains(b) && !b_context.contains(a);
}

// Of concurrent locks: a LAN node's before the cloud's, then the earlier.
bool precedes(const Lock& a, const Lock& b) {
  if (a.role != b.role) return a.role == Role::lan;
  return a.rank() < b.rank();
}

// Which locks stand, found in order of precedence: a lock stands unless one that stands is
// concurrent with it.
void settle(std::vector<Lock>& locks) {
  std::vector<Lock*> by_precedence;
  for (Lock& lock : locks) by_precedence.push_back(&lock);
  std::sort(by_precedence.begin(), by_precedence.end(),
            [](const Lock* a, const Lock* b) { return precedes(*a, *b); });
  for (std::size_t i = 0; i < by_precedence.size(); ++i) {
    Lock& lock = *by_precedence[i];
    lock.standing =
        std::none_of(by_precedence.begin(), by_precedence.begin() + static_cast<std::ptrdiff_t>(i),
                     [&](const Lock* earlier) {
                       return earlier->standing &&
                              concurrent(lock.dot, lock.context, earlier->dot, earlier->context);
                     });
  }
}

}  // namespace

void LockState::add(Lock lock) {
  auto at = std::lower_bound(locks.begin(), locks.end(), lock,
                             [](const Lock& a, const Lock& b) { return a.rank() < b.rank(); });
  locks.insert(at, std::move(lock));
  settle(locks);
}

void LockState::release(const VersionVector& seen_by_unlock) {
  for (Lock& lock : locks)
    if (seen_by_unlock.contains(lock.dot)) lock.released = true;
}

const Lock* LockState::holding_off(const Dot& event, const VersionVector& context) const {
  const Lock* found = nullptr;
  for (const Lock& lock : locks) {
    if (!lock.standing || lock.dot == event || !concurrent(lock.dot, lock.context, event, context))
      continue;
    if (!found || precedes(lock, *found)) found = &lock;
  }
  return found;
}

const Lock* LockState::active(UnixMs now) const {
  const Lock* found = nullptr;
  for (const Lock& lock : locks) {
    if (!lock.standing || lock.released) continue;
    if (!found || lock.context.contains(found->dot) ||
        (!found->context.contains(lock.dot) && precedes(lock, *found)))
      found = &lock;
  }
  if (found && found->until_ms != 0 && found->until_ms <= now) return nullptr;
  return found;
}

std::string encode(const LockState& state) {
  ByteWriter out;
  DotWriter dots(out);
  out.varint(state.locks.size());
  for (const Lock& lock : state.locks) {
    dots.dot(lock.dot);
    out.fixed64(number(lock.time));
    out.zigzag(lock.wall_ms);
    out.byte(static_cast<std::uint8_t>(lock.role));
    out.raw(lock.node.view());
    write_person(out, lock.by);
    out.zigzag(lock.until_ms);
    out.text(lock.reason);
    write_vector(out, lock.context);
    out.byte(static_cast<std::uint8_t>((lock.standing ? 1 : 0) | (lock.released ? 2 : 0)));
  }
  return out.take();
}

Result<LockState> decode_locks(std::string_view bytes) {
  ByteReader in(bytes);
  DotReader dots(in);
  LockState state;
  state.locks.resize(in.count(32));
  for (Lock& lock : state.locks) {
    lock.dot = dots.dot();
    lock.time = HybridTime{in.fixed64()};
    lock.wall_ms = in.zigzag();
    lock.role = Role{in.byte()};
    lock.node = NodeId{in.uuid()};
    lock.by = read_person(in);
    lock.until_ms = in.zigzag();
    lock.reason = in.text();
    lock.context = read_vector(in);
    std::uint8_t flags = in.byte();
    lock.standing = flags & 1;
    lock.released = flags & 2;
  }
  if (!in.ok() || !in.at_end())
    return Error{ErrorCode::corruption,
                 "the stored locks of a stream are damaged; run `genlock rebuild`"};
  return state;
}

}  // namespace genlock
