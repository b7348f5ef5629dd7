#include "http/problem_types.h"

#include "engine/check.h"

#include <algorithm>
#include <array>

namespace genlock::http {
namespace {

constexpr std::array types{
    ProblemType{400, "bad-request", "The request is malformed",
                "A header, a parameter of the address or the JSON of the body can't be read. "
                "errors[].parameter names the header or parameter. Correct it; sending it again "
                "unchanged will not help."},
    ProblemType{404, "not-found", "There is nothing at this address",
                "No such route, or no row with this id on this node. A show that lives elsewhere "
                "has to be downloaded first."},
    ProblemType{405, "method-not-allowed", "This address does not take this method",
                "The address is right, the method is not. The Allow header lists the methods it "
                "takes: use one of those."},
    ProblemType{408, "timeout", "The request took too long to arrive",
                "The connection stalled half-way. Send the request again."},
    ProblemType{409, "already-exists", "The id is taken",
                "Another row has this id already, with other content; `current` is that row. "
                "Change it with PUT, or create under another id."},
    ProblemType{409, "field-conflict", "Someone changed the same field",
                "The row has moved on since the version named in Base-Version, and the same field "
                "was set to another value. `fields` holds what it was, yours and theirs. Show it "
                "to a person and write again with the new version, or send "
                "Prefer: conflict=record to keep both as an open conflict."},
    ProblemType{
        409, "already-resolved", "Somebody has decided this conflict",
        "`conflict` shows what was decided and by whom. If that is not right, edit the row."},
    ProblemType{409, "busy", "The same request is still running",
                "Another request with this Idempotency-Key has not been answered yet. Wait for "
                "Retry-After seconds and send it again."},
    ProblemType{409, "no-peer", "This node has nobody to sync with",
                "It was started without --peer. Start it with the address of another node."},
    ProblemType{410, "gone", "The row was deleted",
                "`deleted_at` and `by` say when and by whom; a POST to `restore` brings it back. "
                "With ?deleted=true it can still be read."},
    ProblemType{410, "compacted", "That history was compacted",
                "This node keeps what rows show, their open conflicts and what came lately; older "
                "history is in no history file here. Ask for a later time, or another node."},
    ProblemType{411, "length-required", "A body needs a Content-Length",
                "Send the whole body with its length, not in chunks."},
    ProblemType{412, "precondition-failed", "The row is not in that version any more",
                "If-Match named another version than the present one, which is in `current`. Look "
                "at it and try again with its ETag."},
    ProblemType{413, "too-large", "The request is too large",
                "A body has 1 MiB at most, an address 4 KiB, headers 16 KiB. Send it in parts."},
    ProblemType{415, "unsupported-media-type", "This form of the body is not taken",
                "Send Content-Type: application/json (for PATCH also "
                "application/merge-patch+json), and no Content-Encoding."},
    ProblemType{422, "validation", "Some fields are not right",
                "errors[] lists every field at fault with a JSON pointer into the body."},
    ProblemType{422, "idempotency-mismatch", "The Idempotency-Key was used before",
                "The same key came with another method, address or body. Use a new key for a new "
                "request."},
    ProblemType{423, "production-locked", "The production is locked",
                "Another node holds it, usually the one at the venue during the show; `lock` says "
                "which, since when and why. Write there, or ask for it to be unlocked."},
    ProblemType{428, "precondition-required", "If-Match is missing",
                "Resolving a conflict needs If-Match with the ETag of the conflict, so that nobody "
                "decides about sides they have not seen."},
    ProblemType{429, "rate-limited", "Too many requests",
                "One client asks more than its share. Slow down and come back after Retry-After "
                "seconds."},
    ProblemType{500, "internal", "Something went wrong inside the node",
                "This is a bug, not yours. Please report it with the request_id."},
    ProblemType{500, "damaged", "Stored data is damaged",
                "A file does not fit its checksum any more; `detail` names it. Of a backup: take "
                "another one, which mends what it can. Of the node: restore a backup, or sync "
                "into a new directory, and look at the disk."},
    ProblemType{503, "backup-place", "Backups can't be kept where they should be",
                "The directory of the backups can't be made or written, or holds those of another "
                "node; `detail` says which. Mend that, or start the node with another "
                "--backup-dir."},
    ProblemType{503, "not-ready", "The node is not ready",
                "It reads its log or rebuilds its tables; /readyz shows how far it is."},
    ProblemType{503, "overloaded", "The node has too much to do",
                "Nothing was written, or the outcome is unknown: send the request again with the "
                "same Idempotency-Key after Retry-After seconds."},
    ProblemType{503, "feed-full", "Too many live feeds",
                "The node serves as many feeds as it can. Poll, or try again later."},
    ProblemType{
        503, "peer-unreachable", "The other node does not answer",
        "It did not answer in time, or can't answer this. The node keeps trying to reach it by "
        "itself; what is here can be read and edited meanwhile. Ask again after Retry-After "
        "seconds."},
    ProblemType{507, "disk-full", "The disk of the node is full",
                "Nothing can be written until there is space again. Reading still works."},
};

}  // namespace

std::span<const ProblemType> problem_types() { return types; }

const ProblemType* find_problem_type(std::string_view name) {
  const auto* found = std::ranges::find(types, name, &ProblemType::name);
  return found == types.end() ? nullptr : found;
}

Problem make_problem(std::string_view name, std::string detail) {
  const ProblemType* type = find_problem_type(name);
  CHECK(type, name);
  return {type->status, type->name, type->title, std::move(detail)};
}

}  // namespace genlock::http
