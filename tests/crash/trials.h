// What a node is put through on a disk that fails. Each trial starts from a copy of one disk and
// says what went wrong, if anything did: a write that was acknowledged and is not there, one that
// is there twice, a chain or row that is not what the log says, a directory that cannot be opened,
// a peer that disagrees.
#pragma once

#include "crash/crash_node.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace genlock::crash {

// How often what happened, for people and for tests that nothing was left out.
using Tally = std::map<std::string, std::uint64_t>;

// Several lives of one node, from one seed: writes, flushes, compactions and syncs with a peer, and
// at a drawn operation a power cut, often within the recovery from the one before. Where RocksDB's
// own threads are at that moment is the machine's to say; everything else is the seed's. What is
// compacted is kept in history files.
Complaint power_cuts(const VolatileDisk& start, std::uint64_t seed, Tally& tally);

// Writes with a flush between them, enough for a compaction. Ends at the first refusal.
void work(CrashNode& node, Crew& crew);

// The power is cut at operation `n` of opening a node and of work(). `hit`: there were so many.
Complaint cut_at(const VolatileDisk& start, std::uint64_t n, bool& hit);
// The same while the directory is opened for the second time, after a cut in the middle of work().
Complaint cut_in_recovery_at(const VolatileDisk& start, std::uint64_t n, bool& hit);

// The same while all rows are folded anew, and while a bundle of everything is taken, which is then
// taken again from its beginning.
Complaint cut_in_rebuild_at(const VolatileDisk& start, std::uint64_t n, bool& hit);
Complaint cut_in_import_at(const VolatileDisk& start, std::uint64_t n, bool& hit);

// Makes the show's log smaller behind all that the node has; nobody else writes in it. What is
// wrong with what is left.
Complaint compact_show(CrashNode& node);
// The power is cut while the log is made smaller and others write between the slices. Afterwards
// the compaction goes on, ends with the log that it leaves without a cut, and a new node that
// begins with it has the same. `keeps_history`: what is dropped goes into history files on the same
// disk; whenever the power went, log and files together have every event, and prove it.
Complaint cut_in_compaction_at(const VolatileDisk& start, std::uint64_t n, bool& hit,
                               bool keeps_history);
// The power is cut at a node that takes a snapshot of the show, block by block: a new one, or one
// that was away and writes its own edits again. Afterwards that goes on, and both have all.
Complaint cut_in_snapshot_at(const VolatileDisk& start, std::uint64_t n, bool& hit, bool was_away);

// From operation `fault.first` of work() on so many fail. What was acknowledged stays readable or
// says that it cannot be read; and the directory, opened again after the failure, with or without a
// power cut, keeps all promises.
Complaint fail_at(const VolatileDisk& start, Fault fault, bool& hit);
// The same for reads, of opening the node as well.
Complaint fail_reads_at(const VolatileDisk& start, Fault fault, bool& hit);

// All of the above but power_cuts(), each of them from a number to a complaint.
using Trial = std::function<Complaint(std::uint64_t n, bool& hit)>;
std::map<std::string, Trial> all_trials(const VolatileDisk& start);

// `trial` at `first`, first + step, .. until it is past the end of the work. Which of them went
// wrong, and how.
Complaint at_every(std::uint64_t first, std::uint64_t step, const Trial& trial, Tally& tally);

}  // namespace genlock::crash
