// What the documentation says about parameters, headers and chapters. One line each.
#include "http/openapi.h"

#include <algorithm>
#include <array>

namespace genlock::http {
namespace {

constexpr std::array query_parameters{
    ParameterWords{"as_of", "text",
                   "A time (RFC 3339) or an event's id: the answer as it would have been then."},
    ParameterWords{"deleted", "true|false", "true: deleted and hidden rows, too."},
    ParameterWords{"include", "=all", "The show with all its rows and conflicts, of one moment."},
    ParameterWords{"limit", "integer 1..1000", "How many items a page has at most."},
    ParameterWords{"cursor", "text", "The next page: taken from the Link of the one before."},
    ParameterWords{"production_id", "[uuid] 1..100", "Only what belongs to these shows."},
    ParameterWords{"since", "text", "A Sync-Cursor: only what came after it."},
    ParameterWords{"wait", "integer 0..30", "Seconds to wait for the next change."},
    ParameterWords{"override", "true|false", "true: free a lock that another node holds."},
    ParameterWords{"dry_run", "true|false", "true: say what would become of each row, and stop."},
    ParameterWords{"update", "true|false", "true: overwrite rows that differ, restore deleted."},
    ParameterWords{"name", "text", "What the report calls the file."},
    ParameterWords{"table", "sources|sends|equipment", "With text/csv: what its lines are."},
    ParameterWords{"production_id", "uuid", "With text/csv: the show they belong to."},
    ParameterWords{"map", "text", "With text/csv: Heading=column, with commas between."},
    ParameterWords{"for", "text", "Id or name of a node that this one has synced with."},
    ParameterWords{"reason", "text", "Why the lock is overridden; it stands in the history."},
};

constexpr std::array request_headers{
    ParameterWords{"Genlock-User", "text", "Who edits: a percent-encoded name, or a UUID."},
    ParameterWords{"Genlock-Device", "text", "On which device: a percent-encoded name."},
    ParameterWords{"If-Match", "text",
                   "Strict: 412 unless it is still in this version. * means that it exists."},
    ParameterWords{"Base-Version", "text",
                   "Merge against the version that was seen, with its ETag."},
    ParameterWords{"Prefer", "text",
                   "conflict=record with Base-Version: keep both sides instead of 409."},
    ParameterWords{"Idempotency-Key", "uuid",
                   "A request sent again with the same key is carried out once, on any node."},
    ParameterWords{"Last-Event-ID", "text", "The Sync-Cursor to resume at; stronger than since."},
    ParameterWords{"If-None-Match", "text", "304 where the answer would have this ETag."},
};

constexpr std::array answer_headers{
    ParameterWords{"ETag", "text", "The version: for If-Match and Base-Version."},
    ParameterWords{"Location", "text", "The address of what was made."},
    ParameterWords{"Link", "text", "The next page, with rel=next; absent on the last one."},
    ParameterWords{"Retry-After", "text", "Seconds until it is worth asking again."},
};

constexpr std::array tags{
    TagWords{"Shows", "Productions, and what can be done with a whole one."},
    TagWords{"Rows", "Sources, sends, connections and attachments of a show."},
    TagWords{"Equipment", "The library that all shows share."},
    TagWords{"Live", "What changes, and who is there."},
    TagWords{"History", "What each event did to a row or a show."},
    TagWords{"Conflicts", "What several people changed at the same time, and deciding it."},
    TagWords{"Sync", "Bringing shows here, and seeing how far that is."},
    TagWords{"The node", "Health, upkeep, and what this node is."},
    TagWords{"Documentation", "This document, pages for people."},
};

template <class Table>
const ParameterWords* find_in(const Table& table, std::string_view name) {
  const auto* found = std::ranges::find(table, name, &ParameterWords::name);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

const ParameterWords* find_query_parameter(std::string_view name) {
  return find_in(query_parameters, name);
}

const ParameterWords* find_request_header(std::string_view name) {
  return find_in(request_headers, name);
}

const ParameterWords* find_answer_header(std::string_view name) {
  return find_in(answer_headers, name);
}

std::span<const TagWords> openapi_tags() { return tags; }

std::string_view openapi_description() {
  return "The HTTP API of a Genlock node, the same in the cloud and at a venue. docs/api.md tells "
         "what things mean. Each answer has a Request-Id and a Sync-Cursor. An error is a problem "
         "(application/problem+json) whose type leads to a page of the node; errors[] names the "
         "fields, parameters and headers at fault. HEAD works wherever GET does, OPTIONS answers "
         "with Allow.";
}

}  // namespace genlock::http
