#include "simulation/fault.h"

#include <cstdio>

namespace genlock::simulation {
namespace {

constexpr std::array<const char*, fault_count> fault_names = {"loss",
                                                              "duplicate",
                                                              "replay",
                                                              "flip",
                                                              "truncate",
                                                              "slow",
                                                              "full_partition",
                                                              "one_way_partition",
                                                              "partial_partition",
                                                              "flapping",
                                                              "swizzle_clog",
                                                              "away",
                                                              "restart",
                                                              "power_cut",
                                                              "cut_before_write",
                                                              "torn_write",
                                                              "cut_before_sync",
                                                              "cut_after_sync",
                                                              "disk_error",
                                                              "disk_full",
                                                              "pause",
                                                              "skew",
                                                              "hour_jump",
                                                              "year_jump",
                                                              "frozen_clock",
                                                              "backward_clock",
                                                              "suspect_clock",
                                                              "copied_directory",
                                                              "clone",
                                                              "unnoticed_clone",
                                                              "rollback",
                                                              "old_database",
                                                              "restored_backup",
                                                              "compaction",
                                                              "retirement",
                                                              "newcomer",
                                                              "lost_request",
                                                              "lost_response",
                                                              "partition_lock",
                                                              "newer_schema",
                                                              "other_protocol",
                                                              "other_rules"};

constexpr std::array<const char*, branch_count> branch_names = {"session_timed_out",
                                                                "wait_timed_out",
                                                                "damage_noticed",
                                                                "chunk_refused",
                                                                "download",
                                                                "replayed_answer",
                                                                "refused_locked",
                                                                "refused_stale",
                                                                "refused_conflict",
                                                                "lost_unsynced",
                                                                "kept_unsynced",
                                                                "field_conflict",
                                                                "life_conflict",
                                                                "slot_conflict",
                                                                "lock_conflict",
                                                                "decided_conflict",
                                                                "overruled_write",
                                                                "merged_text",
                                                                "void_lock",
                                                                "two_parents",
                                                                "core_went_on",
                                                                "week_passed",
                                                                "batch",
                                                                "renewed_copied",
                                                                "renewed_replaced",
                                                                "renewed_lost_tail",
                                                                "renewed_rolled_back",
                                                                "renewed_met_copy",
                                                                "fork",
                                                                "lost_with_disk",
                                                                "refused_protocol",
                                                                "acknowledged",
                                                                "compacted",
                                                                "compaction_cut",
                                                                "snapshot_for_nothing",
                                                                "snapshot_in_place",
                                                                "said_again",
                                                                "found_again",
                                                                "came_back",
                                                                "calm"};

void append(std::string& text, const char* name) {
  if (!text.empty()) text += ", ";
  text += name;
}

std::string line(const char* name, std::uint64_t count) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "  %-20s %12llu\n", name,
                static_cast<unsigned long long>(count));
  return text.data();
}

}  // namespace

const char* to_string(Fault fault) { return fault_names[static_cast<std::size_t>(fault)]; }
const char* to_string(Branch branch) { return branch_names[static_cast<std::size_t>(branch)]; }

std::optional<Fault> fault_named(std::string_view name) {
  for (std::size_t i = 0; i < fault_count; ++i)
    if (name == fault_names[i]) return Fault{static_cast<std::uint8_t>(i)};
  return std::nullopt;
}

void Tally::add(const Tally& other) {
  for (std::size_t i = 0; i < fault_count; ++i) faults[i] += other.faults[i];
  for (std::size_t i = 0; i < branch_count; ++i) branches[i] += other.branches[i];
}

std::string Tally::table() const {
  std::string text = "faults that fired\n";
  for (std::size_t i = 0; i < fault_count; ++i) text += line(fault_names[i], faults[i]);
  text += "rare branches\n";
  for (std::size_t i = 0; i < branch_count; ++i) text += line(branch_names[i], branches[i]);
  return text;
}

std::string Tally::missing() const {
  std::string names;
  for (std::size_t i = 0; i < fault_count; ++i)
    if (faults[i] == 0) append(names, fault_names[i]);
  for (std::size_t i = 0; i < branch_count; ++i)
    if (branches[i] == 0) append(names, branch_names[i]);
  return names;
}

}  // namespace genlock::simulation
