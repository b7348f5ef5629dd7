#include "engine/branches.h"

#include "engine/bytes.h"

#include <algorithm>

namespace genlock {

namespace {

constexpr std::size_t branch_bytes = 16 + 16 + 24 + 8;

bool by_name(const Branch& a, const Branch& b) { return a.name < b.name; }

}  // namespace

OriginId branch_name(OriginId origin, const ChainHash& first) {
  return {Uuid::make_v5(origin.uuid, {reinterpret_cast<const char*>(first.data()), first.size()})};
}

Branches::Branches(std::vector<Branch> all) : all_(std::move(all)) {
  std::sort(all_.begin(), all_.end(), by_name);
}

const Branch* Branches::find(OriginId name) const {
  const auto at = std::lower_bound(all_.begin(), all_.end(), name,
                                   [](const Branch& b, OriginId id) { return b.name < id; });
  return at != all_.end() && at->name == name ? &*at : nullptr;
}

void Branches::add(Branch branch) {
  all_.insert(std::upper_bound(all_.begin(), all_.end(), branch, by_name), branch);
}

void Branches::divert(const Dot& first, OriginId name) {
  const Dot after{first.origin, Sequence{number(first.sequence) - 1}};
  Branch fresh{name, origin_of(first.origin), after,
               depth_of(first.origin) + number(after.sequence)};
  for (Branch& branch : all_)
    if (branch.after.sequence >= first.sequence) branch.after = diverted(branch.after, first, name);
  add(fresh);
}

OriginId Branches::origin_of(OriginId path) const {
  const Branch* branch = find(path);
  return branch ? branch->origin : path;
}

std::uint64_t Branches::depth_of(OriginId path) const {
  const Branch* branch = find(path);
  return branch ? branch->depth : 0;
}

VersionVector Branches::written(const VersionVector& here) const {
  VersionVector there;
  for (const VersionVector::Entry& entry : here.entries()) {
    const Dot last = written(Dot{entry.origin, entry.last});
    there.raise(last.origin, last.sequence);
  }
  return there;
}

Dot Branches::written(const Dot& here) const {
  const Branch* branch = find(here.origin);
  return branch ? Dot{branch->origin, Sequence{branch->depth + number(here.sequence)}} : here;
}

Dot Branches::before(const Dot& here) const {
  const Branch* branch = here.sequence == Sequence{1} ? find(here.origin) : nullptr;
  return branch ? branch->after : Dot{here.origin, Sequence{number(here.sequence) - 1}};
}

std::vector<OriginId> Branches::paths_of(OriginId origin) const {
  std::vector<OriginId> paths{origin};
  for (const Branch& branch : all_)
    if (branch.origin == origin) paths.push_back(branch.name);
  return paths;
}

bool Branches::is_forked(OriginId origin) const {
  return std::any_of(all_.begin(), all_.end(),
                     [&](const Branch& branch) { return branch.origin == origin; });
}

void Branches::add_past(VersionVector& seen, OriginId path) const {
  for (const Branch* branch = find(path); branch; branch = find(branch->after.origin))
    seen.raise(branch->after.origin, branch->after.sequence);
}

std::string Branches::to_bytes() const {
  std::string bytes;
  for (const Branch& branch : all_) {
    bytes.append(branch.name.view()).append(branch.origin.view());
    bytes.append(branch.after.origin.view());
    append_be64(bytes, number(branch.after.sequence));
    append_be64(bytes, branch.depth);
  }
  return bytes;
}

std::optional<Branches> Branches::parse(std::string_view bytes) {
  if (bytes.size() % branch_bytes != 0) return std::nullopt;
  std::vector<Branch> all;
  for (; !bytes.empty(); bytes.remove_prefix(branch_bytes)) {
    const auto id = [&](std::size_t at) {
      return OriginId{Uuid::from_bytes(bytes.substr(at, 16))};
    };
    all.push_back({id(0),
                   id(16),
                   {id(32), Sequence{read_be64(bytes.substr(48))}},
                   read_be64(bytes.substr(56))});
  }
  return Branches(std::move(all));
}

Dot diverted(const Dot& dot, const Dot& first, OriginId name) {
  if (dot.origin != first.origin || dot.sequence < first.sequence) return dot;
  return {name, Sequence{number(dot.sequence) - number(first.sequence) + 1}};
}

VersionVector diverted(const VersionVector& seen, const Dot& first, OriginId name) {
  if (seen.last_seen(first.origin) < first.sequence) return seen;
  VersionVector moved;
  for (const VersionVector::Entry& entry : seen.entries()) {
    if (entry.origin != first.origin) {
      moved.raise(entry.origin, entry.last);
      continue;
    }
    moved.raise(entry.origin, Sequence{number(first.sequence) - 1});
    moved.raise(name, diverted({entry.origin, entry.last}, first, name).sequence);
  }
  return moved;
}

}  // namespace genlock
