#include "eventlog/node_meta.h"

#include <charconv>

namespace genlock {

namespace {

constexpr std::string_view node_key = "node", origin_key = "origin", role_key = "role",
                           name_key = "name";
constexpr std::string_view closed_prefix = "origins/", setting_prefix = "setting/";

std::string join(std::string_view prefix, std::string_view rest) {
  return std::string(prefix).append(rest);
}

Error damaged(std::string_view key) {
  return {ErrorCode::corruption,
          "the data directory's \"" + std::string(key) + "\" is missing or unreadable",
          {}};
}

std::optional<Role> parse_role(std::string_view text) {
  for (Role role : {Role::cloud, Role::lan}) {
    if (text == to_string(role)) return role;
  }
  return std::nullopt;
}

void put(Batch& batch, std::string_view key, std::string value) {
  batch.at(Space::meta)[std::string(key)] = std::move(value);
}

// What `parse` makes of the text under `key`.
template <class T>
Result<T> read(const Reader& reader, std::string_view key,
               std::optional<T> (*parse)(std::string_view)) {
  TRY_ASSIGN(auto text, reader.get(Space::meta, key));
  auto value = text ? parse(*text) : std::nullopt;
  if (!value) return damaged(key);
  return *value;
}

Result<Identity> make_identity(Store& store, Random& random, Role role, const std::string& name) {
  const Identity identity{{Uuid::make_v4(random)}, {Uuid::make_v4(random)}, role, name};
  Batch batch;
  put(batch, node_key, identity.node.to_string());
  put(batch, origin_key, identity.origin.to_string());
  put(batch, role_key, to_string(role));
  put(batch, name_key, name);
  TRY(store.commit(batch, true));
  return identity;
}

Result<void> rename(Store& store, Identity& identity, const std::string& name) {
  if (identity.name == name) return {};
  identity.name = name;
  Batch batch;
  put(batch, name_key, name);
  return store.commit(batch, true);
}

}  // namespace

Result<Identity> open_identity(Store& store, Random& random, Role role, const std::string& name) {
  auto found = read_identity(store);
  if (!found.ok() && found.error().code == ErrorCode::not_found)
    return make_identity(store, random, role, name);
  TRY_ASSIGN(Identity identity, std::move(found));
  if (identity.role != role) {
    return Error{ErrorCode::invalid_argument,
                 "this data directory belongs to a node of role " +
                     std::string(to_string(identity.role)) +
                     ": start it with that role, or give it another directory",
                 {}};
  }
  TRY(rename(store, identity, name));
  return identity;
}

Result<Identity> read_identity(const Reader& reader) {
  TRY_ASSIGN(auto node, reader.get(Space::meta, node_key));
  if (!node) return Error{ErrorCode::not_found, "this data directory belongs to no node yet", {}};
  Identity identity;
  TRY_ASSIGN(identity.node, read<NodeId>(reader, node_key, NodeId::parse));
  TRY_ASSIGN(identity.origin, read<OriginId>(reader, origin_key, OriginId::parse));
  TRY_ASSIGN(identity.role, read<Role>(reader, role_key, parse_role));
  TRY_ASSIGN(auto name, reader.get(Space::meta, name_key));
  identity.name = name.value_or("");
  return identity;
}

Result<Identity> renew_origin(Store& store, Random& random, UnixMs now, const Renewal& why) {
  TRY_ASSIGN(Identity identity, read_identity(store));
  Overlay overlay(store);
  TRY(tell_renewal(overlay, identity.origin, now, why));
  identity.origin = begin_origin(overlay, identity.origin, random, now);
  for (const std::string_view name : {database_setting, place_setting})
    overlay.erase(Space::meta, join(setting_prefix, name));
  TRY(store.commit(overlay.take_batch(), true));
  return identity;
}

Result<std::map<OriginId, UnixMs>> closed_origins(const Reader& reader) {
  std::map<OriginId, UnixMs> closed;
  Result<void> outcome;
  TRY(reader.scan_prefix(
      Space::meta, closed_prefix, [&](std::string_view key, std::string_view value) {
        const auto origin = OriginId::parse(key.substr(closed_prefix.size()));
        UnixMs at = 0;
        const auto parsed = std::from_chars(value.data(), value.data() + value.size(), at);
        if (!origin || parsed.ec != std::errc{}) {
          outcome = damaged(key);
          return false;
        }
        closed[*origin] = at;
        return true;
      }));
  TRY(std::move(outcome));
  return closed;
}

Result<std::optional<std::string>> read_setting(const Reader& reader, std::string_view name) {
  return reader.get(Space::meta, join(setting_prefix, name));
}

Result<void> write_setting(Store& store, std::string_view name, std::optional<std::string> value) {
  Batch batch;
  batch.at(Space::meta)[join(setting_prefix, name)] = std::move(value);
  return store.commit(batch, true);
}

}  // namespace genlock
